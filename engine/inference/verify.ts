import { PositionWalk, positionIds, type PositionOptions } from '../hope/index.ts';
import { throwIfCancelled } from '../protocol/errors.ts';
import { openBundle, type Bundle } from './bundle/bundle.ts';
import { badBundle } from './bundle/manifest.ts';
import { chunkEnds } from './decoder/chunks.ts';
import { Decoder } from './decoder/decoder-graph.ts';
import { prefill, readOn } from './decoder/prefill.ts';
import { argmax } from './decoder/sampling.ts';
import type { ProviderName } from './runtime/provider-names.ts';
import { Runtime, type RuntimeOptions } from './runtime/runtime.ts';
import { Fixture, type FixtureCase, type Visual } from './verify/fixture.ts';
import { QwenVisionEncoder } from './image/encoder.ts';
import { patchify, type VisionShape } from './image/patchify.ts';

/** How one case compares: largest absolute differences (0 where a prompt has no pictures). */
export interface VerifiedCase {
  name: string;
  pixels: number;
  vision: number;
  positions: number;
  logits: number;
  /** Share of positions whose most probable next token is the same, 0 to 1. */
  argmaxAgreement: number;
  /** The greedy continuation is the same, token by token. */
  generatedEqual: boolean;
}

/** What `longview models verify --json` prints. */
export interface Verification {
  bundle: string;
  provider: ProviderName;
  precision: string;
  cases: VerifiedCase[];
  /** The worst of each over all cases. */
  worst: Omit<VerifiedCase, 'name'>;
  ok: boolean;
}

/** What verification may take. */
export interface VerifyOptions extends RuntimeOptions {
  hashCache?: string;
  signal?: AbortSignal;
  /** Called after each case. */
  onCase?: (one: VerifiedCase) => void;
}

/** Differences that are accepted at full precision. */
const tolerance = { pixels: 1e-5, vision: 1e-3, positions: 1e-4, logits: 1e-3 };

/** Share of equal argmaxes that is accepted where weights are rounded. */
const agreement: Record<string, number> = { fp16: 0.99, int8: 0.99, mixed: 0.99, int4: 0.95 };

/**
 * Compares a bundle with what another program computed for the same checkpoint: pixels, vision encoder, position ids,
 * logits at every position and a greedy continuation, each case with its own variant and gamma. Visual tokens are the
 * bundle's own all the way.
 *
 * @param folder the bundle's. @param fixture the folder with fixture.safetensors and cases.json.
 * @throws LongviewError `bad-bundle`, `file-unreadable`, `provider-unavailable`, `cancelled`.
 */
export async function verifyBundle(
  folder: string,
  fixture: string,
  options: VerifyOptions = {},
): Promise<Verification> {
  const bundle = await openBundle(folder, options);
  if (!bundle.manifest.decoder || !bundle.manifest.tokens)
    throw badBundle(folder, 'it has no decoder to verify');
  const runtime = new Runtime({ provider: 'cpu', ...options });
  const chosen = await runtime.chosen();
  const reference = await Fixture.open(fixture);
  const vision = bundle.manifest.vision ? new QwenVisionEncoder(bundle, runtime) : undefined;
  let decoder: Decoder | undefined;
  try {
    decoder = await Decoder.open(bundle, { ...chosen, threads: runtime.threads });
    const cases: VerifiedCase[] = [];
    for (const one of reference.cases) {
      throwIfCancelled(options.signal);
      const found = await verifyCase(one, { bundle, reference, decoder, vision, signal: options.signal });
      cases.push(found);
      options.onCase?.(found);
    }
    const { precision, id } = bundle.manifest;
    const weights = reference.cases.map(({ tokens }) => tokens);
    return {
      bundle: id,
      provider: chosen.provider,
      precision,
      cases,
      worst: worstOf(cases),
      ok: accepted(precision, cases, weights),
    };
  } finally {
    await decoder?.[Symbol.asyncDispose]();
    await vision?.[Symbol.asyncDispose]();
    await reference[Symbol.asyncDispose]();
  }
}

interface Parts {
  bundle: Bundle;
  reference: Fixture;
  decoder: Decoder;
  vision: QwenVisionEncoder | undefined;
  signal: AbortSignal | undefined;
}

async function verifyCase(one: FixtureCase, parts: Parts): Promise<VerifiedCase> {
  const { reference, decoder, bundle, signal } = parts;
  const seen = await verifyVisuals(one.prompt, parts);
  const prompt = await reference.prompt(one.prompt, seen.visuals, bundle.manifest);
  const options: PositionOptions = { variant: one.variant, gamma: one.gamma };
  const ids = positionIds(prompt.layout, options);
  const positions = difference(
    [...ids.t, ...ids.h, ...ids.w],
    await reference.floats(`${one.name}.positions`),
  );
  const cache = decoder.newCache(prompt.tokens + 16);
  try {
    const { shape } = decoder;
    const ends = chunkEnds(prompt.tokens, prompt.prefix, shape, decoder.policy);
    const output = await prefill(decoder, prompt, cache, { positions: options, ends, rows: 'all', signal });
    const expected = await reference.floats(`${one.name}.logits`);
    const wanted = [...(await reference.floats(`${one.name}.generated`))];
    const last = output.logits.subarray(-shape.vocabSize);
    const walk = new PositionWalk(options);
    for (const segment of prompt.layout) walk.take(segment);
    const generated: number[] = [];
    for (let logits = last; generated.length < wanted.length;) {
      throwIfCancelled(signal);
      const id = argmax(logits);
      generated.push(id);
      if (generated.length === wanted.length) break;
      ({ logits } = await readOn(decoder, [id], walk.take(['text', 1]), cache, one.variant));
    }
    return {
      name: one.name,
      pixels: seen.pixels,
      vision: seen.vision,
      positions,
      logits: difference(output.logits, expected),
      argmaxAgreement: sameArgmax(output.logits, expected, shape.vocabSize),
      generatedEqual: generated.join() === wanted.join(),
    };
  } finally {
    cache.dispose();
  }
}

/** A prompt's pictures, cut and looked at by the bundle, and how that compares. */
async function verifyVisuals(
  prompt: string,
  { reference, vision, bundle, signal }: Parts,
): Promise<{ visuals: (Visual & { tokens: Float32Array })[]; pixels: number; vision: number }> {
  const visuals = await reference.visuals(prompt);
  if (visuals.length === 0) return { visuals: [], pixels: 0, vision: 0 };
  if (!vision) throw badBundle(bundle.folder, 'it has no vision encoder, and the fixture has pictures');
  const seen: (Visual & { tokens: Float32Array; values: Float32Array })[] = [];
  for (const visual of visuals) {
    const patches = patchify(visual.frames, bundle.manifest.vision as VisionShape);
    const tokens = await vision.encodePatches(patches, { signal });
    seen.push({ ...visual, tokens, values: patches.values });
  }
  return {
    visuals: seen,
    pixels: difference(joined(seen.map(({ values }) => values)), await reference.floats(`${prompt}.pixels`)),
    vision: difference(joined(seen.map(({ tokens }) => tokens)), await reference.floats(`${prompt}.vision`)),
  };
}

function joined(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** The largest absolute difference; infinite where lengths differ or something isn't a number. */
function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < actual.length; i++) {
    const apart = Math.abs(actual[i] - expected[i]);
    if (!(apart <= worst)) worst = Number.isNaN(apart) ? Infinity : apart;
  }
  return worst;
}

function sameArgmax(actual: Float32Array, expected: Float32Array, vocabulary: number): number {
  const rows = expected.length / vocabulary;
  if (actual.length !== expected.length || rows === 0) return 0;
  let same = 0;
  for (let row = 0; row < rows; row++) {
    const [a, b] = [actual, expected].map((all) =>
      argmax(all.subarray(row * vocabulary, (row + 1) * vocabulary)),
    );
    if (a === b) same++;
  }
  return same / rows;
}

function worstOf(cases: readonly VerifiedCase[]): Verification['worst'] {
  const most = (key: 'pixels' | 'vision' | 'positions' | 'logits') =>
    Math.max(...cases.map((one) => one[key]));
  return {
    pixels: most('pixels'),
    vision: most('vision'),
    positions: most('positions'),
    logits: most('logits'),
    argmaxAgreement: Math.min(...cases.map((one) => one.argmaxAgreement)),
    generatedEqual: cases.every((one) => one.generatedEqual),
  };
}

/** @param tokens of each case, which is what agreement is weighted by. */
function accepted(precision: string, cases: readonly VerifiedCase[], tokens: readonly number[]): boolean {
  const worst = worstOf(cases);
  if (worst.pixels > tolerance.pixels || worst.positions > tolerance.positions) return false;
  const share = agreement[precision];
  if (share !== undefined) {
    const all = tokens.reduce((sum, count) => sum + count, 0);
    const same = cases.reduce((sum, one, i) => sum + one.argmaxAgreement * tokens[i], 0);
    return same / all >= share;
  }
  return worst.vision <= tolerance.vision && worst.logits <= tolerance.logits && worst.generatedEqual;
}
