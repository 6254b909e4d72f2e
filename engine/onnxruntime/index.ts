import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import type * as Runtime from 'onnxruntime-node';

/**
 * The only way to the runtime of the models; a lint rule refuses another. onnxruntime-node 1.30 tells its maker of
 * every session (a device's id, the program's path, names of graphs, counts and times), and keeps an id, a database and
 * logs in the user's folders. It asks the environment whether it may, when it is loaded.
 */
const telemetryOff = 'ORT_DISABLE_TELEMETRY';

if (isMainThread) process.env[telemetryOff] = '1';
// A worker's environment is a copy of what the process had when it was started; the runtime reads the process's own.
else if (process.env[telemetryOff] !== '1')
  throw new Error(
    'The runtime may be loaded in a worker only after the main thread has set its environment.',
  );

// Not an import: a bundler lifts those of other packages above every statement, and the runtime would be there first.
const runtime = createRequire(import.meta.url)('onnxruntime-node') as typeof Runtime;

/** A graph that is open: `onnxruntime-common`'s. */
export const InferenceSession: typeof Runtime.InferenceSession = runtime.InferenceSession;
/** A graph that is open: `onnxruntime-common`'s. */
export type InferenceSession = Runtime.InferenceSession;
/** Types that belong to it. */
// eslint-disable-next-line @typescript-eslint/no-namespace -- types alone, as the package has them
export declare namespace InferenceSession {
  type SessionOptions = Runtime.InferenceSession.SessionOptions;
  type ValueMetadata = Runtime.InferenceSession.ValueMetadata;
  type OnnxValueMapType = Runtime.InferenceSession.OnnxValueMapType;
  type FetchesType = Runtime.InferenceSession.FetchesType;
}

/** Numbers with a shape, as graphs take and give them: `onnxruntime-common`'s. */
export const Tensor: typeof Runtime.Tensor = runtime.Tensor;
/** Numbers with a shape, as graphs take and give them: `onnxruntime-common`'s. */
export type Tensor = Runtime.Tensor;

/** The execution providers that this build of the runtime offers. */
export const listSupportedBackends: typeof Runtime.listSupportedBackends = runtime.listSupportedBackends;
