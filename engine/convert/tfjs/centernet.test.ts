import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { createCanvas } from '@napi-rs/canvas';
import '@tensorflow/tfjs-backend-wasm';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import * as ort from '../../../engine/onnxruntime/index.ts';
import { convertCenterNet } from './centernet.ts';
import { parseGraphModel } from './graph-model.ts';

const size = 512;
const package_ = join(import.meta.dirname, '../../../node_modules/@vladmandic/human/models');
const json = readFileSync(join(package_, 'centernet.json'), 'utf8');
const bin = readFileSync(join(package_, 'centernet.bin'));

/** What both sides give for one frame, NCHW. */
interface Seen {
  features: Float32Array;
  heatmap: Float32Array;
  sizes: Float32Array;
  /** The best 100 as [x1, y1, x2, y2, score, class]. */
  detections: number[][];
}

/** A repeatable scene: gradient sky and ground, shapes with edges at every angle, lettering, noise. */
function drawFrame(seed: number): Uint8Array {
  let state = seed * 2654435761 + 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const colour = () => `hsl(${random() * 360} ${30 + random() * 70}% ${20 + random() * 60}%)`;
  const canvas = createCanvas(size, size);
  const context = canvas.getContext('2d');
  const gradient = context.createLinearGradient(0, 0, random() * size, size);
  for (let stop = 0; stop <= 3; stop++) gradient.addColorStop(stop / 3, colour());
  context.fillStyle = gradient;
  context.fillRect(0, 0, size, size);
  for (let shape = 0; shape < 14; shape++) {
    context.save();
    context.translate(random() * size, random() * size);
    context.rotate(random() * Math.PI);
    const reach = 20 + random() * 140;
    const shade = context.createRadialGradient(-reach / 4, -reach / 4, 1, 0, 0, reach);
    shade.addColorStop(0, colour());
    shade.addColorStop(1, colour());
    context.fillStyle = shade;
    context.beginPath();
    if (shape % 2) context.ellipse(0, 0, reach, reach * (0.3 + random()), 0, 0, 2 * Math.PI);
    else context.roundRect(-reach / 2, -reach, reach, reach * 2, reach * random() * 0.4);
    context.fill();
    context.restore();
  }
  const rgba = context.getImageData(0, 0, size, size).data;
  const rgb = new Uint8Array(size * size * 3);
  for (let i = 0; i < rgb.length; i++) {
    const value = rgba[Math.floor(i / 3) * 4 + (i % 3)] + (random() - 0.5) * 24;
    rgb[i] = Math.max(0, Math.min(255, Math.round(value)));
  }
  return rgb;
}

async function openOriginal(): Promise<(rgb: Uint8Array) => Seen> {
  await tf.setBackend('wasm');
  const parts = JSON.parse(json);
  const model = await loadGraphModel({
    load: async () => ({
      format: parts.format,
      modelTopology: parts.modelTopology,
      weightSpecs: parts.weightsManifest[0].weights,
      weightData: Uint8Array.from(bin).buffer,
    }),
  });
  const nodes = ['tower_0/MobilenetV3/expanded_conv_5/add', 'tower_0/keypoints', 'tower_0/wh'];
  return (rgb) =>
    tf.tidy(() => {
      const input = { 'tower_0/images': tf.tensor4d(Float32Array.from(rgb), [1, size, size, 3]) };
      const outputs = model.execute(input, [...nodes, 'tower_0/detections']) as tf.Tensor[];
      const maps = outputs.slice(0, 3).map((map) => tf.transpose(map, [0, 3, 1, 2]).dataSync<'float32'>());
      const [features, heatmap, sizes] = maps as [Float32Array, Float32Array, Float32Array];
      const flat = outputs[3].dataSync();
      return {
        features,
        heatmap,
        sizes,
        detections: Array.from({ length: 100 }, (_, i) => Array.from(flat.slice(i * 6, i * 6 + 6))),
      };
    });
}

async function openConverted(): Promise<(rgb: Uint8Array) => Promise<Seen>> {
  const bytes = convertCenterNet(parseGraphModel(json, bin), { heatMap: true });
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 2 });
  return async (rgb) => {
    const outputs = await session.run({ frames: new ort.Tensor('uint8', rgb, [1, size, size, 3]) });
    const floats = (name: string) => outputs[name]?.data as Float32Array;
    const classes = outputs.classes?.data as BigInt64Array;
    return {
      features: floats('features'),
      heatmap: floats('heatmap'),
      sizes: floats('sizes'),
      detections: Array.from({ length: 100 }, (_, i) => [
        ...floats('boxes').slice(i * 4, i * 4 + 4),
        floats('scores')[i],
        Number(classes[i]),
      ]),
    };
  };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

describe('the converted detector equals the original', () => {
  const pairs: { original: Seen; converted: Seen }[] = [];

  before(async () => {
    const original = await openOriginal();
    const converted = await openConverted();
    for (const seed of [1, 2]) {
      const rgb = drawFrame(seed);
      pairs.push({ original: original(rgb), converted: await converted(rgb) });
    }
  });

  it('in what the trunk’s lower half sees, relative to its range', () => {
    for (const { original, converted } of pairs) {
      const range = largest(original.features);
      assert.ok(range > 5, 'the drawn frame excites the trunk');
      assert.ok(largestDifference(original.features, converted.features) / range < 1e-4);
    }
  });

  it('in the heat map and each class’s maximum', () => {
    for (const { original, converted } of pairs) {
      assert.ok(largest(original.heatmap) > 0.05, 'the drawn frame looks like something');
      assert.ok(largestDifference(original.heatmap, converted.heatmap) < 1e-4);
    }
  });

  it('in the sizes, relative to their range', () => {
    for (const { original, converted } of pairs) {
      const range = largest(original.sizes);
      assert.ok(largestDifference(original.sizes, converted.sizes) / range < 5e-4);
    }
  });

  it('in the hundred detections, whose last steps are written anew', () => {
    for (const { original, converted } of pairs) {
      for (const [rank, detection] of original.detections.entries()) {
        const score = (seen: Seen) => seen.detections[rank]?.[4];
        assert.ok(Math.abs(score(original) - score(converted)) < 1e-4, `score of rank ${rank}`);
        // Neighbours in the ranking may trade places when they score alike to six digits.
        const twin = converted.detections.find(
          (other) =>
            other[5] === detection[5] && [0, 1, 2, 3].every((i) => Math.abs(other[i] - detection[i]) < 0.1),
        );
        if (rank < 95) assert.ok(twin, `no twin for rank ${rank}: ${detection}`);
      }
    }
  });
});

describe('the converted detector', () => {
  it('sees a frame of 512x288 alike alone and among others', async () => {
    const bytes = convertCenterNet(parseGraphModel(json, bin));
    const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 2 });
    const frames = [4, 5].map((seed) => drawFrame(seed).subarray(0, 288 * size * 3));
    const run = async (pixels: Uint8Array, n: number) =>
      session.run({ frames: new ort.Tensor('uint8', pixels, [n, 288, size, 3]) });
    const both = await run(Buffer.concat(frames), 2);
    assert.deepEqual(both.features?.dims, [2, 32, 36, 64]);
    assert.deepEqual(both.boxes?.dims, [2, 100, 4]);
    for (const [index, frame] of frames.entries()) {
      const alone = await run(frame, 1);
      const share = (both.features?.data as Float32Array).subarray(index * 73728, (index + 1) * 73728);
      assert.ok(largestDifference(alone.features?.data as Float32Array, share) / largest(share) < 1e-4);
      const scores = (both.scores?.data as Float32Array).subarray(index * 100, index * 100 + 100);
      assert.ok(largestDifference(alone.scores?.data as Float32Array, scores) < 1e-4);
      assert.deepEqual(scores.toSorted().reverse(), scores, 'best first');
    }
  });

  it('is the same bytes every time', () => {
    const once = convertCenterNet(parseGraphModel(json, bin));
    assert.deepEqual(convertCenterNet(parseGraphModel(json, bin)), once);
  });
});
