import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createCanvas } from '@napi-rs/canvas';
import { LongviewError } from '../engine/protocol/errors.ts';
import { openFrameEncoder } from '../engine/inference/frame-encoder.ts';
import { cocoLabels } from '../engine/language/vocabulary/match.ts';
import { GraphBuilder } from '../engine/convert/onnx/graph.ts';
import { frameEncoderSha256, makeFrameEncoder } from './frame-encoder.ts';

const source = join(import.meta.dirname, '../node_modules/@vladmandic/human');

describe('making the frame encoder', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'longview-eyes-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const failure = (code: string, words: RegExp) => (error: unknown) => {
    assert.ok(error instanceof LongviewError);
    assert.equal(error.code, code);
    assert.match(error.message, words);
    assert.ok(error.remedy.length > 10);
    return true;
  };

  it('writes the file whole, with the checksum that is promised, and leaves nothing else', async () => {
    const output = join(folder, 'new', 'eyes.onnx');
    const steps: string[] = [];
    const result = await makeFrameEncoder({ output, onProgress: (text) => steps.push(text) });
    assert.deepEqual(result, { path: output, sha256: frameEncoderSha256, made: true });
    const written = createHash('sha256')
      .update(await readFile(output))
      .digest('hex');
    assert.equal(written, frameEncoderSha256);
    assert.deepEqual(await readdir(join(folder, 'new')), ['eyes.onnx']);
    assert.equal(steps.length, 2);
  });

  it('does nothing the second time, and repairs a damaged file', async () => {
    const output = join(folder, 'eyes.onnx');
    await writeFile(output, 'half a file');
    assert.equal((await makeFrameEncoder({ output })).made, true);
    const first = await stat(output);
    assert.equal((await makeFrameEncoder({ output })).made, false);
    assert.equal((await stat(output)).mtimeMs, first.mtimeMs);
  });

  it('needs no package when the file is there', async () => {
    const output = join(folder, 'eyes.onnx');
    assert.equal((await makeFrameEncoder({ output, packageFolder: join(folder, 'nowhere') })).made, false);
  });

  it('says where it looked when the package is missing', async () => {
    const packageFolder = join(folder, 'nowhere');
    await assert.rejects(
      makeFrameEncoder({ packageFolder, output: join(folder, 'none.onnx') }),
      failure('file-not-found', /nowhere.*centernet\.json/),
    );
  });

  it('refuses weights that are not the ones it knows, and writes nothing', async () => {
    const packageFolder = join(folder, 'other');
    await mkdir(join(packageFolder, 'models'), { recursive: true });
    for (const name of ['centernet.json', 'centernet.bin'])
      await cp(join(source, 'models', name), join(packageFolder, 'models', name));
    const weights = join(packageFolder, 'models', 'centernet.bin');
    const bytes = await readFile(weights);
    bytes[1000] = bytes[1000] ^ 1;
    await writeFile(weights, bytes);
    const output = join(folder, 'none.onnx');
    await assert.rejects(
      makeFrameEncoder({ packageFolder, output }),
      failure('bad-checkpoint', /centernet\.bin.*3\.3\.6/),
    );
    await assert.rejects(stat(output));
  });

  it('says so when the target can’t be written', async () => {
    const blocked = join(folder, 'a-file');
    await writeFile(blocked, '');
    await assert.rejects(
      makeFrameEncoder({ output: join(blocked, 'eyes.onnx') }),
      failure('permission-denied', /a-file/),
    );
  });
});

/** A street with a stop sign at (300, 130), 60 pixels in radius. */
function drawStopSign(): Uint8Array {
  const [width, height] = [512, 288];
  const context = createCanvas(width, height).getContext('2d');
  const sky = context.createLinearGradient(0, 0, 0, height);
  sky.addColorStop(0, '#6fa8dc');
  sky.addColorStop(0.7, '#d9e8f5');
  sky.addColorStop(0.71, '#5a6b3c');
  sky.addColorStop(1, '#3f4a2b');
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);
  context.fillStyle = '#777';
  context.fillRect(296, 180, 8, 108);
  const octagon = (radius: number, colour: string) => {
    context.fillStyle = colour;
    context.beginPath();
    for (let corner = 0; corner < 8; corner++) {
      const angle = ((corner + 0.5) * Math.PI) / 4;
      context.lineTo(300 + radius * Math.cos(angle), 130 + radius * Math.sin(angle));
    }
    context.fill();
  };
  octagon(64, '#f4f4f4');
  octagon(59, '#b01c22');
  // Strokes instead of a font, so that every machine draws the same letters.
  context.strokeStyle = '#f4f4f4';
  context.lineWidth = 6;
  for (const [x, y, w, h] of [
    [262, 115, 14, 30],
    [291, 115, 0, 30],
    [283, 115, 16, 0],
    [306, 115, 14, 30],
    [328, 115, 0, 30],
    [328, 115, 12, 14],
  ])
    context.strokeRect(x, y, w, h);
  const { data } = context.getImageData(0, 0, width, height);
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => data[Math.floor(i / 3) * 4 + (i % 3)]);
}

/** A head with nothing learned in it: it lets the trunk be opened as a frame encoder. */
function anyHead(): Uint8Array {
  const graph = new GraphBuilder('head');
  const features = graph.input('features', 'float32', ['n', 2, 32, 36, 64]);
  const shape = graph.values('int64', [3], [0, 2304, 64]);
  const cells = graph.node('Transpose', [features], { perm: [0, 3, 4, 1, 2] });
  graph.nodes('Reshape', [cells, shape], ['tokens']);
  graph.output('tokens', 'float32', ['n', 2304, 64]);
  graph.nodes('ReduceMean', ['tokens'], ['embedding'], { axes: [1], keepdims: 0 });
  graph.output('embedding', 'float32', ['n', 64]);
  return graph.encode();
}

describe('the made frame encoder', () => {
  it('see a drawn stop sign where it is, and nothing else as surely', async (t) => {
    const { path } = await makeFrameEncoder();
    const frameEncoder = await openFrameEncoder({
      graph: path,
      headGraph: anyHead(),
      labels: cocoLabels,
      width: 512,
      height: 288,
      grid: [36, 64],
      session: { intraOpNumThreads: 2 },
    });
    t.after(() => frameEncoder[Symbol.asyncDispose]());
    const frame = { time: 0, pixels: drawStopSign() };
    const grey = { time: 0.5, pixels: new Uint8Array(frame.pixels.length).fill(128) };
    const whole = { x: 0, y: 0, width: 512, height: 288 };
    const [analysis] = await frameEncoder.analyse([[frame, grey]], whole);
    const [sign] = analysis.objects[0];
    assert.equal(sign.label, 'stop sign');
    assert.ok(sign.score > 0.4, `score ${sign.score}`);
    const [x1, y1, x2, y2] = sign.box;
    for (const [side, wanted] of [
      [x1 * 512, 241],
      [y1 * 288, 71],
      [x2 * 512, 359],
      [y2 * 288, 189],
    ])
      assert.ok(Math.abs(side - wanted) < 20, `a side at ${side}, not near ${wanted}`);
    assert.ok(!analysis.objects[1].some(({ label }) => label === 'stop sign'));
  });
});
