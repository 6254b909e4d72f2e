import { positionIds, type PositionOptions, type RotaryGeometry } from '../hope/index.ts';
import { throwIfCancelled } from '../protocol/errors.ts';
import { openBundle, type Bundle } from './bundle/bundle.ts';
import { badBundle } from './bundle/manifest.ts';
import { chunkEnds } from './decoder/chunks.ts';
import { DecoderGraph } from './decoder/decoder-graph.ts';
import type { DecoderShape } from './decoder/kv-cache.ts';
import { positionOptions, prefill, promptPositions, readOn, walkAfter } from './decoder/prefill.ts';
import { argmax } from './decoder/sampling.ts';
import {
  accepted,
  difference,
  joined,
  sameArgmax,
  tolerance,
  worstOf,
  type VerifiedCase,
  type Worst,
} from './verify/compare.ts';
import type { ProviderName } from './runtime/provider-names.ts';
import { Runtime, type RuntimeOptions } from './runtime/runtime.ts';
import { Fixture, type FixtureCase, type Visual } from './verify/fixture.ts';
import { QwenVisionEncoder } from './image/encoder.ts';
import { patchify, type VisionShape } from './image/patchify.ts';

/** What `longview models verify --json` prints. */
export interface Verification {
  bundle: string;
  provider: ProviderName;
  precision: string;
  cases: VerifiedCase[];
  /** The worst of each over all cases. */
  worst: Worst;
  ok: boolean;
  /** What explains differences that are none of the weights'. */
  note?: string;
}

/** What verification may take. */
export interface VerifyOptions extends RuntimeOptions {
  hashCache?: string;
  signal?: AbortSignal;
  /** Called after each case. */
  onCase?: (one: VerifiedCase) => void;
}

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
  let decoder: DecoderGraph | undefined;
  try {
    decoder = await DecoderGraph.open(bundle, { ...chosen, threads: runtime.threads });
    const cases: VerifiedCase[] = [];
    for (const one of reference.cases) {
      throwIfCancelled(options.signal);
      const found = await verifyCase(one, { bundle, reference, decoder, vision, signal: options.signal });
      cases.push(found);
      options.onCase?.(found);
    }
    const { precision, id } = bundle.manifest;
    const note = noteOn(bundle, reference, cases);
    const weights = reference.cases.map(({ tokens }) => tokens);
    return {
      bundle: id,
      provider: chosen.provider,
      precision,
      cases,
      worst: worstOf(cases),
      ok: accepted(precision, cases, weights),
      ...(note === undefined ? {} : { note }),
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
  decoder: DecoderGraph;
  vision: QwenVisionEncoder | undefined;
  signal: AbortSignal | undefined;
}

async function verifyCase(one: FixtureCase, parts: Parts): Promise<VerifiedCase> {
  const { reference, decoder, bundle, signal } = parts;
  const { shape } = decoder;
  const seen = await verifyVisuals(one.prompt, parts);
  const prompt = await reference.prompt(one.prompt, seen.visuals, bundle.manifest);
  const expected = await reference.logits(one, shape.vocabSize);
  const options = promptPositions(prompt, positionsOf(one, shape));
  const geometry = geometryOf(one, shape);
  const ids = positionIds(prompt.layout, options);
  const positions = difference(
    [...ids.t, ...ids.h, ...ids.w],
    await reference.floats(`${one.name}.positions`),
  );
  const cache = decoder.newCache(prompt.tokens + 16);
  try {
    const ends = chunkEnds(prompt.tokens, prompt.prefix, shape, decoder.policy);
    const rows = 'all' as const;
    const output = await prefill(decoder, prompt, cache, {
      positions: options,
      geometry,
      ends,
      rows,
      signal,
    });
    const wanted = [...(await reference.floats(`${one.name}.generated`))];
    const last = output.logits.subarray(-shape.vocabSize);
    const walk = walkAfter(prompt, options);
    const generated: number[] = [];
    for (let logits = last; generated.length < wanted.length;) {
      throwIfCancelled(signal);
      const id = argmax(logits);
      generated.push(id);
      if (generated.length === wanted.length) break;
      ({ logits } = await readOn(decoder, [id], walk.take(['text', 1]), cache, geometry));
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

/** How a case lays out positions: as it says, else (where it is of the bundle's encoding) as the bundle does. */
function positionsOf(one: FixtureCase, shape: DecoderShape): PositionOptions {
  const { variant, gamma, secondsPerPatch, tokensPerSecond, spatialReset, stride } = one;
  const own = variant === shape.positions.variant ? positionOptions(shape, gamma) : { variant, gamma };
  const said = { secondsPerPatch, tokensPerSecond, spatialReset, stride };
  return { ...own, ...given(said) };
}

/** A case's rotary pairs, likewise. How much of a head turns is the graph's. */
function geometryOf(one: FixtureCase, { positions }: DecoderShape): Partial<RotaryGeometry> {
  const { variant, taper, ntkFactor, trainedLength } = one;
  const others = { taper: undefined, ntkFactor: undefined, trainedLength: undefined };
  const own = variant === positions.variant ? {} : others;
  return { variant, ...own, ...given({ taper, ntkFactor, trainedLength }) };
}

function given<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** What explains differences that are none of the weights'. */
function noteOn(bundle: Bundle, reference: Fixture, cases: readonly VerifiedCase[]): string | undefined {
  const { variant } = (bundle.manifest.decoder as DecoderShape).positions;
  const moved = cases.filter(({ positions }) => positions > tolerance.positions).map(({ name }) => name);
  if (moved.length > 0)
    return `The positions of ${moved.join(', ')} are others: recorded with another encoding, or with other options of it, than cases.json and bundle.json say.`;
  const variants = [...new Set(reference.cases.map((one) => one.variant))];
  return variants.includes(variant)
    ? undefined
    : `No case of the fixture is of the bundle's own encoding, ${variant}: they are of ${variants.join(', ')}.`;
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
    vision: await visionDifference(prompt, seen, reference, bundle.manifest.decoder as DecoderShape),
  };
}

/** Visual tokens against the recorded ones; what DeepStack adds, where that was recorded. */
async function visionDifference(
  prompt: string,
  seen: readonly { tokens: Float32Array }[],
  reference: Fixture,
  { hiddenSize, deepstack = 0 }: DecoderShape,
): Promise<number> {
  const all = joined(seen.map(({ tokens }) => tokens));
  const width = hiddenSize * (1 + deepstack);
  const recorded = await reference.floats(`${prompt}.vision`);
  // All features side by side, as a visual token carries them here.
  if (recorded.length === all.length) return difference(all, recorded);
  const names = ['vision', ...Array.from({ length: deepstack }, (_, layer) => `deepstack${layer}`)];
  const differences = names.map(async (name, part) => {
    if (part > 0 && !reference.has(`${prompt}.${name}`)) return 0;
    const tokens = Float32Array.from({ length: all.length / (1 + deepstack) }, (_, i) => {
      const token = Math.floor(i / hiddenSize);
      return all[token * width + part * hiddenSize + (i % hiddenSize)];
    });
    return difference(tokens, await reference.floats(`${prompt}.${name}`));
  });
  return Math.max(...(await Promise.all(differences)));
}
