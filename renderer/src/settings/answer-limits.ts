const million = 1_000_000;
const offered = [16, 64, 256, 1_000, 4_000].map((count) => count * million);

/** The limits to choose from for all kept answers, in bytes; the one in force is always among them. */
export function answerLimits(current: number): number[] {
  return [...new Set([...offered, current])].filter((bytes) => bytes > 0).sort((a, b) => a - b);
}
