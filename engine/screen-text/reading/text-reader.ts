import { LongviewError, throwIfCancelled } from '../../protocol/errors.ts';
import { GraphSession, ProviderFailure } from '../../inference/runtime/session.ts';
import type { ReadLine, Rectangle, TextArea } from '../types.ts';
import { readWeights } from '../weights.ts';
import { cropLine } from './crop.ts';
import { TextDetector } from './detector.ts';
import { hasWideLetters, tidied } from './letters.ts';
import type { Pyramid } from './picture.ts';
import { LineRecogniser } from './recogniser.ts';
import { joinRows } from './rows.ts';

/** How closely a picture is looked at: at a glance it is only seen where text is. */
export type Detail = 'glance' | 'full';

/**
 * The detector's longer side in pixels, and what areas are grown by in its own pixels: margins decide about spaces
 * (docs/screen-text.md has what was tried).
 */
const looks: Record<Detail, { longSide: number; margin: number }> = {
  glance: { longSide: 320, margin: 0 },
  full: { longSide: 736, margin: 1 },
};

/** Narrower lines are filled up with grey to so many pixels. */
const leastWidth = 64;
/** A line that is read with less confidence is tried upside down as well. */
const doubtful = 0.8;
/**
 * Lines that are read with less confidence are no text. The fewer letters, the more is asked (the net sees a "1" or an
 * "O" in many things), and of digits more than of words.
 */
const leastConfidence = { line: 0.7, digits: 0.85, two: 0.9, one: 0.97 };
/** Steeper lines are read from both ends. */
const steep = Math.PI / 4;

/** Finds and reads lines of text in single pictures. */
export interface LineReader {
  /** Where text is, in pixels of the picture, from top to bottom. */
  find(pyramid: Pyramid, detail: Detail): Promise<TextArea[]>;
  /** What is written in a rectangle; undefined where it is no text. */
  read(pyramid: Pyramid, rectangle: Rectangle): Promise<ReadLine | undefined>;
}

/** PP-OCRv4's detector and recogniser on ONNX Runtime's CPU provider. */
export class TextReader implements LineReader, AsyncDisposable {
  readonly #detector: TextDetector;
  readonly #recogniser: LineRecogniser;
  readonly #graphs: readonly GraphSession[];

  private constructor(graphs: readonly [GraphSession, GraphSession], letters: readonly string[]) {
    this.#graphs = graphs;
    this.#detector = new TextDetector(graphs[0]);
    this.#recogniser = new LineRecogniser(graphs[1], letters);
  }

  /**
   * Opens the nets. 15 MB of weights take about 60 MB of memory.
   * @param folder where the files of `screenTextFiles` lie
   * @param options.threads within an operator; absent: as many as the runtime thinks right
   * @throws LongviewError `file-not-found`, `permission-denied`, `bad-checkpoint`, `provider-unavailable`.
   */
  static async open(folder: string, { threads }: { threads?: number } = {}): Promise<TextReader> {
    const weights = await readWeights(folder);
    const detector = await open(weights.detector, threads);
    try {
      return new TextReader([detector, await open(weights.recogniser, threads)], weights.letters);
    } catch (error) {
      await detector[Symbol.asyncDispose]();
      throw error;
    }
  }

  async find(pyramid: Pyramid, detail: Detail): Promise<TextArea[]> {
    const { longSide, margin } = looks[detail];
    return joinRows(await this.#detector.find(pyramid, longSide, margin));
  }

  async read(pyramid: Pyramid, rectangle: Rectangle): Promise<ReadLine | undefined> {
    const first = await this.#spell(pyramid, rectangle, false);
    if (good(first) && first.confidence >= doubtful && Math.abs(rectangle.angle) < steep) return first;
    const second = await this.#spell(pyramid, rectangle, true);
    const best = second.confidence > first.confidence ? second : first;
    return good(best) ? best : undefined;
  }

  async #spell(pyramid: Pyramid, rectangle: Rectangle, upsideDown: boolean): Promise<ReadLine> {
    const crop = cropLine(pyramid, rectangle, leastWidth, upsideDown);
    const { text, confidence } = await this.#recogniser.read(crop);
    return { text: tidied(text), rectangle, confidence };
  }

  /** Frees both nets, after what is running. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const graph of this.#graphs) await graph[Symbol.asyncDispose]();
  }
}

/** Reads all lines of one picture. @throws LongviewError `cancelled`, `bad-argument`. */
export async function readPicture(
  reader: LineReader,
  pyramid: Pyramid,
  signal?: AbortSignal,
): Promise<ReadLine[]> {
  const lines: ReadLine[] = [];
  for (const { rectangle } of await reader.find(pyramid, 'full')) {
    throwIfCancelled(signal);
    const line = await reader.read(pyramid, rectangle);
    if (line) lines.push(line);
  }
  return lines;
}

function good({ text, confidence }: ReadLine): boolean {
  const letters = [...text].filter((letter) => /[\p{L}\p{N}]/u.test(letter));
  if (letters.length === 0) return false;
  return confidence >= leastFor(letters);
}

function leastFor(letters: readonly string[]): number {
  const { line, digits, two, one } = leastConfidence;
  if (letters.length === 1) return hasWideLetters(letters[0]) ? two : one;
  if (letters.length === 2) return two;
  return letters.every((letter) => /\p{N}/u.test(letter)) ? digits : line;
}

async function open(graph: Uint8Array, threads: number | undefined): Promise<GraphSession> {
  try {
    return await GraphSession.open(graph, { provider: 'cpu', ...(threads ? { threads } : {}) });
  } catch (cause) {
    if (!(cause instanceof ProviderFailure)) throw cause;
    throw new LongviewError(
      'provider-unavailable',
      `The nets that read text on screen can't be opened: ${cause.message}.`,
      'Close other programs if memory is short; otherwise install Longview again.',
      { cause },
    );
  }
}
