import type { Letterbox } from '../../core/frames.ts';
import type { FootageLine, TrackKey, TrackWriter } from '../../library/index.ts';
import { finishLines, ScreenTextFollower, TextReader, type Sighting } from '../../screen-text/index.ts';
import type { Extractor, FrameWork, SampledPatch } from './extractor.ts';

const key: TrackKey = { kind: 'screen-text', extractor: 'screen-text', version: '1', settings: {} };
/** Frames as large as small print on compressed slides needs (docs/screen-text.md). */
const size = { width: 960, height: 540 };
/** A frame that differs so much from the one before shows another picture. */
const cut = 0.3;
/** Seconds after which what was read is stored. */
const storedEverySec = 60;

/**
 * Reads what is written in the picture: one frame of each temporal patch is offered, and the follower decides which are
 * looked at. Sightings are stored as they end; when the video has ended they are joined into lines.
 * @param weights folder of the nets
 */
export function screenText(weights: string): Extractor {
  return {
    name: 'screen-text',
    isDone: ({ store, video }) => store.hasTrack(video.id, key),
    begin: async ({ store, video, signal }) =>
      new Reading(store.beginTrack(video.id, key), await TextReader.open(weights), signal),
  };
}

class Reading implements FrameWork {
  readonly needs = 'frames';
  readonly fps = undefined;
  readonly width = size.width;
  readonly height = size.height;
  readonly batchPatches = 1;
  readonly stills = undefined;
  readonly resumed: { seconds: number };
  readonly #track: TrackWriter;
  readonly #reader: TextReader;
  readonly #follower: ScreenTextFollower;
  readonly #signal: AbortSignal | undefined;
  #shot = 0;
  #reached: number;
  #stored: number;
  #sightings: Sighting[] = [];

  constructor(track: TrackWriter, reader: TextReader, signal: AbortSignal | undefined) {
    this.#track = track;
    this.#reader = reader;
    this.#follower = new ScreenTextFollower(reader);
    this.#signal = signal;
    this.resumed = { seconds: track.resumedSec };
    this.#reached = this.#stored = track.resumedSec;
  }

  async take(patches: readonly SampledPatch[], letterbox: Letterbox): Promise<void> {
    for (const { frames, cutScores, end } of patches) {
      if (cutScores[0] >= cut) this.#shot++;
      const [{ time, pixels }] = frames;
      const frame = { time, shot: this.#shot, ...inside(pixels, letterbox) };
      await this.#follower.push(frame, this.#signal);
      // A cut inside the temporal patch is another picture for the next one.
      if (cutScores[1] >= cut) this.#shot++;
      this.#reached = end;
    }
    this.#sightings.push(...this.#follower.takeEnded());
    if (this.#reached - this.#stored >= storedEverySec) this.flush();
  }

  flush(): void {
    const sightings = this.#sightings;
    this.#sightings = [];
    this.#track.appendLines(sightings.map(asLine), this.#reached);
    this.#stored = this.#reached;
  }

  complete(endSec: number): void {
    this.#sightings.push(...this.#follower.finish(endSec));
    this.flush();
    const lines = finishLines(this.#track.lines().map(asSighting));
    this.#track.replaceLines(
      lines.map(({ text, start, end, kind, box, confidence, script, moving }) => ({
        ...{ kind, start, end, text },
        extra: { box: box.map(rounded), confidence: rounded(confidence), script, ...(moving && { moving }) },
      })),
    );
    this.#track.complete([[0, endSec, 1]]);
    void this.#reader[Symbol.asyncDispose]();
  }

  leave(keep: boolean): void {
    if (keep) {
      this.#sightings.push(...this.#follower.finish(this.#reached));
      this.flush();
    } else this.#track.discard();
    void this.#reader[Symbol.asyncDispose]();
  }
}

/** The part of a frame that is picture, [height, width, 3]. */
function inside(
  pixels: Uint8Array,
  { x, y, width, height }: Letterbox,
): { pixels: Uint8Array; width: number; height: number } {
  if (width === size.width && height === size.height) return { pixels, width, height };
  const cropped = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const at = ((y + row) * size.width + x) * 3;
    cropped.set(pixels.subarray(at, at + width * 3), row * width * 3);
  }
  return { pixels: cropped, width, height };
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;

function asLine({ text, start, end, box, angle, confidence }: Sighting): FootageLine {
  return { kind: 'on-screen', start, end, text, extra: { box, angle, confidence } };
}

function asSighting({ text, start, end, extra }: FootageLine): Sighting {
  const { box, angle, confidence } = extra as Pick<Sighting, 'box' | 'angle' | 'confidence'>;
  return { text, start, end, box, angle, confidence };
}
