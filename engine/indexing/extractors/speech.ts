import type { FootageLine, TrackKey, TrackWriter } from '../../library/index.ts';
import type { SoundPiece } from '../../core/sound.ts';
import { playedSound } from '../../media/index.ts';
import { throwIfCancelled } from '../../protocol/errors.ts';
import type { TranscriptLine } from '../../protocol/transcript.ts';
import {
  contextSec,
  startHearing,
  type Hearing,
  type HeardPiece,
  type Listener,
} from '../../speech/index.ts';
import type { Extractor, SoundWork } from './extractor.ts';

/** Who hears. */
export interface SpeechOptions {
  /** The speech model's id, and its id with the hash of its files. */
  model: string;
  version: string;
  /** BCP 47 of what is spoken; absent: found piece by piece. */
  language?: string;
  /** The engine's one listener; one video after the other has it. */
  listener: Listener;
}

/**
 * What is said in a video: sentences with the times of their words, in a track that grows piece by piece. A hearing that
 * was interrupted goes on after its last piece, with what it would have heard.
 */
export function speech({ model, version, language, listener }: SpeechOptions): Extractor {
  const key: TrackKey = {
    kind: 'transcript',
    extractor: 'speech',
    version,
    settings: { model, ...(language === undefined ? {} : { language }) },
  };
  return {
    name: 'speech',
    isDone: ({ store, video }) => store.hasTrack(video.id, key),
    begin: async ({ store, video, signal }, info) =>
      new SpeechWork(store.beginTrack(video.id, key), listener, {
        stream: playedSound(info.sounds)?.index,
        ...(signal && { signal }),
      }),
  };
}

class SpeechWork implements SoundWork {
  readonly needs = 'sound';
  readonly stream: number | undefined;
  readonly resumedSec: number;
  readonly #track: TrackWriter;
  readonly #listener: Listener;
  readonly #signal: AbortSignal | undefined;
  #hearing: Hearing | undefined;
  #leave: (() => void) | undefined;
  #left = false;

  constructor(
    track: TrackWriter,
    listener: Listener,
    { stream, signal }: { stream: number | undefined; signal?: AbortSignal },
  ) {
    this.#track = track;
    this.#listener = listener;
    this.stream = stream;
    this.#signal = signal;
    this.resumedSec = Math.max(0, track.resumedSec - contextSec);
  }

  async take(piece: SoundPiece): Promise<void> {
    this.#hearing ??= await this.#begin();
    await this.#hearing.take(piece);
  }

  async complete(endSec: number): Promise<void> {
    await this.#hearing?.complete();
    this.#leave?.();
    this.#track.complete([[0, endSec, 0]]);
  }

  leave(keep: boolean): void {
    // A piece that comes while the process is being ended is heard again.
    this.#left = true;
    if (this.#hearing) void this.#hearing.stop().then(this.#leave);
    else this.#leave?.();
    if (!keep) this.#track.discard();
  }

  async #begin(): Promise<Hearing> {
    this.#leave = await enter(this.#listener, this.#signal);
    return startHearing(this.#listener, {
      from: this.#track.resumedSec,
      signal: this.#signal,
      onPiece: (piece) => this.#keep(piece),
    });
  }

  #keep({ lines, until }: HeardPiece): void {
    if (!this.#left) this.#track.appendLines(lines.map(spokenLine), until);
  }
}

/** Until when each listener is taken. */
const taken = new WeakMap<Listener, Promise<void>>();

/**
 * Waits until nobody else uses a listener.
 * @returns what lets the next one in
 * @throws LongviewError `cancelled`
 */
async function enter(listener: Listener, signal: AbortSignal | undefined): Promise<() => void> {
  throwIfCancelled(signal);
  const before = taken.get(listener) ?? Promise.resolve();
  let leave = () => {};
  const own = new Promise<void>((resolve) => (leave = resolve));
  taken.set(
    listener,
    before.then(() => own),
  );
  await new Promise<void>((resolve) => {
    void before.then(resolve);
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
  if (signal?.aborted) leave();
  throwIfCancelled(signal);
  return leave;
}

/** A line of a transcript as a track keeps it. */
function spokenLine({ start, end, text, language, ...rest }: TranscriptLine): FootageLine {
  const extra = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...{ kind: 'said', start, end, text },
    ...(language === undefined ? {} : { language }),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}
