import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { importClipPair } from '../index.ts';
import { GraphBuilder } from '../onnx/graph.ts';
import { writeSafetensors } from '../testing/safetensors.ts';
import type { PairLayout } from '../testing/clip-pair.ts';
import { tinyEmbeddingSize, writePair } from '../testing/clip-pair.ts';
import { writeJson } from '../testing/checkpoint.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longview-clip-'));
});
afterEach(() => rm(folder, { recursive: true }));

const bring = (source: string) => importClipPair({ source, target: join(folder, 'bundle') });

suite('an imported pair', () => {
  test('of the CLIP kind has its preprocessor, its space and unchanged graphs', async () => {
    const source = writePair(join(folder, 'pair'));
    const { clip, can, files, precision } = await bring(source);
    assert.deepEqual(can, ['embed']);
    assert.equal(precision, 'fp32');
    assert.deepEqual(clip, {
      kind: 'clip',
      visionGraph: 'vision_model.onnx',
      textGraph: 'text_model.onnx',
      embeddingSize: tinyEmbeddingSize,
      imageSize: [8, 8],
      resize: 'shortest-edge',
      resample: 'bicubic',
      cropSize: [8, 8],
      mean: [0.48145466, 0.4578275, 0.40821073],
      std: [0.26862954, 0.26130258, 0.27577711],
      rescale: 1 / 255,
      maxTokens: 6,
      padToken: 2,
    });
    for (const file of files)
      assert.deepEqual(
        readFileSync(join(folder, 'bundle', file.path)),
        readFileSync(join(source, file.path)),
      );
  });

  test('of the SigLIP kind is resized to a square, without a crop, its graphs in onnx/ and weights beside them', async () => {
    const preprocessor = { resample: 2, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
    const layout: PairLayout = {
      kind: 'siglip',
      preprocessor,
      graphs: 'onnx',
      external: 'text_model.onnx_data',
    };
    const { clip, files } = await bring(writePair(join(folder, 'pair'), layout));
    assert.equal(clip?.kind, 'siglip');
    assert.equal(clip?.resize, 'exact');
    assert.equal(clip?.resample, 'bilinear');
    assert.equal(clip?.cropSize, undefined);
    const names = files.map(({ path }) => path);
    assert.deepEqual(names.sort(), [
      'text_model.onnx',
      'text_model.onnx_data',
      'tokenizer.json',
      'vision_model.onnx',
    ]);
  });

  test('may have its sizes as bare numbers and steps switched off', async () => {
    const preprocessor = { size: 10, crop_size: 8, do_rescale: false, do_normalize: false };
    const { clip } = await bring(writePair(join(folder, 'pair'), { preprocessor }));
    assert.deepEqual(clip?.imageSize, [10, 10]);
    assert.deepEqual(clip?.cropSize, [8, 8]);
    assert.equal(clip?.rescale, 1);
    assert.deepEqual(
      [clip?.mean, clip?.std],
      [
        [0, 0, 0],
        [1, 1, 1],
      ],
    );
  });
});

suite('what a pair’s cosines mean', () => {
  const scale = Math.log(117.3);
  const scalar = (value: number) => ({ shape: [1], data: Float32Array.of(value) });

  test('is SigLIP’s own sigmoid, where its weights lie beside the graphs', async () => {
    const source = writePair(join(folder, 'pair'), { kind: 'siglip' });
    const weights = { logit_scale: scalar(scale), logit_bias: scalar(-12.9), other: scalar(1) };
    writeSafetensors(join(source, 'model.safetensors'), weights);
    const { calibration, files } = await bring(source);
    assert.ok(Math.abs(calibration!.scene!.similarity - 117.3) < 1e-3);
    assert.ok(Math.abs(calibration!.scene!.bias + 12.9) < 1e-4);
    assert.equal(calibration!.scene!.standout, 0);
    assert.ok(!files.some(({ path }) => path.endsWith('.safetensors')));
  });

  test('is read from a graph of both towers, too', async () => {
    const source = writePair(join(folder, 'pair'), { kind: 'siglip', graphs: 'onnx' });
    const graph = new GraphBuilder('both');
    const input = graph.input('x', 'float32', [1]);
    const scaled = graph.node('Mul', [
      input,
      graph.constant('logit_scale', 'float32', [1], new Uint8Array(Float32Array.of(scale).buffer)),
    ]);
    const bias = graph.constant('logit_bias', 'float32', [1], new Uint8Array(Float32Array.of(-16.5).buffer));
    graph.nodes('Add', [scaled, bias], ['logits']);
    graph.output('logits', 'float32', [1]);
    writeFileSync(join(source, 'onnx', 'model.onnx'), graph.encode());
    const { calibration } = await bring(source);
    assert.ok(Math.abs(calibration!.scene!.similarity - 117.3) < 1e-3 && calibration!.scene!.bias === -16.5);
  });

  test('is left to what stands out, where nothing is said, or nothing sensible', async () => {
    const source = writePair(join(folder, 'pair'), { kind: 'siglip' });
    assert.equal((await bring(source)).calibration, undefined);
    await rm(join(folder, 'bundle'), { recursive: true });
    writeFileSync(join(source, 'model.safetensors'), 'cut short');
    assert.equal((await bring(source)).calibration, undefined);
    await rm(join(folder, 'bundle'), { recursive: true });
    writeSafetensors(join(source, 'model.safetensors'), {
      logit_scale: scalar(NaN),
      logit_bias: scalar(-12),
    });
    assert.equal((await bring(source)).calibration, undefined);
  });

  test('is no sigmoid of CLIP’s, which only tells what fits best', async () => {
    const source = writePair(join(folder, 'pair'));
    writeSafetensors(join(source, 'model.safetensors'), {
      logit_scale: scalar(4.6),
      logit_bias: scalar(-10),
    });
    assert.equal((await bring(source)).calibration, undefined);
  });
});

suite('a pair is refused, and nothing is left behind,', () => {
  const cases: [string, PairLayout, RegExp, ((source: string) => void)?][] = [
    ['when it is of another kind', { config: { model_type: 'blip' } }, /"blip" model/],
    ['when its vectors are called otherwise', { visionOutput: 'x' }, /no output image_embeds \(it has x\)/],
    [
      'when it wants what nobody gives it',
      { textInput: 'words' },
      /has no input input_ids; .*wants an input words, which is unknown/,
    ],
    [
      'when pictures and words end in different spaces',
      { textSize: 5 },
      /text_embeds is \[\?, 5\] where \[\?, 4\]/,
    ],
    [
      'when its config is silent about the space and the graphs disagree',
      { textSize: 5, config: { projection_dim: null } },
      /Pictures become 4 numbers and words 5/,
    ],
    [
      'when pictures come out of the preprocessor in another size',
      { preprocessor: { crop_size: 12 } },
      /pixel_values is \[\?, 3, 8, 8\] where \[\?, 3, 12, 12\] comes/,
    ],
    ['when its filter is unknown', { preprocessor: { resample: 5 } }, /resample is 5/],
    [
      'when its weights lie outside its folder',
      { external: '../w' },
      /names weights in "\.\.\/w", outside its folder/,
    ],
    [
      'when a file of weights is missing',
      { external: 'w.data' },
      /w\.data.*missing|can't be loaded/,
      (source) => rmSync(join(source, 'w.data')),
    ],
    [
      'when a graph is cut short',
      {},
      /vision_model\.onnx can't be read: it is cut short/,
      (source) => truncateSync(join(source, 'vision_model.onnx'), 300),
    ],
    [
      'when a graph is no graph',
      {},
      /text_model\.onnx can't be read/,
      (source) => writeJson(source, 'text_model.onnx', { not: 'onnx' }),
    ],
    [
      'when a graph is missing',
      {},
      /has no vision_model\.onnx and text_model\.onnx/,
      (source) => rmSync(join(source, 'text_model.onnx')),
    ],
    [
      'when its tokenizer is damaged',
      {},
      /tokenizer\.json of "pair" is not whole JSON/,
      (source) => truncateSync(join(source, 'tokenizer.json'), 50),
    ],
  ];
  for (const [when, layout, message, spoil] of cases)
    test(when, async () => {
      const source = writePair(join(folder, 'pair'), layout);
      spoil?.(source);
      await assert.rejects(bring(source), { code: 'bad-checkpoint', message });
      assert.deepEqual(readdirSync(folder), ['pair']);
    });

  test('when it is cancelled', async () => {
    const source = writePair(join(folder, 'pair'));
    const controller = new AbortController();
    const target = join(folder, 'bundle');
    const importing = importClipPair({
      source,
      target,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await assert.rejects(importing, { code: 'cancelled' });
    assert.equal(existsSync(target), false);
  });
});
