import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { GraphBuilder } from '../convert/onnx/graph.ts';
import { LongviewError } from '../protocol/errors.ts';
import { openFrameEncoder, type FrameEncoderOptions } from './frame-encoder.ts';
import type { RgbFrame } from '../core/frames.ts';

const [width, height] = [64, 32];
const whole = { x: 0, y: 0, width, height };
const labels = ['person', 'bicycle', 'car'];

/**
 * A trunk that reads its detections from the frame's own pixels: row 0 holds four scores (red, of 255) and classes
 * (green), row 1 the four boxes (red). Its features are the means of the two halves.
 */
function tinyTrunk(): Uint8Array {
  const graph = new GraphBuilder('trunk');
  const frames = graph.input('frames', 'uint8', ['n', 'height', 'width', 3]);
  const ints = (...values: number[]) => graph.values('int64', [values.length], values);
  const pick = (row: number, columns: number, channel: number, shape: number[], to: number) => {
    const part = graph.node('Slice', [
      frames,
      ints(row, 0, channel),
      ints(row + 1, columns, channel + 1),
      ints(1, 2, 3),
    ]);
    return graph.node('Cast', [graph.node('Reshape', [part, ints(0, ...shape)])], { to });
  };
  graph.nodes('Div', [pick(0, 4, 0, [4], 1), graph.values('float32', [], [255])], ['scores']);
  graph.output('scores', 'float32', ['n', 4]);
  graph.rename(pick(0, 4, 1, [4], 7), 'classes');
  graph.output('classes', 'int64', ['n', 4]);
  graph.rename(pick(1, 16, 0, [4, 4], 1), 'boxes');
  graph.output('boxes', 'float32', ['n', 4, 4]);
  const picture = graph.node('Transpose', [graph.node('Cast', [frames], { to: 1 })], { perm: [0, 3, 1, 2] });
  graph.nodes('AveragePool', [picture], ['features'], { kernel_shape: [32, 32], strides: [32, 32] });
  graph.output('features', 'float32', ['n', 3, 1, 2]);
  return graph.encode();
}

/** Tokens [n, 2, 6]: each half's colours in both frames; embedding [n, 4]: a fixed random mix of them. */
function tinyHead(options: { tokens?: number | string; embedding?: string } = {}): Uint8Array {
  const graph = new GraphBuilder('head');
  const ints = (...values: number[]) => graph.values('int64', [values.length], values);
  const features = graph.input('features', 'float32', ['n', 2, 3, 1, 2]);
  const cells = graph.node('Transpose', [features], { perm: [0, 3, 4, 1, 2] });
  graph.nodes('Reshape', [cells, ints(0, 2, 6)], ['tokens']);
  graph.output('tokens', 'float32', ['n', options.tokens ?? 2, 6]);
  const mix = graph.values(
    'float32',
    [12, 4],
    Array.from({ length: 48 }, (_, i) => Math.sin(i * 12.9898) * 2),
  );
  const name = options.embedding ?? 'embedding';
  graph.nodes('MatMul', [graph.node('Reshape', [cells, ints(0, 12)]), mix], [name]);
  graph.output(name, 'float32', ['n', 4]);
  return graph.encode();
}

interface Thing {
  score: number;
  label: number;
  box: [number, number, number, number];
}

function frame(shade: number, things: Thing[] = []): RgbFrame {
  const pixels = new Uint8Array(width * height * 3).fill(shade);
  for (let i = 0; i < 4; i++) {
    const thing = things[i] ?? { score: 0, label: 0, box: [0, 0, 1, 1] };
    pixels[i * 3] = Math.round(thing.score * 255);
    pixels[i * 3 + 1] = thing.label;
    for (const [side, value] of thing.box.entries()) pixels[(width + i * 4 + side) * 3] = value;
  }
  return { time: 0, pixels };
}

const standard = { graph: tinyTrunk(), headGraph: tinyHead(), labels, width, height, grid: [1, 2] as const };

/** A frame encoder that are closed when the test ends. */
async function opened(t: TestContext, options: Partial<FrameEncoderOptions> = {}) {
  const frameEncoder = await openFrameEncoder({ ...standard, ...options });
  t.after(() => frameEncoder[Symbol.asyncDispose]());
  return frameEncoder;
}

function failure(code: string, words: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof LongviewError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, words);
    return true;
  };
}

describe('the frame encoder', () => {
  it('say what they are', async (t) => {
    const frameEncoder = await opened(t);
    assert.equal(frameEncoder.framesPerPatch, 2);
    assert.deepEqual([frameEncoder.width, frameEncoder.height, ...frameEncoder.grid], [64, 32, 1, 2]);
    assert.deepEqual([frameEncoder.hiddenSize, frameEncoder.embeddingSize], [6, 4]);
  });

  it('give each patch its own frames’ objects, tokens and a unit embedding, however it is batched', async (t) => {
    const patches = Array.from(
      { length: 5 },
      (_, i) =>
        [
          frame(20 + i * 10, [{ score: 0.5 + i / 10, label: 0, box: [0, 0, 32, 16] }]),
          frame(200 - i * 10, [{ score: 0.9, label: 2, box: [32, 16, 64, 32] }]),
        ] as const,
    );
    const frameEncoder = await opened(t);
    const wide = await opened(t, { batchPatches: 64 });
    const analyses = await frameEncoder.analyse(patches, whole);
    assert.equal(analyses.length, 5);
    for (const [i, analysis] of analyses.entries()) {
      const [first, second] = analysis.objects;
      assert.deepEqual(
        first.map(({ label, box }) => ({ label, box })),
        [{ label: 'person', box: [0, 0, 0.5, 0.5] }],
      );
      assert.ok(Math.abs(first[0].score - (0.5 + i / 10)) < 1 / 255);
      assert.equal(second[0].label, 'car');
      assert.equal(analysis.tokens.length, 12);
      // A token holds its cell's mean colour in the first frame, then in the second.
      assert.ok(Math.abs(analysis.tokens[2] - (20 + i * 10)) < 0.5);
      assert.ok(Math.abs(analysis.tokens[5] - (200 - i * 10)) < 0.5);
      assert.equal(analysis.embedding.length, 4);
      assert.ok(Math.abs(Math.hypot(...analysis.embedding) - 1) < 1e-5);
      const [alone] = await frameEncoder.analyse([patches[i]], whole);
      assert.deepEqual(alone, analysis);
    }
    assert.deepEqual(await wide.analyse(patches, whole), analyses);
    // Kept results must not hold their whole batch in memory.
    assert.equal(analyses[0].tokens.buffer.byteLength, 12 * 4);
  });

  it('see nothing in no patches', async (t) => {
    const frameEncoder = await opened(t);
    assert.deepEqual(await frameEncoder.analyse([], whole), []);
  });

  it('map boxes to the picture inside the letterbox and leave out what lies in the bars', async (t) => {
    const frameEncoder = await opened(t);
    const seen = frame(0, [
      { score: 0.9, label: 0, box: [16, 8, 32, 24] },
      { score: 0.8, label: 1, box: [0, 0, 15, 32] },
      { score: 0.05, label: 2, box: [20, 8, 30, 24] },
    ]);
    const [analysis] = await frameEncoder.analyse([[seen, frame(0)]], { x: 16, y: 0, width: 32, height: 32 });
    assert.deepEqual(
      analysis.objects.map((objects) => objects.map(({ label, box }) => [label, ...box])),
      [[['person', 0, 0.25, 0.5, 0.75]], []],
    );
  });

  it('stop between batches when they are told to', async (t) => {
    const frameEncoder = await opened(t, { batchPatches: 1 });
    const patches = Array.from({ length: 3 }, () => [frame(1), frame(2)] as const);
    const controller = new AbortController();
    const looking = frameEncoder.analyse(patches, whole, controller.signal);
    controller.abort();
    await assert.rejects(looking, failure('cancelled', /cancelled/));
    assert.equal((await frameEncoder.analyse(patches, whole)).length, 3, 'and can look again');
  });

  it('finish the run under way before they close, and then refuse', async () => {
    const frameEncoder = await openFrameEncoder(standard);
    const looking = frameEncoder.analyse([[frame(1), frame(2)]], whole);
    await Promise.all([frameEncoder[Symbol.asyncDispose](), frameEncoder[Symbol.asyncDispose]()]);
    assert.equal((await looking).length, 1);
    await assert.rejects(
      frameEncoder.analyse([[frame(1), frame(2)]], whole),
      failure('engine-stopped', /closed/),
    );
  });

  it('refuse frames of another size and letterboxes that stick out', async (t) => {
    const frameEncoder = await opened(t);
    const small = { time: 0, pixels: new Uint8Array(12) };
    await assert.rejects(
      frameEncoder.analyse([[frame(1), small]], whole),
      failure('bad-argument', /6144 bytes.*got 12/),
    );
    for (const letterbox of [
      { ...whole, x: 1 },
      { ...whole, height: 0 },
      { ...whole, width: NaN },
    ])
      await assert.rejects(
        frameEncoder.analyse([[frame(1), frame(2)]], letterbox),
        failure('bad-argument', /letterbox must be/),
      );
  });
});

describe('opening a frame encoder', () => {
  it('refuses sizes that the trunk can’t take, quoting them', async () => {
    await assert.rejects(
      openFrameEncoder({ ...standard, width: 100 }),
      failure('bad-argument', /width.*32, got 100/),
    );
    await assert.rejects(
      openFrameEncoder({ ...standard, batchPatches: 0 }),
      failure('bad-argument', /batchPatches.*got 0/),
    );
  });

  it('names the file that is missing or broken', async () => {
    await assert.rejects(
      openFrameEncoder({ ...standard, graph: '/no/such/eyes.onnx' }),
      failure('bad-bundle', /frame encoder can't be opened at \/no\/such\/eyes\.onnx/),
    );
    await assert.rejects(
      openFrameEncoder({ ...standard, headGraph: Uint8Array.of(1, 2, 3) }),
      failure('bad-bundle', /head can't be opened/),
    );
  });

  it('refuses a head that does not fit the bundle', async () => {
    await assert.rejects(
      openFrameEncoder({ ...standard, grid: [2, 2] }),
      failure('bad-bundle', /gives 2 tokens a temporal patch, and the bundle's grid is 2 x 2/),
    );
    await assert.rejects(
      openFrameEncoder({ ...standard, headGraph: tinyHead({ embedding: 'vector' }) }),
      failure('bad-bundle', /no output "embedding"/),
    );
  });
});
