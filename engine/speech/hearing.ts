import type { SoundPiece } from '../core/sound.ts';
import type { Listener } from './listener.ts';
import { contextSec } from './sound-before.ts';
import type { HeardPiece } from './types.ts';

/** A recording that is being heard, for whoever is handed its sound piece by piece. */
export interface Hearing {
  /** From here on sound is wanted, in seconds: a little before `from`, to know what was before. */
  readonly soundFrom: number;
  /** Takes the next stretch of sound. @returns when more can be taken @throws what {@link Listener.hear} throws */
  take(sound: SoundPiece): Promise<void>;
  /** The sound has ended. @returns when all of it has been heard @throws what {@link Listener.hear} throws */
  complete(): Promise<void>;
  /** Stops at once; what was handed to `onPiece` is all that there is. @returns when nothing comes any more */
  stop(): Promise<void>;
}

/** How it is heard. */
export interface HearingOptions {
  /** Seconds: go on from here, the `until` of the last piece that was kept. Default 0. */
  from?: number;
  signal?: AbortSignal;
  /** Keeps a piece; they come in order. What it throws ends the hearing. */
  onPiece: (piece: HeardPiece) => void;
}

/** {@link Listener.hear} with the sound pushed in. */
export function startHearing(listener: Listener, { from = 0, signal, onPiece }: HearingOptions): Hearing {
  const own = new AbortController();
  const waiting: SoundPiece[] = [];
  let ended = false;
  let wake = () => {};
  let taken = () => {};
  async function* sound(): AsyncGenerator<SoundPiece, void, void> {
    for (;;) {
      const piece = waiting.shift();
      if (piece) {
        yield piece;
        taken();
      } else if (ended || own.signal.aborted) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const heard = (async () => {
    const either = signal ? AbortSignal.any([signal, own.signal]) : own.signal;
    for await (const piece of listener.hear(sound(), { from, signal: either })) onPiece(piece);
  })();
  // Told at the next `take` or `complete`.
  heard.catch(() => {});
  const abort = () => {
    own.abort();
    wake();
  };
  signal?.addEventListener('abort', () => wake(), { once: true });
  return {
    soundFrom: Math.max(0, from - contextSec),
    async take(piece) {
      waiting.push(piece);
      wake();
      const room = new Promise<void>((resolve) => (taken = resolve));
      await Promise.race([room, heard]);
    },
    async complete() {
      ended = true;
      wake();
      await heard;
    },
    async stop() {
      abort();
      await heard.catch(() => {});
    },
  };
}
