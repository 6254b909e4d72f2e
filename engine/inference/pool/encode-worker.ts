// A thread that encodes frames, one run after the other, on one thread of the runtime. Started by worker-pool.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { LongviewError } from '../../protocol/errors.ts';
import { openOneEncoder } from './one-encoder.ts';
import type { FromWorker, ToWorker, WorkerStart } from './messages.ts';

const port = parentPort!;
const { bundle, frames, pending } = workerData as WorkerStart;
const encoder = openOneEncoder(bundle, { provider: 'cpu', threads: 1 });
const half = frames.byteLength / 2;
const left = new Int32Array(pending);

function say(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

/** One thing less to do. */
function done(): void {
  Atomics.sub(left, 0, 1);
  Atomics.notify(left, 0);
}

async function run({ job, times, single, letterbox }: ToWorker): Promise<void> {
  try {
    const first = { time: times[0], pixels: new Uint8Array(frames, 0, half) };
    const second = single ? first : { time: times[1], pixels: new Uint8Array(frames, half, half) };
    const [analysis] = await encoder.analyse([[first, second]], letterbox);
    say({ job, analysis }, [analysis.tokens.buffer, analysis.embedding.buffer] as ArrayBuffer[]);
  } catch (error) {
    if (error instanceof LongviewError) say({ job, error: error.toData() });
    else if (error instanceof Error) say({ job, error: { message: error.message, stack: error.stack } });
    else say({ job, error: { message: String(error) } });
  } finally {
    done();
  }
}

port.on('message', (message: ToWorker) => void run(message));
say({ ready: true });
done();
