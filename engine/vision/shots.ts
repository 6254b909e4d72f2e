/** A stretch of a video between two cuts, with the temporal patches that lie mostly inside it. */
export interface Shot {
  /** Seconds. */
  start: number;
  end: number;
  /** First temporal patch and one past the last; equal where the shot is too short to own a temporal patch. */
  first: number;
  past: number;
}

/** A frame later or earlier is no other shot. */
const edgeSlackSec = 0.05;

/**
 * Divides a video's temporal patches among its shots. A temporal patch with a cut in its middle shows both sides:
 * neither owns it, unless a shot would have none at all; then it goes to the side that it overlaps more. So the end of
 * a shot is told by temporal patches that show nothing of the next one.
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
    const [start, end] = [edges[i], edges[i + 1]];
    const first = patch;
    while (patch < n && (starts[patch] + ends[patch]) / 2 < end) patch++;
    if (i + 2 === edges.length) patch = n;
    const whole = inside(starts, ends, { start, end }, { first, past: patch });
    shots.push({ start, end, ...(whole.first < whole.past ? whole : { first, past: patch }) });
  }
  return shots;
}

/** Of temporal patches that lie mostly in a stretch, those that lie in it wholly. */
function inside(
  starts: ArrayLike<number>,
  ends: ArrayLike<number>,
  { start, end }: { start: number; end: number },
  { first, past }: { first: number; past: number },
): { first: number; past: number } {
  let [from, to] = [first, past];
  while (from < to && starts[from] < start - edgeSlackSec) from++;
  while (to > from && ends[to - 1] > end + edgeSlackSec) to--;
  return { first: from, past: to };
}
