import { badArgument, throwIfCancelled } from '../protocol/errors.ts';
import type { Decoder } from '../inference/types.ts';
import { plant } from './plant.ts';

/** What is hidden, and what is asked about it. */
export interface Needle {
  /** Visual tokens of its temporal patches, each [rows * columns, hiddenSize]. */
  patches: readonly Float32Array[];
  prompt: string;
  answer: string;
  /**
   * The right answer where nothing is planted. With it, a needle counts as found only if the same question gets this
   * answer about the bare haystack of the same length: always saying "yes" finds nothing.
   */
  without?: string;
}

/** Footage as the decoder gets it. */
export interface Haystack {
  /** Visual tokens of each temporal patch in time order, each [rows * columns, hiddenSize]. */
  patches: readonly Float32Array[];
  grid: readonly [number, number];
}

/** How many needles were found at one length and depth. */
export interface Cell {
  /** Frames (temporal patches) of the haystack. */
  frames: number;
  /** 0: before everything; 1: after everything. */
  depth: number;
  found: number;
  asked: number;
}

/** What is measured. */
export interface GridOptions {
  decoder: Decoder;
  haystack: Haystack;
  needles: readonly Needle[];
  /** Lengths of the haystack, of which the first frames are taken. */
  frames: readonly number[];
  depths: readonly number[];
  gamma: number;
  signal?: AbortSignal;
  /** Told after each question: how many were asked so far, of how many. */
  onAsked?: (asked: number, of: number) => void;
  /** Told each cell when it is done. */
  onCell?: (cell: Cell) => void;
}

/**
 * A needle in a haystack, for every length and depth: plants each needle, asks its question with the answer forced, and
 * counts it as found if every token of the answer was the argmax (with or without the blank before it that some prompt
 * formats have).
 *
 * Source: V-NIAH as in arXiv 2505.20444, section 5.
 * @throws LongviewError `bad-argument` for lengths that the haystack hasn't got, `context-too-long`, `cancelled`.
 */
export async function measureGrid(options: GridOptions): Promise<Cell[]> {
  const { haystack, needles, frames, depths, signal, onAsked, onCell } = options;
  const longest = haystack.patches.length;
  for (const length of frames)
    if (!Number.isSafeInteger(length) || length < 1 || length > longest)
      throw badArgument('frames', `whole numbers from 1 to ${longest}`, length);
  const controls = needles.filter((needle) => needle.without !== undefined).length;
  const of = frames.length * (depths.length * needles.length + controls);
  let asked = 0;
  const ask = async (patches: readonly Float32Array[], prompt: string, answer: string) => {
    throwIfCancelled(signal);
    const right = await answersRight(options, patches, prompt, answer);
    onAsked?.(++asked, of);
    return right;
  };
  const cells: Cell[] = [];
  for (const length of frames) {
    const hay = haystack.patches.slice(0, length);
    const fair: boolean[] = [];
    for (const { prompt, without } of needles)
      fair.push(without === undefined || (await ask(hay, prompt, without)));
    for (const depth of depths) {
      const cell = { frames: length, depth, found: 0, asked: needles.length };
      for (const [index, needle] of needles.entries()) {
        const right = await ask(plant(hay, needle.patches, depth), needle.prompt, needle.answer);
        if (right && fair[index]) cell.found++;
      }
      cells.push(cell);
      onCell?.(cell);
    }
  }
  return cells;
}

/**
 * Whether a decoder, forced to give this answer to a question about footage, would have given it by itself.
 * @throws LongviewError `context-too-long`, `cancelled`, `bad-argument`.
 */
export async function answersRight(
  { decoder, haystack, gamma, signal }: Pick<GridOptions, 'decoder' | 'haystack' | 'gamma' | 'signal'>,
  patches: readonly Float32Array[],
  prompt: string,
  answer: string,
): Promise<boolean> {
  const parts = [
    { kind: 'video', patches, grid: haystack.grid },
    { kind: 'text', text: prompt },
  ] as const;
  const bare = answer.trim();
  const scores = await decoder.score({ parts, gamma, signal }, [bare, ` ${bare}`]);
  return scores.some(({ exact }) => exact);
}
