import type { AskRun } from '../protocol/results.ts';

/**
 * The answer that most scaling factors give; of equally many the surest. Case, articles and punctuation don't matter.
 * @param runs at least one
 * @returns the surest run that gives it, and the share of runs that do
 */
export function agreed(runs: readonly AskRun[]): { run: AskRun; share: number } {
  const groups = [...Map.groupBy(runs, ({ answer }) => sameAnswer(answer)).values()];
  const weight = (group: readonly AskRun[]) =>
    group.length + group.reduce((sum, { confidence }) => sum + confidence, 0) / (1 + runs.length);
  const most = groups.reduce((a, b) => (weight(b) > weight(a) ? b : a));
  const run = most.reduce((a, b) => (b.confidence > a.confidence ? b : a));
  return { run, share: most.length / runs.length };
}

function sameAnswer(answer: string): string {
  return answer
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\b(?:an?|the)\b/gu, ' ')
    .replace(/[^\p{L}\p{N}:.]+/gu, ' ')
    .replace(/\.(?=\s|$)/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}
