import type { Letterbox } from '../../core/frames.ts';
import type { ErrorData } from '../../protocol/errors.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { PatchAnalysis } from '../types.ts';

/** What a worker is started with. */
export interface WorkerStart {
  /** A bundle that was checked. */
  bundle: Bundle;
  /** Room for the two frames of a temporal patch, one after the other: pixels cross without garbage on either side. */
  frames: SharedArrayBuffer;
  /** One number: what it has still to do, its own start among that. It must not be ended before that is 0. */
  pending: SharedArrayBuffer;
}

/** The frames that lie in the shared memory are to be encoded. */
export interface ToWorker {
  job: number;
  /** Presentation times. */
  times: readonly [number, number];
  /** One frame stands for both. */
  single: boolean;
  letterbox: Letterbox;
}

/** What a worker says: that it runs, or what became of a run. */
export type FromWorker =
  | { ready: true }
  | { job: number; analysis: PatchAnalysis }
  | { job: number; error: ErrorData | { message: string; stack?: string } };
