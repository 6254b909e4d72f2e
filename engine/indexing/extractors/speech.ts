import type { FootageLine, TrackKey, TrackWriter } from '../../library/index.ts';
import type { SoundPiece } from '../../core/sound.ts';
import { playedSound } from '../../media/index.ts';
import { throwIfCancelled } from '../../protocol/errors.ts';
import { transcriptLineSchema, type TranscriptLine } from '../../protocol/transcript.ts';
import {
  contextSec,
  correctLines,
  startHearing,
  type Hearing,
  type HeardPiece,
  type Listener,
} from '../../speech/index.ts';
import { correctionsOf } from '../corrections.ts';
import type { Extractor, ExtractorTask, SoundWork } from './extractor.ts';

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
    begin: async (task, info) => new SpeechWork(task, key, listener, playedSound(info.sounds)?.index),
  };
}

class SpeechWork implements SoundWork {
  readonly needs = 'sound';
  readonly stream: number | undefined;
  readonly resumedSec: number;
  readonly #track: TrackWriter;
  readonly #listener: Listener;
  readonly #task: ExtractorTask;
  #hearing: Hearing | undefined;
  #leave: (() => void) | undefined;
  #left = false;

  constructor(task: ExtractorTask, key: TrackKey, listener: Listener, stream: number | undefined) {
    this.#task = task;
    this.#track = task.store.beginTrack(task.video.id, key);
    this.#listener = listener;
    this.stream = stream;
    this.resumedSec = Math.max(0, this.#track.resumedSec - contextSec);
  }

  async take(piece: SoundPiece): Promise<void> {
    this.#hearing ??= await this.#begin();
    await this.#hearing.take(piece);
  }

  async complete(endSec: number): Promise<void> {
    await this.#hearing?.complete();
    this.#leave?.();
    const corrections = correctionsOf(this.#task.store, this.#task.video.contentHash);
    if (corrections.length > 0) {
      const { lines } = correctLines(this.#track.lines().map(lineOfTrack), corrections);
      this.#track.replaceLines(lines.map(trackLine));
    }
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
    this.#leave = await enter(this.#listener, this.#task.signal);
    return startHearing(this.#listener, {
      from: this.#track.resumedSec,
      signal: this.#task.signal,
      onPiece: (piece) => this.#keep(piece),
    });
  }

  #keep({ lines, until }: HeardPiece): void {
    if (!this.#left) this.#track.appendLines(lines.map(trackLine), until);
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

/** Nobody says when a word begins more exactly; an hour of words is half as large. */
const milli = (seconds: number) => Math.round(seconds * 1000) / 1000;

/** A line of a transcript as a track keeps it. */
export function trackLine({ start, end, text, language, words, ...rest }: TranscriptLine): FootageLine {
  const rounded = words?.map((word) => ({ ...word, start: milli(word.start), end: milli(word.end) }));
  const extra = Object.fromEntries(
    Object.entries({ words: rounded, ...rest }).filter(([, value]) => value !== undefined),
  );
  return {
    ...{ kind: 'said', start: milli(start), end: milli(end), text },
    ...(language === undefined ? {} : { language }),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

const known = transcriptLineSchema
  .pick({ words: true, speaker: true, confidence: true, corrected: true })
  .partial();

/** A line of a track, or of captions, as a transcript has it. */
export function lineOfTrack({ start, end, text, language, extra = {} }: FootageLine): TranscriptLine {
  const { words, speaker, confidence, corrected } = extra;
  const rest = known.safeParse({ words, speaker, confidence, corrected });
  const more = Object.entries(rest.data ?? {}).filter(([, value]) => value !== undefined);
  return {
    ...{ start, end: Math.max(start, end), text },
    ...(language === undefined ? {} : { language }),
    ...Object.fromEntries(more),
  };
}
