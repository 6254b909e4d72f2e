import { realpath } from 'node:fs/promises';
import { openBundle, type Bundle } from './bundle/bundle.ts';
import { readManifest } from './bundle/manifest.ts';
import type { ClipFrameEncoder } from './clip/frame-encoder.ts';
import { ClipTextEmbedder } from './clip/text.ts';
import { OnnxDecoder } from './decoder/decoder.ts';
import type { LazyFrameEncoder } from './lazy-frame-encoder.ts';
import { openOneEncoder } from './pool/one-encoder.ts';
import { PooledFrameEncoder } from './pool/pooled-frame-encoder.ts';
import { Runtime, type RuntimeOptions } from './runtime/runtime.ts';
import { TowerTextEmbedder } from './text/text-embedder.ts';
import { Tokenizer } from './text/tokenizer.ts';
import type { Calibration, QueryDialect, TrainedVocabulary } from '../protocol/calibration.ts';
import { QwenVisionEncoder } from './image/encoder.ts';
import type { FrameEncoder, Model, TextEmbedder } from './types.ts';

/** How a model is opened. */
export interface OpenModelOptions extends RuntimeOptions {
  /** A file that remembers the hashes of files already verified; without it they are hashed at every load. */
  hashCache?: string;
  /** Bytes that reading may take, weights aside; default: 70 % of what is free at the time. */
  memory?: number;
  /** Bytes for the kept prefixes of earlier questions; default: those of 8,192 tokens, and at most 1 GiB. */
  prefixMemory?: number;
  /** Bytes for one layer's attention scores, which bounds how many tokens are read at once; default 128 MiB. */
  scoreBytes?: number;
  signal?: AbortSignal;
}

/** A {@link Model} with all that this room can do with it. */
export interface OpenedModel extends Model {
  readonly frameEncoder: FrameEncoder | undefined;
  readonly text: TextEmbedder | undefined;
  readonly decoder: OnnxDecoder | undefined;
  readonly vision: QwenVisionEncoder | undefined;
}

interface Shared {
  model: Promise<BundleModel>;
  users: number;
}

const shared = new Map<string, Shared>();

/**
 * Opens a bundle: checks all of it (openBundle), and loads none of it yet: each capability opens its own graphs when it
 * is first used. The same bundle with the same options is opened once; a failure isn't remembered. Every opened model
 * must be disposed; the last one frees the sessions.
 *
 * @throws LongviewError `bad-bundle` with the reason; `bad-argument` or `provider-unavailable` for the provider;
 *   `cancelled`.
 */
export async function openModel(folder: string, options: OpenModelOptions = {}): Promise<OpenedModel> {
  const { fingerprint, reading } = await readManifest(folder);
  const { provider, threads, memory, prefixMemory, scoreBytes } = options;
  const key = JSON.stringify([
    await realpath(folder),
    fingerprint,
    reading,
    provider,
    threads,
    memory,
    prefixMemory,
    scoreBytes,
  ]);
  let entry = shared.get(key);
  if (!entry) {
    entry = { model: BundleModel.open(folder, options), users: 0 };
    shared.set(key, entry);
  }
  const { model } = entry;
  entry.users++;
  const release = () => {
    if (--entry.users === 0 && shared.get(key) === entry) shared.delete(key);
    return entry.users === 0;
  };
  try {
    return new Handle(await model, release);
  } catch (error) {
    release();
    if (shared.get(key) === entry) shared.delete(key);
    throw error;
  }
}

/** One user's hold on a model. */
class Handle implements OpenedModel {
  readonly id: string;
  readonly fingerprint: string;
  readonly frameEncoder: FrameEncoder | undefined;
  readonly text: TextEmbedder | undefined;
  readonly decoder: OnnxDecoder | undefined;
  readonly vision: QwenVisionEncoder | undefined;
  readonly calibration: Calibration | undefined;
  readonly queries: QueryDialect | undefined;
  readonly vocabulary: TrainedVocabulary | undefined;
  readonly #model: BundleModel;
  #release: (() => boolean) | undefined;

  constructor(model: BundleModel, release: () => boolean) {
    this.#model = model;
    this.#release = release;
    const { id, fingerprint, frameEncoder, text, decoder, vision } = model;
    this.id = id;
    this.fingerprint = fingerprint;
    this.frameEncoder = frameEncoder;
    this.text = text;
    this.decoder = decoder;
    this.vision = vision;
    const { calibration, queries, vocabulary } = model;
    this.calibration = calibration;
    this.queries = queries;
    this.vocabulary = vocabulary;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const release = this.#release;
    this.#release = undefined;
    if (release?.()) await this.#model[Symbol.asyncDispose]();
  }
}

class BundleModel implements AsyncDisposable {
  readonly id: string;
  readonly fingerprint: string;
  readonly frameEncoder: PooledFrameEncoder | LazyFrameEncoder | ClipFrameEncoder | undefined;
  readonly text: TowerTextEmbedder | ClipTextEmbedder | undefined;
  readonly decoder: OnnxDecoder | undefined;
  readonly vision: QwenVisionEncoder | undefined;
  readonly calibration: Calibration | undefined;
  readonly queries: QueryDialect | undefined;
  readonly vocabulary: TrainedVocabulary | undefined;

  private constructor(bundle: Bundle, options: OpenModelOptions) {
    const { manifest, fingerprint } = bundle;
    const runtime = new Runtime(forSize(bundle, options));
    let opened: Promise<Tokenizer> | undefined;
    const tokenizer = () => (opened ??= Tokenizer.open(bundle.folder));
    this.id = manifest.id;
    this.fingerprint = fingerprint;
    this.calibration = manifest.calibration;
    this.queries = manifest.queries;
    this.vocabulary = manifest.vocabulary;
    // `auto` is about the decoder: what a GPU makes of the detector's graph nobody has compared yet.
    const provider = options.provider === undefined || options.provider === 'auto' ? 'cpu' : options.provider;
    const where = { provider, threads: options.threads };
    // Frames and words of one space: a bundle's own, or else its pair's.
    if (manifest.eyes || manifest.clip)
      this.frameEncoder =
        provider === 'cpu' ? new PooledFrameEncoder(bundle, where) : openOneEncoder(bundle, where);
    if (manifest.clip && !manifest.eyes) this.text = new ClipTextEmbedder(bundle, tokenizer, where);
    if (manifest.vision) this.vision = new QwenVisionEncoder(bundle, runtime);
    if (manifest.text) this.text ??= new TowerTextEmbedder(bundle, runtime, tokenizer);
    if (manifest.decoder && manifest.tokens) {
      const [rows, columns] = manifest.eyes?.grid ?? typicalGrid;
      const { memory, prefixMemory, scoreBytes } = options;
      const tokensPerPatch = rows * columns;
      const limits = { memory, prefixMemory, scoreBytes };
      this.decoder = new OnnxDecoder({ bundle, runtime, tokenizer, tokensPerPatch, ...limits });
    }
  }

  static async open(folder: string, options: OpenModelOptions): Promise<BundleModel> {
    const { hashCache, signal } = options;
    const bundle = await openBundle(folder, { hashCache, signal });
    const { decoder, text, clip } = bundle.manifest;
    // A truncated tokenizer is refused now, not at the first question.
    if (decoder || text || clip) await Tokenizer.open(folder);
    return new BundleModel(bundle, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.decoder?.[Symbol.asyncDispose]();
    await this.vision?.[Symbol.asyncDispose]();
    await this.text?.[Symbol.asyncDispose]();
    await this.frameEncoder?.[Symbol.asyncDispose]();
  }
}

/** The paper's setting for V-NIAH: 144 tokens a frame. */
const typicalGrid = [9, 16] as const;

/** Below this many bytes of weights a GPU's launches cost more than its arithmetic saves. */
const worthAGpu = 256 * 2 ** 20;

/** Models that gain nothing from a GPU stay on the CPU under `auto`, without probing anything: they start at once. */
function forSize(bundle: Bundle, options: OpenModelOptions): RuntimeOptions {
  if ((options.provider ?? 'auto') !== 'auto' || options.providers) return options;
  const bytes = bundle.manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes < worthAGpu)
    return { ...options, provider: 'cpu', why: 'a model this small gains nothing from a GPU' };
  if (bundle.manifest.precision === 'int8')
    return {
      ...options,
      provider: 'cpu',
      why: 'int8 matrices are made for CPUs; import with fp16 for a GPU',
    };
  return options;
}
