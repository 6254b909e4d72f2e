import { dot, sumOfRows } from '../core/vectors.ts';
import type { PatchTable } from '../library/patch-types.ts';
import type { Shot } from '../vision/shots.ts';

/** A run of temporal patches that one temporal patch can stand for: a shot, or a piece of a long one. */
export interface Segment {
  first: number;
  past: number;
}

/** A shot is cut into pieces no shorter than this, so that a long take is seen more than once. */
const shortestPiece = 8;

/**
 * Divides a video's temporal patches into segments: its shots, the long ones in equal pieces, as many as `wanted`
 * where the footage is long enough.
 */
export function segmentsOf(shots: readonly Shot[], wanted: number): Segment[] {
  const owned = shots.filter(({ first, past }) => past > first);
  const patches = owned.reduce((sum, { first, past }) => sum + past - first, 0);
  const length = Math.max(shortestPiece, Math.ceil(patches / Math.max(1, wanted)));
  return owned.flatMap(({ first, past }) => {
    const pieces = Math.max(1, Math.floor((past - first) / length));
    return Array.from({ length: pieces }, (_, i) => ({
      first: first + Math.floor(((past - first) * i) / pieces),
      past: first + Math.floor(((past - first) * (i + 1)) / pieces),
    }));
  });
}

/**
 * The temporal patch that a segment is best known by: the one most like the segment's mean. The outer temporal patches
 * may straddle a cut and are taken only where there is no other.
 */
export function representative(
  { first, past }: Segment,
  { embeddings, embeddingSize: size }: PatchTable,
): number {
  const mean = sumOfRows(embeddings, size, first, past);
  const inner = past - first > 2 ? 1 : 0;
  let best = (first + past - 1) >> 1;
  let most = -Infinity;
  for (let patch = first + inner; patch < past - inner; patch++) {
    const likeness = dot(mean, embeddings, patch * size);
    if (likeness > most + 1e-9) {
      most = likeness;
      best = patch;
    }
  }
  return best;
}

/** `count` members of a row at equal distances, its ends included; all where there are no more. */
export function spread<T>(row: readonly T[], count: number): T[] {
  if (row.length <= count) return [...row];
  if (count <= 1) return count === 1 ? [row[row.length >> 1]] : [];
  return Array.from({ length: count }, (_, i) => row[Math.round((i * (row.length - 1)) / (count - 1))]);
}

/**
 * What the decoder reads: the temporal patches that must be seen, then one of each segment for coverage, at most
 * `budget` temporal patches in all, in time order.
 * @param must most important first
 */
export function readingList(
  segments: readonly Segment[],
  table: PatchTable,
  must: readonly number[],
  budget: number,
): number[] {
  const chosen = new Set(must.slice(0, budget));
  const unseen = segments.filter(
    ({ first, past }) => ![...chosen].some((patch) => patch >= first && patch < past),
  );
  for (const segment of spread(unseen, budget - chosen.size)) chosen.add(representative(segment, table));
  return [...chosen].sort((a, b) => a - b);
}
