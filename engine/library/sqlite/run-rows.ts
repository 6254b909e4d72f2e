import type { IndexRun } from '../types.ts';

/** A row of the table `runs`. */
export interface RunRow {
  num: number;
  id: string;
  video: number;
  state: 'indexing' | 'complete';
  model_id: string;
  model_fingerprint: string;
  fps: number;
  grid_rows: number;
  grid_columns: number;
  hidden_size: number;
  embedding_size: number;
  patches: number;
  started_at: number;
  completed_at: number | null;
}

/** A row as the store's callers see it. */
export function runOf(row: RunRow): IndexRun {
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

/** Float numbers that the feature cache keeps of one temporal patch. */
export function valuesPerPatch(row: RunRow): number {
  return row.grid_rows * row.grid_columns * row.hidden_size;
}
