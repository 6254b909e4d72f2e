import os from 'node:os';
import { hear } from './hear.ts';
import { toListenerSchema, type EarsSpec, type FromListener, type ToListener } from './messages.ts';
import { PieceCutter, type CutPiece } from './pieces.ts';
import type { Ears } from './types.ts';

/** The way to whoever started this process. */
export interface ListenerPort {
  send(message: FromListener): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The other side is gone. */
  onGone(listener: () => void): void;
}

/**
 * Serves the process that hears: loads ears, takes sound, sends what was said, one message after the other. It runs at
 * low priority and ends with its parent, also in the middle of a piece.
 */
export function serveListener(port: ListenerPort, openEars: (spec: EarsSpec) => Promise<Ears>): void {
  // Before any other thread is made: on Linux they have the priority of the thread that makes them.
  os.setPriority(0, os.constants.priority.PRIORITY_BELOW_NORMAL);
  let ears: Ears | undefined;
  let current: { run: number; cutter: PieceCutter } | undefined;
  let work = Promise.resolve();

  const tell = async (run: number, pieces: readonly CutPiece[]) => {
    for (const piece of pieces) {
      if (current?.run !== run) return;
      const { until, lines, dropped } = await hear(piece, ears!);
      port.send({ piece: run, until, lines, ...(dropped ? { dropped } : {}), ...cost() });
    }
  };
  const handle = async (message: ToListener): Promise<void> => {
    if ('open' in message) {
      ears = await openEars(message.open);
      port.send({ ready: true, ...cost() });
    } else if ('begin' in message) {
      current = { run: message.begin, cutter: new PieceCutter(ears!.detector, message.from) };
    } else if ('samples' in message) {
      const { run, time, samples } = message;
      if (current?.run === run) await tell(run, current.cutter.accept(time, samples));
      port.send({ took: run, samples: samples.length });
    } else {
      if (current?.run === message.end) await tell(message.end, current.cutter.end());
      port.send({ done: message.end });
    }
  };
  port.onMessage((message) => {
    work = work.then(async () => {
      try {
        await handle(toListenerSchema.parse(message));
      } catch (error) {
        const failed = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];
        port.send({ failed, open: ears === undefined });
      }
    });
  });
  // A recogniser in the middle of a piece holds up an ordinary exit.
  port.onGone(() => process.kill(process.pid, 'SIGKILL'));
}

function cost(): { memoryBytes: number; cpuSec: number } {
  const { user, system } = process.cpuUsage();
  return { memoryBytes: process.memoryUsage.rss(), cpuSec: (user + system) / 1e6 };
}

/** The port of this process: Node's channel to its parent, or a utility process's. */
export function ownPort(): ListenerPort {
  const { parentPort } = process as NodeJS.Process & {
    parentPort?: {
      postMessage(message: unknown): void;
      on(event: 'message', listener: (message: { data: unknown }) => void): void;
    };
  };
  if (parentPort)
    return {
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data)),
      onGone: () => {},
    };
  return {
    send: (message) => void process.send?.(message, undefined, undefined, () => {}),
    onMessage: (listener) => void process.on('message', listener),
    onGone: (listener) => void process.on('disconnect', listener),
  };
}
