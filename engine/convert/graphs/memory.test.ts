import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decoderTensors } from '../checkpoint/expected.ts';
import { chunkBytes } from '../weights/plan.ts';
import type { WeightSource } from '../weights/source.ts';
import type { DecoderConfig } from './config.ts';
import { buildDecoderGraph } from './decoder.ts';

/** One layer, a quarter as wide as the 7B model's, so that its matrices are still many chunks long. */
const wide: DecoderConfig = {
  hiddenSize: 896,
  intermediateSize: 4736,
  layers: 1,
  heads: 7,
  kvHeads: 1,
  headDim: 128,
  vocabSize: 20_000,
  rmsNormEps: 1e-6,
  tied: false,
};

/** A made-up checkpoint that remembers how much was asked of it at once. */
class CountingSource implements WeightSource {
  readonly #shapes = decoderTensors(wide);
  largestRead = 0;
  elements = 0;

  shape(name: string): readonly number[] | undefined {
    return this.#shapes.get(name);
  }

  async read(_name: string, start: number, into: Float32Array): Promise<void> {
    this.largestRead = Math.max(this.largestRead, into.length);
    this.elements += into.length;
    for (let i = 0; i < into.length; i++) into[i] = ((start + i) % 251) / 1000 - 0.1;
  }
}

for (const [precision, eightBits] of [
  ['fp32', 'blocks'],
  ['fp16', 'blocks'],
  ['int8', 'blocks'],
  ['int8', 'rows'],
] as const)
  test(`at ${precision} in ${eightBits} weights pass through in bounded pieces, each read once`, async () => {
    const source = new CountingSource();
    const { plan } = buildDecoderGraph(wide, source, { precision, eightBits, externalData: 'w.data' });
    assert.equal(source.elements, 0);
    let bytes = 0;
    let largestPiece = 0;
    for await (const piece of plan.stream()) {
      bytes += piece.byteLength;
      largestPiece = Math.max(largestPiece, piece.byteLength);
    }
    assert.equal(bytes, plan.bytes);
    assert.ok(plan.bytes > 8 * chunkBytes);
    assert.ok(largestPiece <= chunkBytes, `${largestPiece}`);
    assert.ok(source.largestRead * 4 <= chunkBytes, `${source.largestRead}`);
    const stored = [...decoderTensors(wide)].filter(([name]) => name !== 'model.embed_tokens.weight');
    const expected = stored.reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);
    assert.equal(source.elements, expected);
  });
