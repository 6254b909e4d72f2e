import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { convertCheckpoint, type Precision } from '../../engine/convert/index.ts';
import { openModel, type OpenedModel } from '../../engine/inference/index.ts';
import { shape7B, writeMadeUpCheckpoint } from '../support/checkpoint.ts';

/** What every step knows. */
export interface StageOptions {
  /** Where the checkpoint and the bundle lie. */
  folder: string;
  layers: number;
  blocks: number;
  vocabulary: number;
  precision: Precision;
  patches: number;
  frame: { width: number; height: number };
  tokens: number;
  threads: number;
}

/** What importing took. */
export interface Converted {
  readBytes: number;
  madeBytes: number;
  seconds: number;
  peakBytes: number;
}

/** What a question took. */
export interface Answered {
  lookSeconds: number;
  /** Opening the decoder: asking without any picture, before the question. */
  openSeconds: number;
  promptTokens: number;
  prefillMs: number;
  newTokens: number;
  decodeMs: number;
  /** Of the bundle's files. */
  weightBytes: number;
  peakBytes: number;
}

/** A vocabulary that words can be told with; the model's is larger. */
const tokenizer = join(import.meta.dirname, '../../tests/fixtures/hope/checkpoint/tokenizer.json');

const sourceOf = ({ folder, layers }: StageOptions) => join(folder, `checkpoint-${layers}`);
const bundleOf = ({ folder, layers, precision }: StageOptions) => join(folder, `${precision}-${layers}`);

/** The steps, each for a process of its own. What is there already isn't made again, but for the question. */
export const stages = {
  async make(options: StageOptions): Promise<{ bytes: number }> {
    const source = sourceOf(options);
    if (existsSync(source)) return { bytes: 0 };
    const { layers, blocks, vocabulary } = options;
    const unfinished = `${source}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    const bytes = await writeMadeUpCheckpoint(unfinished, shape7B({ layers, blocks, vocabulary }));
    await copyFile(tokenizer, join(unfinished, 'tokenizer.json'));
    await rename(unfinished, source);
    return { bytes };
  },

  async convert(options: StageOptions): Promise<Converted> {
    const target = bundleOf(options);
    await rm(target, { recursive: true, force: true });
    const start = performance.now();
    const { files } = await convertCheckpoint({
      source: sourceOf(options),
      target,
      precision: options.precision,
      id: 'whole-model',
      onProgress: ({ stage, fraction, subject }) => tell(`${stage} ${subject ?? ''}`, fraction),
    });
    return {
      readBytes: await bytesOf(sourceOf(options)),
      madeBytes: files.reduce((sum, file) => sum + file.bytes, 0),
      seconds: (performance.now() - start) / 1000,
      peakBytes: peakBytes(),
    };
  },

  async answer(options: StageOptions): Promise<Answered> {
    const folder = bundleOf(options);
    const model = await openModel(folder, { provider: 'cpu', threads: options.threads });
    try {
      return { ...(await ask(model, options)), weightBytes: await bytesOf(folder), peakBytes: peakBytes() };
    } finally {
      await model[Symbol.asyncDispose]();
    }
  },
};

async function ask(
  { vision, decoder }: OpenedModel,
  options: StageOptions,
): Promise<Omit<Answered, 'weightBytes' | 'peakBytes'>> {
  if (!vision || !decoder) throw new Error('the bundle has no decoder with a vision encoder');
  const start = performance.now();
  const video = await vision.encode(madeUpFrames(options));
  const looked = performance.now();
  await decoder.read({ parts: [{ kind: 'text', text: 'Ready?' }], gamma: 1, maxNewTokens: 1 });
  const opened = performance.now();
  const result = await decoder.read({
    parts: [video, { kind: 'text', text: 'What is shown, and when?' }],
    gamma: 1,
    maxNewTokens: options.tokens,
    onRead: (tokens) => tell('reading', tokens),
  });
  return {
    lookSeconds: (looked - start) / 1000,
    openSeconds: (opened - looked) / 1000,
    promptTokens: result.promptTokens,
    prefillMs: result.prefillMs,
    newTokens: result.tokens,
    decodeMs: result.decodeMs,
  };
}

/** Two frames a temporal patch, of made-up colours that no two share. */
function madeUpFrames({ patches, frame }: StageOptions) {
  const bytes = frame.width * frame.height * 3;
  return Array.from({ length: 2 * patches }, (_, n) => ({
    ...frame,
    pixels: Uint8Array.from({ length: bytes }, (__, i) => (i * (2 * n + 3) + n) % 253),
  }));
}

async function bytesOf(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function tell(what: string, how: number): void {
  process.stderr.write(`${what} ${how < 1 ? `${Math.round(how * 100)} %` : how}        \r`);
}
