import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Tensor } from '../../onnxruntime/index.ts';
import { chunkEnds, chunkPolicy } from './chunks.ts';
import {
  AppendingCache,
  cacheBytesPerToken,
  GrowingCache,
  type DecoderShape,
  type KvCache,
} from './kv-cache.ts';
import { PrefixCache } from './prefix-cache.ts';

const shape = {
  ...{ layers: 2, heads: 4, kvHeads: 2, headDim: 4, hiddenSize: 16, cacheType: 'float32' },
} as unknown as DecoderShape;

/** What a run over `tokens` new tokens gives; token t, head h, number d of layer l is a number of its own. */
function run(cache: KvCache, tokens: number, mark: number) {
  const { kvHeads, headDim } = shape;
  const value = (token: number, head: number, d: number) => mark * 1000 + token * 100 + head * 10 + d;
  return Object.fromEntries(
    cache.fetches.map((name) => {
      const total = cache.length + tokens;
      if (name.startsWith('new.')) {
        const rows = new Float32Array(tokens * kvHeads * headDim);
        for (let i = 0; i < rows.length; i++)
          rows[i] = value(
            Math.floor(i / (kvHeads * headDim)),
            Math.floor(i / headDim) % kvHeads,
            i % headDim,
          );
        return [name, new Tensor('float32', rows, [1, tokens, kvHeads * headDim])];
      }
      const old = cache.feeds()[name.replace('present', 'past')].data as Float32Array;
      const all = new Float32Array(kvHeads * total * headDim);
      for (let head = 0; head < kvHeads; head++) {
        const past = old.subarray(head * cache.length * headDim, (head + 1) * cache.length * headDim);
        all.set(past, head * total * headDim);
        for (let i = 0; i < tokens * headDim; i++)
          all[(head * total + cache.length) * headDim + i] = value(
            Math.floor(i / headDim),
            head,
            i % headDim,
          );
      }
      return [name, new Tensor('float32', all, [1, kvHeads, total, headDim])];
    }),
  );
}

/** A cache's content, [layers * 2][kvHeads, length, headDim], without what lies beyond its length. */
function content(cache: KvCache): number[][] {
  const { kvHeads, headDim } = shape;
  return Object.entries(cache.feeds())
    .filter(([name]) => name !== 'past_length')
    .map(([, tensor]) => {
      const capacity = tensor.dims[2];
      const data = tensor.data as Float32Array;
      return Array.from({ length: kvHeads }, (_, head) => [
        ...data.subarray(head * capacity * headDim, (head * capacity + cache.length) * headDim),
      ]).flat();
    });
}

function grown(cache: KvCache, ...runs: [tokens: number, mark: number][]): KvCache {
  for (const [tokens, mark] of runs) {
    cache.append(run(cache, tokens, mark), tokens);
    cache.keep();
  }
  return cache;
}

describe('both kinds of cache', () => {
  it('hold the same after the same runs, also when they must grow and after going back', () => {
    const growing = grown(new GrowingCache(shape), [5, 1], [3, 2], [1, 3]);
    const appending = grown(new AppendingCache(shape, 2), [5, 1], [3, 2], [1, 3]);
    assert.equal(appending.length, 9);
    assert.deepEqual(content(appending), content(growing));
    for (const cache of [growing, appending]) {
      cache.rewind(5);
      grown(cache, [2, 4]);
    }
    assert.equal(growing.length, 7);
    assert.deepEqual(content(appending), content(growing));
    assert.throws(() => growing.rewind(6), /did not keep/u);
    assert.throws(() => appending.rewind(8), /has 7 tokens/u);
  });

  it('say how much memory they hold, which grows with the tokens', () => {
    const perToken = cacheBytesPerToken(shape);
    assert.equal(perToken, 2 * 2 * 2 * 4 * 4);
    assert.equal(new AppendingCache(shape, 100).bytes, 100 * perToken);
    const growing = new GrowingCache(shape);
    growing.append(run(growing, 10, 1), 10);
    assert.equal(growing.bytes, 10 * perToken);
    growing.keep();
    growing.append(run(growing, 1, 2), 1);
    assert.equal(growing.bytes, 21 * perToken);
  });

  it('a copy has the beginning and is independent', () => {
    const cache = grown(new AppendingCache(shape, 4), [5, 1], [3, 2]);
    const copy = cache.fork(5) as KvCache;
    const before = content(cache);
    grown(copy, [2, 9]);
    assert.deepEqual(content(cache), before);
    assert.equal(copy.length, 7);
    cache.rewind(5);
    grown(cache, [2, 9]);
    assert.deepEqual(content(copy), content(cache));
  });
});

describe('kept prefixes', () => {
  const filled = (tokens: number) => grown(new AppendingCache(shape, tokens), [tokens, 1]);
  const bytes = (tokens: number) => tokens * cacheBytesPerToken(shape);

  it('give the longest known beginning, as a copy where more was kept', () => {
    const prefixes = new PrefixCache(bytes(100));
    prefixes.put(filled(30), [
      ['a10', 10],
      ['a30', 30],
    ]);
    const part = prefixes.take(['a10', 'b30']);
    assert.equal(part?.length, 10);
    const whole = prefixes.take(['a10', 'a30', 'a50']);
    assert.equal(whole?.length, 30);
    assert.equal(prefixes.take(['a10', 'a30']), undefined);
    assert.equal(prefixes.bytes, 0);
  });

  it('let the least recently used go when memory is short', () => {
    const prefixes = new PrefixCache(bytes(50));
    prefixes.put(filled(20), [['a', 20]]);
    prefixes.put(filled(20), [['b', 20]]);
    prefixes.put(prefixes.take(['a']) as KvCache, [['a', 20]]);
    prefixes.put(filled(20), [['c', 20]]);
    assert.equal(prefixes.bytes, bytes(40));
    assert.equal(prefixes.take(['b']), undefined);
    assert.equal(prefixes.take(['a'])?.length, 20);
    prefixes.put(filled(60), [['too large', 60]]);
    assert.equal(prefixes.bytes, 0);
  });

  it('keep one cache of the same beginning', () => {
    const prefixes = new PrefixCache(bytes(100));
    prefixes.put(filled(20), [['a', 20]]);
    prefixes.put(filled(20), [['a', 20]]);
    assert.equal(prefixes.bytes, bytes(20));
  });
});

describe('chunks', () => {
  const policy = { most: 64, scoreBytes: 4 * 4 * 64 * 500 };
  it('end with the prefix and with the prompt, and nothing after the prefix changes those before', () => {
    const ends = chunkEnds(300, 200, shape, policy);
    assert.deepEqual(ends, [64, 128, 192, 200, 264, 300]);
    assert.deepEqual(chunkEnds(900, 200, shape, policy).slice(0, 4), ends.slice(0, 4));
    assert.deepEqual(chunkEnds(10, 0, shape, policy), [10]);
  });
  it('get smaller as the context grows, so that memory for scores stays bounded', () => {
    const ends = chunkEnds(4000, 0, shape, policy);
    assert.equal(ends.at(-1), 4000);
    for (const [i, end] of ends.entries()) {
      const chunk = end - (ends[i - 1] ?? 0);
      assert.ok(chunk > 0 && (chunk <= 16 || shape.heads * chunk * end * 4 <= policy.scoreBytes));
    }
  });
  it('are large for small models and small for large ones', () => {
    const sized = (hiddenSize: number, layers: number) => chunkPolicy({ ...shape, hiddenSize, layers }).most;
    assert.equal(sized(256, 6), 512);
    assert.equal(sized(3584, 28), 64);
  });
});
