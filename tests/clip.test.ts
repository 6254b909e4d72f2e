import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { InferenceSession, Tensor } from '../engine/onnxruntime/index.ts';
import { openBundle } from '../engine/inference/bundle/bundle.ts';
import { ClipFrameEncoder } from '../engine/inference/clip/frame-encoder.ts';
import { openOneEncoder } from '../engine/inference/pool/one-encoder.ts';
import { centerCrop } from '../engine/inference/clip/prepare.ts';
import { openModel } from '../engine/inference/index.ts';
import { importClipPair } from '../engine/convert/index.ts';
import { writePair, type PairLayout } from '../engine/convert/testing/clip-pair.ts';

const root = mkdtempSync(join(tmpdir(), 'longview-clip-'));
const opened: AsyncDisposable[] = [];
after(async () => {
  for (const model of opened) await model[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

let count = 0;
async function open(layout: PairLayout = {}) {
  const name = `pair-${count++}`;
  const target = join(root, `${name}-bundle`);
  await importClipPair({ source: writePair(join(root, name), layout), target });
  const model = await openModel(target, { provider: 'cpu', threads: 1 });
  opened.push(model);
  assert.ok(model.text);
  // The encoder itself, without the threads that a model runs it on.
  const frameEncoder = openOneEncoder(await openBundle(target), { provider: 'cpu', threads: 1 });
  assert.ok(frameEncoder instanceof ClipFrameEncoder);
  opened.push(frameEncoder);
  return { frameEncoder, text: model.text, target };
}

/** What a graph itself makes of some numbers, as a unit vector. */
async function direct(graph: string, input: string, tensor: Tensor): Promise<number[]> {
  const session = await InferenceSession.create(graph);
  const [values] = Object.values(await session.run({ [input]: tensor }));
  await session.release();
  const numbers = [...(values.data as Float32Array)];
  const length = Math.hypot(...numbers);
  return numbers.map((value) => value / length);
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) assert.ok(Math.abs(actual[i] - expected[i]) < 1e-5, `${i}`);
}

function picture(width: number, height: number, seed: number) {
  const pixels = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => (i * 37 + seed * 91 + (i % 11) * 13) % 256,
  );
  return { width, height, pixels };
}

const mean = [0.48145466, 0.4578275, 0.40821073];
const std = [0.26862954, 0.26130258, 0.27577711];

describe('pictures of a CLIP pair', () => {
  it('are what the graph makes of the middle, normalised as the preprocessor says', async () => {
    const { frameEncoder, target } = await open();
    // Its shorter side is right already, so nothing is resized: columns 2 to 9 are the middle.
    const wide = picture(12, 8, 1);
    const planes = new Float32Array(3 * 64);
    for (let c = 0; c < 3; c++)
      for (let y = 0; y < 8; y++)
        for (let x = 0; x < 8; x++)
          planes[c * 64 + y * 8 + x] = (wide.pixels[(y * 12 + x + 2) * 3 + c] / 255 - mean[c]) / std[c];
    const graph = join(target, 'vision_model.onnx');
    const expected = await direct(graph, 'pixel_values', new Tensor('float32', planes, [1, 3, 8, 8]));
    assertClose((await frameEncoder.embed([wide]))[0], expected);
  });

  it('are the same in a batch as alone, whatever their sizes', async () => {
    const { frameEncoder } = await open();
    const pictures = Array.from({ length: 19 }, (_, i) => picture(20 + i, 30 - i, i));
    const together = await frameEncoder.embed(pictures);
    for (const [i, vector] of together.entries()) {
      assertClose(vector, (await frameEncoder.embed([pictures[i]]))[0]);
      assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-6);
    }
  });

  it('are cut out of their letterbox, and a temporal patch is the middle of its frames', async () => {
    const { frameEncoder } = await open();
    const side = frameEncoder.width;
    const box = { x: 2, y: 4, width: side - 4, height: side - 8 };
    const inner = [picture(box.width, box.height, 5), picture(box.width, box.height, 6)];
    const frames = inner.map(({ pixels }, n) => {
      const frame = new Uint8Array(side * side * 3).fill(128);
      for (let y = 0; y < box.height; y++)
        frame.set(
          pixels.subarray(y * box.width * 3, (y + 1) * box.width * 3),
          ((y + box.y) * side + box.x) * 3,
        );
      return { time: n, pixels: frame };
    });
    const [analysis] = await frameEncoder.analyse([[frames[0], frames[1]]], box);
    const [a, b] = await frameEncoder.embed(inner);
    const sum = [...a].map((value, i) => value + b[i]);
    assertClose(
      analysis.embedding,
      sum.map((value) => value / Math.hypot(...sum)),
    );
    assert.deepEqual([analysis.objects, analysis.tokens.length], [[[], []], 0]);
    await assert.rejects(frameEncoder.analyse([[frames[0], frames[1]]], { ...box, x: side }), /letterbox/u);
    await assert.rejects(
      frameEncoder.analyse([[frames[0], { time: 1, pixels: new Uint8Array(5) }]], box),
      /got 5/u,
    );
    await assert.rejects(frameEncoder.analyse([[frames[0], frames[1]]], box, AbortSignal.abort()), {
      code: 'cancelled',
    });
  });

  it('that are smaller than the crop get black around them', () => {
    const small = picture(2, 3, 1);
    const cut = centerCrop(small, [5, 4]);
    assert.deepEqual([cut.width, cut.height], [4, 5]);
    assert.equal(cut.pixels[0], 0);
    assert.deepEqual(
      [...cut.pixels.subarray((1 * 4 + 1) * 3, (1 * 4 + 3) * 3)],
      [...small.pixels.subarray(0, 6)],
    );
  });
});

describe('words of a pair', () => {
  const ids = (word: string) => [...word].map((letter) => BigInt(letter.charCodeAt(0) - 97 + 4));
  const row = (values: bigint[]) => new Tensor('int64', BigInt64Array.from(values), [1, values.length]);

  it('stand between start and end, cut before the end when they are too long', async () => {
    const { text, target } = await open();
    const graph = join(target, 'text_model.onnx');
    const [short, long] = await text.embed(['dog', 'elephants']);
    assertClose(short, await direct(graph, 'input_ids', row([1n, ...ids('dog'), 2n])));
    assertClose(long, await direct(graph, 'input_ids', row([1n, ...ids('elep'), 2n])));
    await assert.rejects(text.embed(['  ']), { code: 'bad-argument' });
  });

  it('are padded to one length for SigLIP', async () => {
    const { text, target } = await open({ kind: 'siglip' });
    const graph = join(target, 'text_model.onnx');
    const [vector] = await text.embed(['ox']);
    assertClose(vector, await direct(graph, 'input_ids', row([1n, ...ids('ox'), 2n, 2n, 2n])));
  });
});
