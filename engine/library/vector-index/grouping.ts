/** Neighbouring rows that are alike: a shot, or what a camera sees as long as nothing happens. */
export interface Group {
  rows: number;
  mean: Float32Array;
  /** The largest distance of a row from the mean. */
  furthest: number;
}

/** A row further than this from the mean of those before it begins a new group (unit vectors). */
const newFrom = 0.5;
/** More rows than this are not worth looking at for one of them. */
const mostRows = 64;

/**
 * Parts rows into groups of neighbours, so that a search need look only at those whose mean is promising.
 * @param embeddings row-major, `size` numbers each
 * @param mayBegin whether a group may begin at a row (counted from `first`), which is asked when the groups before it but
 *   the last one were yielded; where it may not, the last one goes on
 */
export function* groupsOf(
  embeddings: Float32Array,
  size: number,
  { first, count }: { first: number; count: number },
  mayBegin: (row: number) => boolean,
): Generator<Group> {
  let start = first;
  let sum = new Float32Array(size);
  for (let row = first; row < first + count; row++) {
    const rows = row - start;
    const another = rows >= mostRows || (rows > 0 && distance(embeddings, row, sum, rows) > newFrom);
    if (another && mayBegin(row - first)) {
      yield groupOf(embeddings, start, rows, sum);
      [start, sum] = [row, new Float32Array(size)];
    }
    for (let i = 0, at = row * size; i < size; i++) sum[i] += embeddings[at + i];
  }
  if (count > 0) yield groupOf(embeddings, start, first + count - start, sum);
}

function groupOf(embeddings: Float32Array, start: number, rows: number, sum: Float32Array): Group {
  let furthest = 0;
  for (let row = start; row < start + rows; row++)
    furthest = Math.max(furthest, distance(embeddings, row, sum, rows));
  return { rows, mean: sum.map((value) => value / rows), furthest };
}

/** Of a row from the mean of `rows` rows whose sum is given. */
function distance(embeddings: Float32Array, row: number, sum: Float32Array, rows: number): number {
  let squares = 0;
  for (let i = 0, at = row * sum.length; i < sum.length; i++)
    squares += (embeddings[at + i] - sum[i] / rows) ** 2;
  return Math.sqrt(squares);
}
