import './runtime/float16.ts';
import { InferenceSession, Tensor } from '../onnxruntime/index.ts';
import { LongviewError, badArgument, throwIfCancelled } from '../protocol/errors.ts';
import { toUnitLength } from '../core/vectors.ts';
import { toObjects } from './detections.ts';
import type { FrameEncoder, PatchAnalysis } from './types.ts';
import type { Letterbox, RgbFrame } from '../core/frames.ts';

/** What {@link openFrameEncoder} opens. */
export interface FrameEncoderOptions {
  /**
   * The trunk and detector, a file or its bytes: frames uint8 [n, height, width, 3] -> features float32
   * [n, channels, rows, columns], scores [n, k], classes int64 [n, k], boxes [n, k, 4] in pixels.
   */
  graph: string | Uint8Array;
  /**
   * The head on its features: features float32 [n, 2, channels, rows, columns] -> tokens float32
   * [n, tokens, hiddenSize], embedding float32 [n, embeddingSize].
   */
  headGraph: string | Uint8Array;
  /** The detector's class names by class number. */
  labels: readonly string[];
  /** Pixels of a letterboxed frame, multiples of 32. */
  width: number;
  height: number;
  /** [rows, columns] of visual tokens of one temporal patch. */
  grid: readonly [number, number];
  /** Execution providers, threads and the like, for both sessions. */
  session?: InferenceSession.SessionOptions;
  /** Temporal patches to look at in one run (default 2; on the CPU provider four frames a run are as fast as more). */
  batchPatches?: number;
}

/**
 * Opens a bundle's frame encoder: the detector's trunk and the head that stands on it, one run a frame.
 * @throws LongviewError `bad-bundle` when a graph can't be opened or isn't of the promised shape.
 */
export async function openFrameEncoder(
  options: FrameEncoderOptions,
): Promise<FrameEncoder & AsyncDisposable> {
  for (const side of ['width', 'height'] as const)
    if (!(options[side] > 0 && options[side] % 32 === 0))
      throw badArgument(side, 'a positive multiple of 32', options[side]);
  const batchPatches = options.batchPatches ?? 2;
  if (!(Number.isInteger(batchPatches) && batchPatches > 0))
    throw badArgument('batchPatches', 'a whole number > 0', batchPatches);

  const trunk = await openGraph(options.graph, 'frame encoder', options.session);
  try {
    const head = await openGraph(options.headGraph, 'frame encoder’s head', options.session);
    try {
      return new OnnxFrameEncoder(options, batchPatches, trunk, head);
    } catch (error) {
      await head.release();
      throw error;
    }
  } catch (error) {
    await trunk.release();
    throw error;
  }
}

/** One batch's raw results, temporal patch by temporal patch and frame by frame. */
interface BatchResult {
  detections: InferenceSession.OnnxValueMapType;
  /** Which row of the detections belongs to each frame. */
  rows: readonly number[];
  tokens: Float32Array;
  embeddings: Float32Array;
}

class OnnxFrameEncoder implements FrameEncoder, AsyncDisposable {
  readonly framesPerPatch = 2;
  readonly width: number;
  readonly height: number;
  readonly grid: readonly [number, number];
  readonly hiddenSize: number;
  readonly embeddingSize: number;
  readonly batchPatches: number;
  readonly #labels: readonly string[];
  readonly #trunk: InferenceSession;
  readonly #head: InferenceSession;
  readonly #running = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor(
    options: FrameEncoderOptions,
    batchPatches: number,
    trunk: InferenceSession,
    head: InferenceSession,
  ) {
    this.width = options.width;
    this.height = options.height;
    this.grid = options.grid;
    this.batchPatches = batchPatches;
    this.#labels = options.labels;
    this.#trunk = trunk;
    this.#head = head;
    const [, tokens, hiddenSize] = outputShape(head, 'tokens', 3);
    const [, embeddingSize] = outputShape(head, 'embedding', 2);
    if (tokens !== this.grid[0] * this.grid[1])
      throw badHead(
        `gives ${tokens} tokens a temporal patch, and the bundle's grid is ${this.grid.join(' x ')}`,
      );
    if (typeof hiddenSize !== 'number' || typeof embeddingSize !== 'number')
      throw badHead('does not say how long its tokens and embeddings are');
    this.hiddenSize = hiddenSize;
    this.embeddingSize = embeddingSize;
  }

  async analyse(
    patches: readonly (readonly [RgbFrame, RgbFrame])[],
    letterbox: Letterbox,
    signal?: AbortSignal,
  ): Promise<PatchAnalysis[]> {
    checkFrames(this, patches, letterbox);
    const analyses: PatchAnalysis[] = [];
    for (let start = 0; start < patches.length; start += this.batchPatches) {
      throwIfCancelled(signal);
      const batch = patches.slice(start, start + this.batchPatches);
      analyses.push(...this.#toAnalyses(await this.#run(batch), batch.length, letterbox));
    }
    throwIfCancelled(signal);
    return analyses;
  }

  /** Waits for the run under way, then frees both sessions. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= (async () => {
      await Promise.allSettled(this.#running);
      await this.#trunk.release();
      await this.#head.release();
    })();
    await this.#closed;
  }

  async #run(batch: readonly (readonly [RgbFrame, RgbFrame])[]): Promise<BatchResult> {
    if (this.#closed)
      throw new LongviewError(
        'engine-stopped',
        'The frame encoder has been closed.',
        'Open the model again.',
      );
    const running = this.#infer(batch);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #infer(batch: readonly (readonly [RgbFrame, RgbFrame])[]): Promise<BatchResult> {
    const frames = batch.flat();
    // A single frame stands for both of its temporal patch: it is looked at once.
    const different = frames.filter((frame, i) => i % 2 === 0 || frame.pixels !== frames[i - 1].pixels);
    const rows = frames.map((frame) => different.findIndex(({ pixels }) => pixels === frame.pixels));
    const size = this.width * this.height * 3;
    const pixels = new Uint8Array(different.length * size);
    for (const [i, frame] of different.entries()) pixels.set(frame.pixels, i * size);
    const detections = await this.#trunk.run({
      frames: new Tensor('uint8', pixels, [different.length, this.height, this.width, 3]),
    });
    const { features } = detections;
    const [, ...map] = features.dims;
    // Frames lie in time order, so pairing them is a matter of dimensions only.
    const values = pickRows(features.data as Float32Array, different.length, rows);
    const paired = new Tensor('float32', values, [batch.length, 2, ...map]);
    const seen = await this.#head.run({ features: paired });
    return {
      detections,
      rows,
      tokens: seen.tokens.data as Float32Array,
      embeddings: seen.embedding.data as Float32Array,
    };
  }

  #toAnalyses(result: BatchResult, patches: number, letterbox: Letterbox): PatchAnalysis[] {
    const scores = result.detections.scores.data as Float32Array;
    const classes = result.detections.classes.data as BigInt64Array;
    const boxes = result.detections.boxes.data as Float32Array;
    const perFrame = scores.length / (Math.max(...result.rows) + 1);
    const objects = (frame: number) => {
      const row = result.rows[frame];
      const [from, to] = [row * perFrame, (row + 1) * perFrame];
      const raw = {
        scores: scores.subarray(from, to),
        classes: classes.subarray(from, to),
        boxes: boxes.subarray(from * 4, to * 4),
      };
      return toObjects(raw, this.#labels, letterbox);
    };
    const tokenCount = this.grid[0] * this.grid[1] * this.hiddenSize;
    // Slices are copies: a kept temporal patch must not keep its whole batch alive.
    return Array.from({ length: patches }, (_, i) => ({
      objects: [objects(i * 2), objects(i * 2 + 1)],
      tokens: result.tokens.slice(i * tokenCount, (i + 1) * tokenCount),
      embedding: toUnitLength(result.embeddings.slice(i * this.embeddingSize, (i + 1) * this.embeddingSize)),
    }));
  }
}

/**
 * Refuses frames of another size than an encoder's, and a picture that lies outside of them.
 * @throws LongviewError `bad-argument`.
 */
export function checkFrames(
  { width: wide, height: tall }: { width: number; height: number },
  patches: readonly (readonly [RgbFrame, RgbFrame])[],
  { x, y, width, height }: Letterbox,
): void {
  const bytes = wide * tall * 3;
  for (const frame of patches.flat())
    if (frame.pixels.byteLength !== bytes)
      throw badArgument('pixels', `${bytes} bytes (${wide}x${tall} RGB)`, frame.pixels.byteLength);
  const inside = x >= 0 && y >= 0 && x + width <= wide && y + height <= tall;
  if (!(inside && width > 0 && height > 0))
    throw badArgument('letterbox', `a picture inside ${wide}x${tall}`, { x, y, width, height });
}

async function openGraph(
  graph: string | Uint8Array,
  what: string,
  session: InferenceSession.SessionOptions | undefined,
): Promise<InferenceSession> {
  try {
    return typeof graph === 'string'
      ? await InferenceSession.create(graph, session)
      : await InferenceSession.create(graph, session);
  } catch (cause) {
    const where = typeof graph === 'string' ? ` at ${graph}` : '';
    throw new LongviewError(
      'bad-bundle',
      `The model's ${what} can't be opened${where}.`,
      'Run set-up again; if that does not help, replace the model bundle.',
      { cause },
    );
  }
}

/** Rows of [n, …] in another order, some of them several times; the same array where they lie so already. */
function pickRows(values: Float32Array, n: number, rows: readonly number[]): Float32Array {
  if (rows.length === n && rows.every((row, i) => row === i)) return values;
  const size = values.length / n;
  const picked = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) picked.set(values.subarray(row * size, (row + 1) * size), i * size);
  return picked;
}

/** The declared shape of a head's output; free dimensions are their names. */
function outputShape(session: InferenceSession, name: string, rank: number): readonly (number | string)[] {
  const output = session.outputMetadata.find((value) => value.name === name);
  if (!output?.isTensor || output.shape.length !== rank)
    throw badHead(`has no output "${name}" of rank ${rank}`);
  return output.shape;
}

function badHead(problem: string): LongviewError {
  return new LongviewError(
    'bad-bundle',
    `The model's head ${problem}.`,
    'Replace the model bundle: its files do not belong together.',
  );
}
