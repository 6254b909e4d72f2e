import type { SoundPiece } from '../core/sound.ts';
import { LongviewError, throwIfCancelled } from '../protocol/errors.ts';
import { startListenerProcess, type ListenerProcess } from './listener-process.ts';
import { fromListenerSchema, type EarsSpec, type FromListener } from './messages.ts';
import { sampleRate, type HeardPiece } from './types.ts';

/** How a recording is heard. */
export interface HearOptions {
  /** Seconds: go on from here, the `until` of the last piece that was kept. Default 0. */
  from?: number;
  signal?: AbortSignal;
}

/** Hears speech in a process of its own. */
export interface Listener {
  /**
   * Hears a recording from a time on; one at a time. Pieces come in order and without holes, so that whoever keeps each
   * as it comes has everything up to its `until`. Leaving the loop early or aborting ends the process at once; the next
   * call starts another.
   * @param sound from `from` on
   * @throws LongviewError `cancelled`; `bad-bundle` where the model doesn't load; `engine-stopped` where the process ended
   * @throws whatever `sound` throws
   */
  hear(sound: AsyncIterable<SoundPiece>, options?: HearOptions): AsyncGenerator<HeardPiece, void, void>;
  /** Resident memory of the process in bytes, as it last told; 0 while there is none. */
  readonly memoryBytes: number;
  /** Seconds of processor time that the process has taken, all threads together; 0 while there is none. */
  readonly cpuSec: number;
  /** Ends the process. A later call of `hear` starts another. */
  close(): void;
}

/** How far the sound may be sent ahead of what was taken in: pieces are up to 25 s. */
const ahead = 60 * sampleRate;

/**
 * Makes a listener; its process starts with the first recording and stays for the next.
 * @param options.program tests put a stand-in process here
 */
export function createListener(spec: EarsSpec, options: { program?: string } = {}): Listener {
  let open: Connection | undefined;
  let busy = false;
  let runs = 0;
  const close = () => {
    open?.process.kill();
    open = undefined;
  };

  async function* hear(
    sound: AsyncIterable<SoundPiece>,
    { from = 0, signal }: HearOptions = {},
  ): AsyncGenerator<HeardPiece, void, void> {
    throwIfCancelled(signal);
    if (busy) throw new Error('a listener hears one recording at a time');
    busy = true;
    if (!open || open.ended !== undefined) open = connect(spec, options.program);
    const connection = open;
    const run = ++runs;
    const onAbort = () => connection.process.kill();
    signal?.addEventListener('abort', onAbort, { once: true });
    let whole = false;
    const sending = send(connection, sound, run, from, signal);
    const soundFailed = failure(sending);
    soundFailed.catch(() => {});
    try {
      for (;;) {
        const message = await Promise.race([connection.next(), soundFailed]);
        throwIfCancelled(signal);
        if ('piece' in message && message.piece === run) yield toPiece(message);
        throwIfCancelled(signal);
        if ('done' in message && message.done === run) break;
        if ('failed' in message) throw failed(message);
      }
      await sending;
      whole = true;
    } catch (error) {
      throwIfCancelled(signal);
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      busy = false;
      if (!whole) {
        connection.process.kill();
        if (open === connection) open = undefined;
        await sending.catch(() => {});
      }
    }
  }

  return {
    hear,
    get memoryBytes() {
      return open && open.ended === undefined ? open.memoryBytes : 0;
    },
    get cpuSec() {
      return open && open.ended === undefined ? open.cpuSec : 0;
    },
    close,
  };
}

/** Never fulfils: only what went wrong with the sound is of interest. */
function failure(sending: Promise<void>): Promise<never> {
  return new Promise((_, reject) => void sending.catch(reject));
}

function toPiece({ until, lines, dropped }: Extract<FromListener, { piece: number }>): HeardPiece {
  return { until, lines, ...(dropped ? { dropped } : {}) };
}

/** Sends sound as fast as it is taken in. */
async function send(
  connection: Connection,
  sound: AsyncIterable<SoundPiece>,
  run: number,
  from: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  connection.process.send({ begin: run, from });
  for await (const { time, samples } of sound) {
    if (signal?.aborted || connection.ended !== undefined) return;
    connection.onTheWay += samples.length;
    connection.process.send({ run, time, samples: samples as Float32Array<ArrayBuffer> });
    await connection.room();
  }
  connection.process.send({ end: run });
}

interface Connection {
  process: ListenerProcess;
  memoryBytes: number;
  cpuSec: number;
  /** Its last words, once it is gone. */
  ended: string | undefined;
  /** Samples that were sent and not yet taken in. */
  onTheWay: number;
  /** The next message that isn't about samples. @throws LongviewError where the process ends before */
  next(): Promise<FromListener>;
  /** Waits until more sound may be sent. */
  room(): Promise<void>;
}

function connect(spec: EarsSpec, program: string | undefined): Connection {
  const queue: FromListener[] = [];
  let wake = () => {};
  let roomy = () => {};
  let ready = false;
  const connection: Connection = {
    process: startListenerProcess(
      {
        onMessage(data) {
          const message = fromListenerSchema.parse(data);
          if ('cpuSec' in message)
            ({ memoryBytes: connection.memoryBytes, cpuSec: connection.cpuSec } = message);
          if ('ready' in message) ready = true;
          else if ('took' in message) connection.onTheWay -= message.samples;
          else queue.push(message);
          wake();
          roomy();
        },
        onEnd(lastWords) {
          connection.ended = lastWords;
          wake();
          roomy();
        },
      },
      program,
    ),
    memoryBytes: 0,
    cpuSec: 0,
    ended: undefined,
    onTheWay: 0,
    async next() {
      while (queue.length === 0) {
        if (connection.ended !== undefined) throw gone(ready, connection.ended);
        await new Promise<void>((resolve) => (wake = resolve));
      }
      return queue.shift()!;
    },
    async room() {
      while (connection.onTheWay > ahead && connection.ended === undefined)
        await new Promise<void>((resolve) => (roomy = resolve));
    },
  };
  connection.process.send({ open: spec });
  return connection;
}

function failed({ failed: message, open }: Extract<FromListener, { failed: string }>): LongviewError {
  return open ? unloadable(message) : stopped(message);
}

function gone(ready: boolean, lastWords: string): LongviewError {
  const last = lastWords.split('\n').at(-1) ?? '';
  return ready ? stopped(last) : unloadable(last);
}

function unloadable(reason: string): LongviewError {
  return new LongviewError(
    'bad-bundle',
    `The speech model could not be loaded${reason ? `: ${reason}` : '.'}`,
    'Import or download the model again, or choose another one.',
  );
}

function stopped(reason: string): LongviewError {
  return new LongviewError(
    'engine-stopped',
    `The process that hears speech ended by itself${reason ? `: ${reason}` : '.'}`,
    'Index the video again: it goes on where it was. If memory is short, choose a smaller speech model.',
  );
}
