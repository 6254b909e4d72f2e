import type { RgbFrame, Letterbox } from '../../core/frames.ts';
import type { ErrorData } from '../../protocol/errors.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { PatchAnalysis } from '../types.ts';

/** What a worker is started with. */
export interface WorkerStart {
  /** A bundle that was checked. */
  bundle: Bundle;
}

/** One run: frames that lie in shared memory are seen, not copied. */
export interface ToWorker {
  job: number;
  patches: readonly (readonly [RgbFrame, RgbFrame])[];
  letterbox: Letterbox;
}

/** What a worker says: that it runs, or what became of a run. */
export type FromWorker =
  | { ready: true }
  | { job: number; analyses: PatchAnalysis[] }
  | { job: number; error: ErrorData | { message: string; stack?: string } };
