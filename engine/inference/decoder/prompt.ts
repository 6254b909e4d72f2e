import { createHash } from 'node:crypto';
import type { Layout, Segment } from '../../hope/index.ts';
import type { BundleManifest } from '../../protocol/bundle.ts';
import { badArgument } from '../../protocol/errors.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import type { PromptPart } from '../types.ts';

/** A stretch of a prompt: token ids, or the visual tokens of a video. */
export type Stretch =
  | { kind: 'ids'; ids: readonly number[] }
  | {
      kind: 'visual';
      /** Each temporal patch's rows, [rows * columns, hiddenSize] (times 1 + layers with DeepStack). */
      patches: readonly Float32Array[];
      grid: readonly [number, number];
      /** Seconds from one temporal patch to the next; 1 where nobody said. */
      secondsPerPatch?: number;
    };

/** What of a decoder a prompt has to fit. */
export type PromptShape = Pick<NonNullable<BundleManifest['decoder']>, 'hiddenSize' | 'deepstack'>;

/** A prompt, ready to be read. */
export interface Prompt {
  stretches: readonly Stretch[];
  /** One segment a stretch, for the positions. */
  layout: Layout;
  /** Of each visual segment, for encodings of absolute time. */
  secondsPerPatch: readonly number[];
  tokens: number;
  /** Tokens up to and with the last visual one; 0 without a video. What another question can share. */
  prefix: number;
}

/**
 * Puts a prompt together as the model was trained: the bundle's userPrefix, the parts, its answerPrefix. A video
 * stands between visionStart and visionEnd, where the bundle has them; in a bundle with `timestamps` each of its
 * temporal patches does, behind its time as text.
 * @throws LongviewError `bad-argument` for visual tokens that don't fit the grid or the decoder.
 */
export function assemblePrompt(
  parts: readonly PromptPart[],
  tokenizer: Tokenizer,
  tokens: NonNullable<BundleManifest['tokens']>,
  shape: PromptShape,
): Prompt {
  const stretches: Stretch[] = [];
  let text = tokens.userPrefix;
  let before: number[] = [];
  const flush = (end: number | undefined) => {
    const ids = [...before, ...tokenizer.encode(text), ...(end === undefined ? [] : [end])];
    if (ids.length > 0) stretches.push({ kind: 'ids', ids });
    text = '';
    before = [];
  };
  for (const part of parts) {
    if (part.kind === 'text') {
      text += tokenizer.disarm(part.text);
      continue;
    }
    if (part.patches.length === 0) continue;
    for (const { time, ...visual } of visualsOf(part, tokens.timestamps === true)) {
      text += time;
      flush(tokens.visionStart);
      stretches.push({ kind: 'visual', ...visual });
      if (tokens.visionEnd !== undefined) before = [tokens.visionEnd];
    }
  }
  text += tokens.answerPrefix;
  flush(undefined);
  return promptOf(stretches, shape);
}

type Video = PromptPart & { kind: 'video' };

/** A video as its visual segments, each with the text that stands before it. */
function visualsOf(
  { patches, grid, times }: Video,
  timestamps: boolean,
): { patches: readonly Float32Array[]; grid: Video['grid']; secondsPerPatch: number; time: string }[] {
  const secondsPerPatch = spacing(times);
  if (!timestamps) return [{ patches, grid, secondsPerPatch, time: '' }];
  return patches.map((patch, i) => {
    const time = `<${oneDecimal(times?.[i] ?? i)} seconds>`;
    return { patches: [patch], grid, secondsPerPatch, time };
  });
}

/**
 * A time as the checkpoints saw it in training, from Python: what lies exactly between two tenths goes to the even one
 * (0.25 is 0.2 and 0.75 is 0.8, where JavaScript has 0.3 and 0.8).
 */
function oneDecimal(seconds: number): string {
  const tie = Number.isInteger(seconds * 4) && !Number.isInteger(seconds * 2);
  const below = Math.floor(seconds * 10);
  return tie ? ((below % 2 === 0 ? below : below + 1) / 10).toFixed(1) : seconds.toFixed(1);
}

/** Seconds from temporal patch to temporal patch, on average over those that follow each other in time. */
function spacing(times: readonly number[] = []): number {
  const steps = times.slice(1).map((time, i) => time - times[i]);
  const forward = steps.filter((step) => step > 0 && Number.isFinite(step));
  return forward.length === 0 ? 1 : forward.reduce((sum, step) => sum + step, 0) / forward.length;
}

/** A prompt of given stretches. @throws LongviewError `bad-argument`. */
export function promptOf(stretches: readonly Stretch[], { hiddenSize, deepstack = 0 }: PromptShape): Prompt {
  const layout: Segment[] = [];
  const secondsPerPatch: number[] = [];
  let tokens = 0;
  let prefix = 0;
  for (const stretch of stretches) {
    if (stretch.kind === 'ids') {
      layout.push(['text', stretch.ids.length]);
      tokens += stretch.ids.length;
      continue;
    }
    const [rows, columns] = stretch.grid;
    const width = hiddenSize * (1 + deepstack);
    const expected = rows * columns * width;
    const wrong = stretch.patches.find((patch) => patch.length !== expected);
    if (wrong) {
      const what = `patches of ${rows} x ${columns} x ${width} = ${expected} numbers`;
      throw badArgument('patches', what, wrong.length);
    }
    layout.push(['video', stretch.patches.length, rows, columns]);
    secondsPerPatch.push(stretch.secondsPerPatch ?? 1);
    tokens += stretch.patches.length * rows * columns;
    prefix = tokens;
  }
  return { stretches, layout, secondsPerPatch, tokens, prefix };
}

/**
 * A digest of each beginning of a prompt that ends at one of `ends`: equal digests, equal tokens.
 * @param setting what else decides the cache's content (variant, gamma).
 */
export function prefixDigests(prompt: Prompt, ends: readonly number[], setting: string): string[] {
  const hash = createHash('sha256').update(setting);
  const digests: string[] = [];
  let at = 0;
  for (const { mark, bytes, tokens } of pieces(prompt)) {
    hash.update(mark);
    const perToken = bytes.length / tokens;
    let done = 0;
    while (done < tokens) {
      const end = ends[digests.length] ?? prompt.tokens;
      const take = Math.min(tokens - done, end - at);
      hash.update(bytes.subarray(done * perToken, (done + take) * perToken));
      done += take;
      at += take;
      if (at === end) digests.push(hash.copy().digest('base64'));
    }
  }
  return digests;
}

/**
 * The prompt's content as bytes, temporal patch by temporal patch; `mark` says what begins, since positions depend on
 * it.
 */
function* pieces(prompt: Prompt): Generator<{ mark: string; bytes: Uint8Array; tokens: number }> {
  for (const stretch of prompt.stretches) {
    if (stretch.kind === 'ids') {
      const ids = Int32Array.from(stretch.ids);
      if (ids.length > 0) yield { mark: 'ids', bytes: new Uint8Array(ids.buffer), tokens: ids.length };
      continue;
    }
    const [rows, columns] = stretch.grid;
    for (const [i, patch] of stretch.patches.entries()) {
      const bytes = new Uint8Array(patch.buffer, patch.byteOffset, patch.byteLength);
      yield { mark: i === 0 ? `video ${rows} ${columns}` : '', bytes, tokens: rows * columns };
    }
  }
}
