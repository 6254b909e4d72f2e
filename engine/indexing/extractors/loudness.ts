import type { SoundPiece } from '../../core/sound.ts';
import type { IndexedVideo, TrackKey, TrackMoment, TrackSearch, TrackWriter } from '../../library/index.ts';
import { playedSound } from '../../media/index.ts';
import { soundRate } from '../../core/sound.ts';
import type { Extractor, SoundWork } from './extractor.ts';

const key: TrackKey = { kind: 'loudness', extractor: 'loudness', version: '1', settings: {} };
/** What stands for no sound at all, in decibels under full scale: 16 bits can't say less. */
const nothing = -96;
/** Seconds that are stored together. */
const together = 60;

/** How loud each second of a video is: the root mean square of its samples in decibels under full scale. */
export const loudness: Extractor = {
  name: 'loudness',
  isDone: ({ store, video }) => store.hasTrack(video.id, key),
  begin: async ({ store, video }, info) =>
    new Loudness(store.beginTrack(video.id, key), playedSound(info.sounds)?.index),
};

class Loudness implements SoundWork {
  readonly needs = 'sound';
  readonly stream: number | undefined;
  readonly resumedSec: number;
  readonly #track: TrackWriter;
  /** The second that is being added up, and those before it that wait to be stored. */
  #second: number;
  #squares = 0;
  #samples = 0;
  #waiting: number[] = [];

  constructor(track: TrackWriter, stream: number | undefined) {
    this.#track = track;
    this.stream = stream;
    this.resumedSec = track.resumedSec;
    this.#second = Math.round(track.resumedSec);
  }

  async take({ time, samples }: SoundPiece): Promise<void> {
    for (let index = 0; index < samples.length; index++) {
      // Half a sample more: a whole second's first sample must not fall into the one before.
      const second = Math.floor(time + (index + 0.5) / soundRate);
      if (second < this.#second) continue;
      while (second > this.#second) this.#next();
      this.#squares += samples[index] ** 2;
      this.#samples++;
    }
    if (this.#waiting.length >= together) this.#store();
  }

  async complete(endSec: number): Promise<void> {
    if (this.#samples > 0) this.#next();
    this.#store();
    this.#track.complete([[0, endSec, 1]]);
  }

  leave(keep: boolean): void {
    if (keep) this.#store();
    else this.#track.discard();
  }

  #next(): void {
    const power = this.#samples > 0 ? this.#squares / this.#samples : 0;
    this.#waiting.push(power > 0 ? Math.max(nothing, 10 * Math.log10(power)) : nothing);
    this.#squares = 0;
    this.#samples = 0;
    this.#second++;
  }

  #store(): void {
    const values = Float32Array.from(this.#waiting);
    this.#waiting = [];
    if (values.length > 0) this.#track.appendSeries(values, 1, this.#second - values.length);
  }
}

/** The words that mean this track, and which seconds they mean given the video's middle loudness. */
const meanings = [
  {
    level: 'loud',
    words:
      /^(?:very )?(?:loud|noisy)(?: (?:noise|sound|bang|moment|part|scene)s?)?$|^(?:很?响|大声|吵闹|噪音)$/u,
    fits: (value: number, middle: number) => value > Math.max(middle + 10, -30),
    distance: (value: number, middle: number) => value - Math.max(middle + 10, -30),
    leastSec: 1,
  },
  {
    level: 'quiet',
    words: /^(?:very )?quiet(?: (?:moment|part|scene)s?)?$|^安静$/u,
    fits: (value: number, middle: number) => value < Math.min(middle - 10, -40),
    distance: (value: number, middle: number) => Math.min(middle - 10, -40) - value,
    leastSec: 2,
  },
  {
    level: 'silent',
    words: /^(?:silence|silent|no sound)(?: (?:moment|part|scene)s?)?$|^(?:无声|寂静|没有声音)$/u,
    fits: (value: number) => value < -60,
    distance: (value: number) => -60 - value,
    leastSec: 2,
  },
] as const;

/** "loud", "quiet" and "silence" find the stretches that are so, against the rest of the same video. */
export const loudnessSearch: TrackSearch = {
  source: 'sound',
  find(store, videos, { thing }) {
    const meaning = meanings.find(({ words }) =>
      words.test(
        thing
          .trim()
          .toLowerCase()
          .replace(/^(?:an?|the) /, ''),
      ),
    );
    if (!meaning) return [];
    return videos.flatMap((video) => {
      const series = store.series(video.id, 'loudness');
      return series ? stretches(video, series.values, meaning) : [];
    });
  },
};

function stretches(
  video: IndexedVideo,
  values: Float32Array,
  { level, fits, distance, leastSec }: (typeof meanings)[number],
): TrackMoment[] {
  const middle = values.toSorted()[values.length >> 1] ?? 0;
  const moments: TrackMoment[] = [];
  for (let first = 0; first < values.length; first++) {
    if (!fits(values[first], middle)) continue;
    let past = first;
    while (past < values.length && fits(values[past], middle)) past++;
    const part = values.subarray(first, past);
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    if (past - first >= leastSec)
      moments.push({
        video,
        start: first,
        end: Math.min(past, Math.max(video.durationSec, first)),
        source: 'sound',
        // At the edge it is as likely as not meant; six decibels are twice as loud.
        score: 1 + Math.min(4, distance(mean, middle) / 6),
        explanations: [{ code: 'sound', level, decibels: mean }],
      });
    first = past;
  }
  return moments;
}
