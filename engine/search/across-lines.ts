import type { TextHit } from '../library/track-types.ts';

/** A line that holds some of a query's words. */
export interface HeldLine {
  hit: TextHit;
  /** Numbers of the query's words that it holds. */
  words: ReadonlySet<number>;
}

/** Lines that follow each other and hold more of the query together than one of them. */
export interface LineRun {
  lines: readonly HeldLine[];
  /** How many of the query's words they hold. */
  words: number;
}

/** A sentence goes on from line to line without a longer pause, and ends some time; in seconds. */
const pauseSec = 2;
const longestSec = 20;

/**
 * Finds what is said over several lines: captions that show a word at a time, sentences that go on in the next line. Words
 * must come in the query's order, as lines near to each other often hold them by chance. Each line is in one run at most, and
 * a run is as short as it can be.
 */
export function runsAcross(lines: readonly HeldLine[]): LineRun[] {
  const runs = lines.length > 1 ? groups(lines).flatMap(runsIn) : [];
  runs.sort((a, b) => b.words - a.words || length(a) - length(b));
  const taken = new Set<HeldLine>();
  return runs.filter((run) => {
    if (run.lines.some((line) => taken.has(line))) return false;
    for (const line of run.lines) taken.add(line);
    return true;
  });
}

/** Lines of one video and language, in time order. */
function groups(lines: readonly HeldLine[]): HeldLine[][] {
  const byTrack = new Map<string, HeldLine[]>();
  for (const line of lines) {
    const track = JSON.stringify([line.hit.videoId, line.hit.language, line.hit.source]);
    const group = byTrack.get(track);
    if (group) group.push(line);
    else byTrack.set(track, [line]);
  }
  return [...byTrack.values()].map((group) => group.sort((a, b) => a.hit.start - b.hit.start));
}

function runsIn(lines: readonly HeldLine[]): LineRun[] {
  const runs: LineRun[] = [];
  for (let from = 0; from < lines.length; from++) {
    const held = new Set(lines[from].words);
    let last = Math.max(...held);
    for (let at = from + 1; at < lines.length; at++) {
      const { hit, words } = lines[at];
      if (hit.start - lines[at - 1].hit.end > pauseSec || hit.end - lines[from].hit.start > longestSec) break;
      const fresh = [...words].filter((word) => !held.has(word));
      if (fresh.length === 0) continue;
      if (Math.min(...fresh) < last) break;
      for (const word of fresh) held.add(word);
      last = Math.max(...fresh);
      const run = lines.slice(from, at + 1);
      if (held.size > Math.max(...run.map((line) => line.words.size)))
        runs.push({ lines: run, words: held.size });
    }
  }
  return runs;
}

function length({ lines }: LineRun): number {
  return lines.at(-1)!.hit.end - lines[0].hit.start;
}
