/** A stretch of a video between two cuts, with the temporal patches that lie mostly inside it. */
export interface Shot {
  /** Seconds. */
  start: number;
  end: number;
  /** First patch and one past the last; equal where the shot is too short to own a patch. */
  first: number;
  past: number;
}

/**
 * Divides a video's patches among its shots. A patch that straddles a cut belongs to the side that it overlaps more.
 * @param cuts times of the cuts in seconds, ascending
 */
export function shotsOf(starts: ArrayLike<number>, ends: ArrayLike<number>, cuts: readonly number[]): Shot[] {
  const n = starts.length;
  if (n === 0) return [];
  const begin = starts[0];
  const finish = ends[n - 1];
  const edges = [begin, ...cuts.filter((cut) => cut > begin && cut < finish), finish];
  const shots: Shot[] = [];
  let patch = 0;
  for (let i = 0; i + 1 < edges.length; i++) {
    const end = edges[i + 1];
    const first = patch;
    while (patch < n && (starts[patch] + ends[patch]) / 2 < end) patch++;
    if (i + 2 === edges.length) patch = n;
    shots.push({ start: edges[i], end, first, past: patch });
  }
  return shots;
}
