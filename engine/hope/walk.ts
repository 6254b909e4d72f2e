import { badArgument } from '../protocol/errors.ts';
import {
  checkPositionOptions,
  segmentTokens,
  type CheckedPositions,
  type PositionIds,
  type PositionOptions,
  type Segment,
} from './layout.ts';

/** Frames, rows and columns of a visual segment. */
type Grid = readonly [frames: number, rows: number, columns: number];

/**
 * Lays out positions segment by segment, so that a prompt can be continued: by the next segment, by the tokens
 * that a model generates, or (from a {@link PositionWalk.clone}) by several questions after one video.
 *
 * Sources: arXiv 2505.20444 and the behaviour of its authors' `modeling_hope.py` (get_rope_index); of the other
 * variants the released code that docs/encodings.md names.
 */
export class PositionWalk {
  readonly #options: CheckedPositions;
  /** Where the next segment starts. */
  #start = 0;
  /** tad-rope's second walk, in which a patch of a video is one step. */
  #timeStart = 0;
  /** Visual segments that it took, for a list of seconds. */
  #visuals = 0;

  /** @throws LongviewError `bad-argument` for an unknown variant or an option out of its range. */
  constructor(options: PositionOptions) {
    this.#options = checkPositionOptions(options);
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
    copy.#visuals = this.#visuals;
    return copy;
  }

  /**
   * Takes one segment; a generated token is `["text", 1]`.
   * @returns its ids. @throws LongviewError `bad-argument`, also where a list of secondsPerPatch has run out.
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
    else {
      const seconds = this.#secondsOfNext();
      this.#takeVideo([segment[1], segment[2], segment[3]], seconds, ids, at);
      this.#visuals++;
    }
    return at + tokens;
  }

  #takeText(tokens: number, ids: PositionIds, at: number): void {
    const step = this.#options.variant === 'tad-rope' ? 2 : 1;
    const first = this.next;
    for (let k = 0; k < tokens; k++) setAll(ids, at + k, first + step * k);
    this.#start += tokens;
    this.#timeStart += tokens;
  }

  #secondsOfNext(): number {
    const { secondsPerPatch } = this.#options;
    if (typeof secondsPerPatch === 'number') return secondsPerPatch;
    const seconds = secondsPerPatch[this.#visuals];
    if (seconds !== undefined) return seconds;
    const expected = `a number, or a list with one for each visual segment (this is number ${this.#visuals + 1})`;
    throw badArgument('secondsPerPatch', expected, secondsPerPatch);
  }

  #takeVideo(grid: Grid, seconds: number, ids: PositionIds, at: number): void {
    const { variant, gamma } = this.#options;
    switch (variant) {
      case 'rope':
      case 'tad-rope':
      case 'cope':
      case 'cope-hard':
        return this.#takeRow(grid, ids, at);
      case 'm-rope':
        return this.#takeBox(grid, (ti) => ti, ids, at);
      case 'm-rope-time': {
        const { tokensPerSecond } = this.#options;
        return this.#takeBox(grid, (ti) => tick(ti, seconds, tokensPerSecond), ids, at);
      }
      case 'm-rope-interleaved':
        return this.#takeStretched(grid, ids, at);
      case 'videorope':
      case 'videorope++':
        return this.#takeDiagonal(grid, 2, ids, at);
      case 'hope':
      case 'soft-hope':
        return this.#takeDiagonal(grid, gamma, ids, at);
      case 'v2pe':
        return this.#takeFractions(grid, ids, at);
      case 'vrope':
        return this.#takeRotated(grid, ids, at);
    }
  }

  /** One id after the other; tad-rope adds a second walk that counts frames. */
  #takeRow([frames, rows, columns]: Grid, ids: PositionIds, at: number): void {
    const perFrame = rows * columns;
    const second = this.#options.variant === 'tad-rope';
    for (let i = 0; i < frames * perFrame; i++) {
      const time = second ? this.#timeStart + Math.floor(i / perFrame) : 0;
      setAll(ids, at + i, this.#start + i + time);
    }
    this.#start += frames * perFrame;
    this.#timeStart += frames;
  }

  /** Frames, rows and columns count from the start; what comes after stands behind the furthest of them. */
  #takeBox(grid: Grid, timeOf: (frame: number) => number, ids: PositionIds, at: number): void {
    const [frames, rows, columns] = grid;
    const start = this.#start;
    fillGrid(ids, at, grid, (ti) => [start + timeOf(ti), start, start]);
    this.#start += Math.max(timeOf(frames - 1) + 1, rows, columns);
  }

  /** As a box, in which gamma stretches time and all that the segment takes up; rows and columns may be reset. */
  #takeStretched(grid: Grid, ids: PositionIds, at: number): void {
    const { gamma, spatialReset } = this.#options;
    const start = this.#start;
    const corner = spatialReset ? 0 : start;
    fillGrid(ids, at, grid, (ti) => [start + gamma * ti, corner, corner]);
    this.#start += gamma * Math.max(...grid);
  }

  /** The diagonal layout: the grid's middle lies on the line t = h = w, so rows and columns carry time too. */
  #takeDiagonal(grid: Grid, scale: number, ids: PositionIds, at: number): void {
    const [frames, rows, columns] = grid;
    const start = this.#start;
    const above = Math.floor((rows - 1) / 2);
    const left = Math.floor((columns - 1) / 2);
    fillGrid(ids, at, grid, (ti) => {
      const time = scale * ti + start;
      return [time, time - above, time - left];
    });
    this.#start += scale * (frames - 1) + 1;
  }

  /** V2PE: the tokens of a frame share a stride; the first stands one step behind the token before the segment. */
  #takeFractions([frames, rows, columns]: Grid, ids: PositionIds, at: number): void {
    const { stride } = this.#options;
    const perFrame = rows * columns;
    const before = this.#start - 1;
    // Multiplied before it is divided: so a frame's last id is exact.
    for (let n = 0; n < frames * perFrame; n++) setAll(ids, at + n, before + (stride * (n + 1)) / perFrame);
    this.#start += Math.ceil(stride * frames);
  }

  /** VRoPE: the frame's diagonals instead of its sides, each frame behind the one before. */
  #takeRotated([frames, rows, columns]: Grid, ids: PositionIds, at: number): void {
    const perFrame = rows + columns - 1;
    let index = at;
    for (let ti = 0; ti < frames; ti++) {
      const time = this.#start + ti * perFrame;
      for (let hi = 0; hi < rows; hi++) {
        for (let wi = 0; wi < columns; wi++, index++) {
          ids.t[index] = time + hi + wi;
          ids.h[index] = time + hi + (columns - 1 - wi);
          ids.w[index] = time + (rows - 1 - hi) + wi;
        }
      }
    }
    this.#start += frames * perFrame;
  }
}

/**
 * The time id of a temporal patch in Qwen2.5-VL: seconds times ids a second, cut to a whole number, in float32 after every
 * step as the released code computes it (exact arithmetic gives another id now and then: 5 x 0.08 s x 5 is 1, not 2).
 */
function tick(frame: number, secondsPerPatch: number, tokensPerSecond: number): number {
  if (frame === 0) return 0;
  const seconds = Math.fround(frame * Math.fround(secondsPerPatch));
  return Math.trunc(Math.fround(seconds * Math.fround(tokensPerSecond)));
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
  [frames, rows, columns]: Grid,
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
