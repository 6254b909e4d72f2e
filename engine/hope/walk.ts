import {
  checkPositionOptions,
  segmentTokens,
  type PositionIds,
  type PositionOptions,
  type Segment,
} from './layout.ts';

/**
 * Lays out positions segment by segment, so that a prompt can be continued: by the next segment, by the tokens
 * that a model generates, or (from a {@link PositionWalk.clone}) by several questions after one video.
 *
 * Source: arXiv 2505.20444, and the behaviour of its authors' `modeling_hope.py` (get_rope_index).
 */
export class PositionWalk {
  readonly #options: PositionOptions;
  /** Where the next segment starts. */
  #start = 0;
  /** tad-rope's second walk, in which a patch of a video is one step. */
  #timeStart = 0;

  /** @throws LongviewError `bad-argument` for an unknown variant or a gamma that is not finite and > 0. */
  constructor(options: PositionOptions) {
    this.#options = checkPositionOptions({ ...options });
  }

  /** The position of the next text token: the id at which a generated token continues. */
  get next(): number {
    return this.#options.variant === 'tad-rope' ? this.#start + this.#timeStart : this.#start;
  }

  /** An independent walk that stands at the same place. */
  clone(): PositionWalk {
    const copy = new PositionWalk(this.#options);
    copy.#start = this.#start;
    copy.#timeStart = this.#timeStart;
    return copy;
  }

  /**
   * Takes one segment; a generated token is `["text", 1]`.
   * @returns its ids. @throws LongviewError `bad-argument`.
   */
  take(segment: Segment): PositionIds {
    const tokens = segmentTokens(segment);
    const ids = { t: new Float64Array(tokens), h: new Float64Array(tokens), w: new Float64Array(tokens) };
    this.takeInto(segment, ids, 0);
    return ids;
  }

  /** As {@link take}, written into `ids` from index `at`. @returns the index after the segment. */
  takeInto(segment: Segment, ids: PositionIds, at: number): number {
    const tokens = segmentTokens(segment);
    if (segment[0] === 'text') this.#takeText(tokens, ids, at);
    else this.#takeVideo(segment[1], segment[2], segment[3], ids, at);
    return at + tokens;
  }

  #takeText(tokens: number, ids: PositionIds, at: number): void {
    const step = this.#options.variant === 'tad-rope' ? 2 : 1;
    const first = this.next;
    for (let k = 0; k < tokens; k++) setAll(ids, at + k, first + step * k);
    this.#start += tokens;
    this.#timeStart += tokens;
  }

  #takeVideo(frames: number, rows: number, columns: number, ids: PositionIds, at: number): void {
    const { variant, gamma } = this.#options;
    const start = this.#start;
    if (variant === 'rope' || variant === 'tad-rope') {
      const perFrame = rows * columns;
      for (let i = 0; i < frames * perFrame; i++) {
        const second = variant === 'tad-rope' ? this.#timeStart + Math.floor(i / perFrame) : 0;
        setAll(ids, at + i, start + i + second);
      }
      this.#start += frames * perFrame;
      this.#timeStart += frames;
      return;
    }
    if (variant === 'm-rope') {
      fillGrid(ids, at, [frames, rows, columns], (ti) => [start + ti, start, start]);
      this.#start += Math.max(frames, rows, columns);
      return;
    }
    // The diagonal layout: the grid's middle lies on the line t = h = w, so rows and columns carry time too.
    const scale = variant === 'videorope' ? 2 : gamma;
    const above = Math.floor((rows - 1) / 2);
    const left = Math.floor((columns - 1) / 2);
    fillGrid(ids, at, [frames, rows, columns], (ti) => {
      const time = scale * ti + start;
      return [time, time - above, time - left];
    });
    this.#start += scale * (frames - 1) + 1;
  }
}

function setAll(ids: PositionIds, index: number, value: number): void {
  ids.t[index] = value;
  ids.h[index] = value;
  ids.w[index] = value;
}

/** Fills a grid's ids; `corner` gives (t, h, w) of a frame's first token, from which h and w count up by 1. */
function fillGrid(
  ids: PositionIds,
  at: number,
  [frames, rows, columns]: readonly [number, number, number],
  corner: (frame: number) => readonly [number, number, number],
): void {
  let index = at;
  for (let ti = 0; ti < frames; ti++) {
    const [time, top, left] = corner(ti);
    for (let hi = 0; hi < rows; hi++) {
      for (let wi = 0; wi < columns; wi++, index++) {
        ids.t[index] = time;
        ids.h[index] = top + hi;
        ids.w[index] = left + wi;
      }
    }
  }
}
