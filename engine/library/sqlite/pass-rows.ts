import { keyFramePass } from '../names.ts';
import type { TrackKind } from '../track-types.ts';
import type { IndexPass } from '../types.ts';

/** A row of the table `passes`. */
export interface PassRow {
  num: number;
  id: string;
  video: number;
  model_id: string;
  model_fingerprint: string;
  fps: number;
  grid_rows: number;
  grid_columns: number;
  hidden_size: number;
  embedding_size: number;
  patches: number;
}

/** A pass with what its tracks say of it. */
export interface TrackedPass extends PassRow {
  extractor: string;
  state: 'making' | 'whole';
  /** Separated by commas. */
  kinds: string;
  /** Seconds. */
  reached: number;
  started_at: number;
  completed_at: number | null;
}

/** Every pass with its tracks; of some videos where a condition follows. */
export const trackedPasses = `
  SELECT passes.*, tracks.extractor, tracks.state, tracks.started_at, tracks.completed_at,
    tracks.reached,
    (SELECT group_concat(own.kind) FROM tracks AS own WHERE own.pass = passes.num) AS kinds
  FROM tracks JOIN passes ON passes.num = tracks.pass WHERE tracks.kind = 'embedding'`;

/** Whether a pass makes tracks of a kind. */
export function has(pass: TrackedPass, kind: TrackKind): boolean {
  return pass.kinds.split(',').includes(kind);
}

/** A pass as the store's callers see it. */
export function passOf(row: TrackedPass): IndexPass {
  return {
    id: row.id,
    modelId: row.model_id,
    modelFingerprint: row.model_fingerprint,
    fps: row.fps,
    grid: [row.grid_rows, row.grid_columns],
    hiddenSize: row.hidden_size,
    embeddingSize: row.embedding_size,
    patches: row.patches,
    startedAt: row.started_at,
    completedAt: row.completed_at ?? undefined,
  };
}

/**
 * Of one video's passes those that are searched, the one with its cuts first: of each extractor's the whole one, or else
 * what there is of the one that is being made. A first look at key frames is searched until what refines it is whole.
 */
export function searchedPasses(passes: readonly TrackedPass[]): TrackedPass[] {
  const whole = new Set(passes.filter(({ state }) => state === 'whole').map(({ extractor }) => extractor));
  const rough = passes.some(({ extractor, patches }) => extractor === keyFramePass && patches > 0);
  const givesWay = (extractor: string) =>
    extractor === keyFramePass
      ? whole.has('frames')
      : extractor === 'frames' && rough && !whole.has('frames');
  return passes
    .filter(({ extractor }) => !givesWay(extractor))
    .filter(({ state, extractor, patches }) => state === 'whole' || (patches > 0 && !whole.has(extractor)))
    .toSorted((a, b) => Number(has(b, 'shots')) - Number(has(a, 'shots')) || a.num - b.num);
}

/** Float numbers that the feature cache keeps of one temporal patch. */
export function valuesPerPatch(row: PassRow): number {
  return row.grid_rows * row.grid_columns * row.hidden_size;
}
