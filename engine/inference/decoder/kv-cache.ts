import { Tensor } from '../../onnxruntime/index.ts';
import type { BundleManifest } from '../../protocol/bundle.ts';
import type { Tensors } from '../runtime/session.ts';

/** A bundle's decoder, as its manifest describes it. */
export type DecoderShape = NonNullable<BundleManifest['decoder']>;

/** Bytes that one token's keys and values take. */
export function cacheBytesPerToken({ layers, kvHeads, headDim, cacheType }: DecoderShape): number {
  return layers * 2 * kvHeads * headDim * (cacheType === 'float16' ? 2 : 4);
}

/**
 * The keys and values of the tokens read so far. One run's new ones are taken in with {@link KvCache.append}.
 * A cache can be rewound to a length that was kept, to read on from there another time.
 */
export interface KvCache {
  /** Tokens in it. */
  readonly length: number;
  /** Bytes that it holds, kept lengths included. */
  readonly bytes: number;
  /** The past as the graph wants it. */
  feeds(): Tensors;
  /** The outputs that {@link append} wants. */
  readonly fetches: readonly string[];
  /** Takes in what a run over `tokens` new tokens gave. */
  append(outputs: Tensors, tokens: number): void;
  /** Makes the present length one that can be rewound to. */
  keep(): void;
  /** Whether it can go back to this length. */
  canRewind(length: number): boolean;
  /** Goes back to a kept length, and forgets the kept ones beyond it. @throws Error when it wasn't kept. */
  rewind(length: number): void;
  /** A copy of the first `length` tokens; undefined where a cache can't be copied. */
  fork(length: number): KvCache | undefined;
  /** Frees it; it can't be used any more. */
  dispose(): void;
}

/**
 * A cache for graphs that give whole, longer tensors at every run (`present.N.key`). They may lie on a GPU. What
 * was kept is kept by reference: tensors are never written to.
 */
export class GrowingCache implements KvCache {
  readonly fetches: readonly string[];
  readonly #names: readonly string[];
  readonly #perToken: number;
  /** Whether the graph wants to be told the past's length besides. */
  readonly #told: boolean;
  #tensors: readonly Tensor[];
  #length = 0;
  readonly #kept = new Map<number, readonly Tensor[]>();

  constructor(shape: DecoderShape, options: { pastLength?: boolean } = {}) {
    this.#told = options.pastLength === true;
    this.#names = layerNames(shape);
    this.fetches = this.#names.map((name) => `present.${name}`);
    this.#perToken = cacheBytesPerToken(shape);
    const data = () => (shape.cacheType === 'float16' ? new Uint16Array(0) : new Float32Array(0));
    this.#tensors = this.#names.map(
      () => new Tensor(shape.cacheType, data(), [1, shape.kvHeads, 0, shape.headDim]),
    );
    this.keep();
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    let tokens = this.#kept.has(this.#length) ? 0 : this.#length;
    for (const length of this.#kept.keys()) tokens += length;
    return tokens * this.#perToken;
  }

  feeds(): Tensors {
    const feeds: Tensors = {};
    for (const [i, name] of this.#names.entries()) feeds[`past.${name}`] = this.#tensors[i];
    if (this.#told) feeds.past_length = new Tensor('int64', [BigInt(this.#length)], [1]);
    return feeds;
  }

  append(outputs: Tensors, tokens: number): void {
    const before = this.#kept.has(this.#length) ? [] : this.#tensors;
    this.#tensors = this.fetches.map((name) => outputs[name]);
    this.#length += tokens;
    for (const tensor of before) tensor.dispose();
  }

  keep(): void {
    this.#kept.set(this.#length, this.#tensors);
  }

  canRewind(length: number): boolean {
    return this.#kept.has(length);
  }

  fork(): undefined {
    return undefined;
  }

  rewind(length: number): void {
    const kept = this.#kept.get(length);
    if (!kept) throw new Error(`the cache did not keep its length ${length}`);
    if (!this.#kept.has(this.#length)) for (const tensor of this.#tensors) tensor.dispose();
    for (const [other, tensors] of this.#kept) {
      if (other <= length) continue;
      this.#kept.delete(other);
      for (const tensor of tensors) tensor.dispose();
    }
    this.#tensors = kept;
    this.#length = length;
  }

  dispose(): void {
    for (const tensors of new Set([this.#tensors, ...this.#kept.values()])) {
      for (const tensor of tensors) tensor.dispose();
    }
    this.#kept.clear();
    this.#tensors = [];
  }
}

/**
 * A cache for graphs that are told the past's length (`past_length`) and give the new rows by themselves
 * (`new.N.key` [1, s, kvHeads * headDim]): it keeps one buffer a layer and writes rows into it. Nothing but the
 * new rows is ever copied to JavaScript, and every length can be rewound to.
 */
export class AppendingCache implements KvCache {
  readonly fetches: readonly string[];
  readonly #shape: DecoderShape;
  readonly #names: readonly string[];
  #buffers: (Float32Array | Uint16Array)[];
  #capacity: number;
  #length = 0;

  /** @param capacity tokens to make room for at once; more room is made when needed. */
  constructor(shape: DecoderShape, capacity: number) {
    this.#shape = shape;
    this.#names = layerNames(shape);
    this.fetches = this.#names.map((name) => `new.${name}`);
    this.#capacity = Math.max(1, capacity);
    this.#buffers = this.#names.map(() => this.#buffer(this.#capacity));
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#capacity * cacheBytesPerToken(this.#shape);
  }

  feeds(): Tensors {
    const { kvHeads, headDim, cacheType } = this.#shape;
    const feeds: Tensors = { past_length: new Tensor('int64', [BigInt(this.#length)], [1]) };
    for (const [i, name] of this.#names.entries()) {
      const dims = [1, kvHeads, this.#capacity, headDim];
      feeds[`past.${name}`] = new Tensor(cacheType, this.#buffers[i] as Float32Array, dims);
    }
    return feeds;
  }

  append(outputs: Tensors, tokens: number): void {
    this.reserve(this.#length + tokens);
    const { kvHeads, headDim } = this.#shape;
    for (const [i, name] of this.fetches.entries()) {
      const rows = outputs[name].data as Float32Array;
      const buffer = this.#buffers[i] as Float32Array;
      for (let token = 0; token < tokens; token++) {
        for (let head = 0; head < kvHeads; head++) {
          const from = (token * kvHeads + head) * headDim;
          const to = (head * this.#capacity + this.#length + token) * headDim;
          buffer.set(rows.subarray(from, from + headDim), to);
        }
      }
    }
    this.#length += tokens;
  }

  /** Makes room for this many tokens in all. */
  reserve(tokens: number): void {
    if (tokens <= this.#capacity) return;
    const capacity = Math.max(tokens, Math.ceil(this.#capacity * 1.25));
    const { kvHeads, headDim } = this.#shape;
    // One layer after the other, so that only one is there twice.
    for (const [i, old] of this.#buffers.entries()) {
      this.#buffers[i] = relaid(old, kvHeads, headDim * this.#length, headDim * capacity);
    }
    this.#capacity = capacity;
  }

  keep(): void {
    // Rows before the present length are never written to again: every length is kept.
  }

  canRewind(length: number): boolean {
    return length <= this.#length;
  }

  fork(length: number): AppendingCache {
    const copy = new AppendingCache(this.#shape, length);
    const { kvHeads, headDim } = this.#shape;
    copy.#buffers = this.#buffers.map((buffer) =>
      relaid(buffer, kvHeads, headDim * length, headDim * length),
    );
    copy.#length = length;
    return copy;
  }

  rewind(length: number): void {
    if (length > this.#length) throw new Error(`the cache has ${this.#length} tokens, not ${length}`);
    this.#length = length;
  }

  dispose(): void {
    this.#buffers = [];
  }

  #buffer(capacity: number): Float32Array | Uint16Array {
    const { kvHeads, headDim, cacheType } = this.#shape;
    const count = kvHeads * capacity * headDim;
    return cacheType === 'float16' ? new Uint16Array(count) : new Float32Array(count);
  }
}

/** A copy of the first `used` numbers of each head in a buffer that has `stride` numbers a head. */
function relaid<T extends Float32Array | Uint16Array>(
  old: T,
  heads: number,
  used: number,
  stride: number,
): T {
  const buffer = new (old.constructor as new (length: number) => T)(heads * stride);
  const oldStride = old.length / heads;
  for (let head = 0; head < heads; head++) {
    buffer.set(old.subarray(head * oldStride, head * oldStride + used), head * stride);
  }
  return buffer;
}

function layerNames({ layers }: DecoderShape): string[] {
  return Array.from({ length: layers }, (_, layer) => [`${layer}.key`, `${layer}.value`]).flat();
}
