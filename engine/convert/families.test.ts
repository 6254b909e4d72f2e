import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { positionVariants, type BundleManifest, type PositionVariant } from '../protocol/bundle.ts';
import { convertCheckpoint, type ChosenPositions } from './index.ts';
import { randomTensors, tinyConfig, writeCheckpoint } from './testing/checkpoint.ts';

const fixtures = fileURLToPath(new URL('../../tests/fixtures', import.meta.url));
let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'longview-convert-families-'));
});
after(() => rm(root, { recursive: true }));

let count = 0;
interface Converted {
  manifest: BundleManifest;
  chosen: ChosenPositions;
}
async function convert(source: string, positions?: PositionVariant): Promise<Converted> {
  let chosen: ChosenPositions | undefined;
  const target = join(root, `bundle-${++count}`);
  const onPositions = (one: ChosenPositions) => (chosen = one);
  const manifest = await convertCheckpoint({ source, target, precision: 'fp32', positions, onPositions });
  assert.ok(chosen);
  return { manifest, chosen };
}

/** A copy of a fixture's checkpoint, or a tiny one of Qwen2-VL, with another config. */
function changed(family: 'qwen2.5-vl' | 'qwen3-vl', change: (config: Config) => void): string {
  const folder = join(root, `source-${++count}`);
  cpSync(join(fixtures, family, 'checkpoint'), folder, { recursive: true });
  const path = join(folder, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as Config;
  change(config);
  writeFileSync(path, JSON.stringify(config));
  return folder;
}
type Config = Record<string, unknown> & {
  vision_config: Record<string, unknown>;
  text_config: Record<string, unknown> & { rope_scaling: Record<string, unknown> };
  rope_scaling: Record<string, unknown>;
};
const qwen2 = (config: object, name = `qwen2-${++count}`) =>
  writeCheckpoint(join(root, name), {
    config: { ...tinyConfig, ...config },
    tensors: randomTensors(tinyConfig),
  });

describe('what a checkpoint says about its positions', () => {
  test('Qwen2.5-VL: time in seconds, as fast as its vision_config says', async () => {
    const { manifest, chosen } = await convert(join(fixtures, 'qwen2.5-vl', 'checkpoint'));
    assert.equal(manifest.architecture, 'qwen2.5-vl');
    const { positions } = manifest.decoder!;
    assert.deepEqual([positions.variant, positions.tokensPerSecond], ['m-rope-time', 5]);
    assert.deepEqual(chosen, { variant: 'm-rope-time', by: 'family', name: 'qwen2.5-vl' });
    assert.equal(manifest.vision!.windowSize, 2);
    assert.equal(manifest.tokens!.timestamps, undefined);
  });

  test('Qwen3-VL: interleaved, times as text, DeepStack, its own theta and chat format', async () => {
    const { manifest, chosen } = await convert(join(fixtures, 'qwen3-vl', 'checkpoint'));
    const { positions, deepstack, headDim } = manifest.decoder!;
    assert.deepEqual(
      [manifest.architecture, positions.variant, positions.theta, positions.sections, deepstack, headDim],
      ['qwen3-vl', 'm-rope-interleaved', 20_000, [3, 3, 2], 2, 16],
    );
    assert.equal(chosen.by, 'config');
    assert.equal(manifest.tokens!.timestamps, true);
    assert.doesNotMatch(manifest.tokens!.userPrefix, /system/u);
  });

  const named: [object, PositionVariant, object][] = [
    [{ use_cope: true }, 'cope', {}],
    [{ use_cope: true, use_hardclip: true }, 'cope-hard', {}],
    [{ rope_pos_id_stride: 64 }, 'v2pe', { stride: 64 }],
    [
      { rope_scaling: { type: 'mrope', mrope_section: [4, 2, 2], mrope_interleaved: true } },
      'm-rope-interleaved',
      { sections: [4, 2, 2] },
    ],
    [{ rope_scaling: { rope_type: 'hope', mrope_section: [2, 3, 3] } }, 'hope', {}],
    [
      { partial_rotary_factor: 0.5, rope_scaling: { type: 'mrope', mrope_section: [2, 1, 1] } },
      'm-rope',
      { rotaryFraction: 0.5 },
    ],
  ];
  for (const [config, variant, options] of named)
    test(`${JSON.stringify(config)} is ${variant}`, async () => {
      const { manifest, chosen } = await convert(qwen2(config));
      const { positions } = manifest.decoder!;
      assert.equal(positions.variant, variant);
      for (const [name, value] of Object.entries(options))
        assert.deepEqual(positions[name as keyof typeof positions], value);
      assert.equal(chosen.by, variant === 'm-rope' ? 'family' : 'config');
    });

  test('every encoding can be asked for by name, whatever the family', async () => {
    const source = qwen2({}, 'any');
    for (const variant of positionVariants) {
      const { manifest, chosen } = await convert(source, variant);
      assert.equal(manifest.decoder!.positions.variant, variant);
      assert.equal(chosen.by, 'request');
    }
    const { manifest } = await convert(join(fixtures, 'qwen3-vl', 'checkpoint'), 'hope');
    assert.equal(manifest.decoder!.positions.variant, 'hope');
  });
});

describe('the published checkpoints of VideoRoPE’s comparison', () => {
  const published: [string, PositionVariant][] = [
    ['videorope', 'videorope'],
    ['m_rope', 'm-rope'],
    ['tad_rope', 'tad-rope'],
    ['vanilla_rope', 'rope'],
  ];
  for (const [encoding, variant] of published)
    test(`${encoding} is known by its folder, by a hub's cache and by the name it was saved under`, async () => {
      const name = `Qwen2-VL-${encoding}-128frames-8k-context-330k-llava-video`;
      const cache = join(`models--Wiselnn--${name}`, 'snapshots', '0123abc');
      mkdirSync(join(root, cache), { recursive: true });
      for (const source of [
        qwen2({}, name),
        qwen2({}, `${name.toLowerCase()}-copy`),
        qwen2({}, cache),
        qwen2({ _name_or_path: `Wiselnn/${name}` }),
      ]) {
        const { manifest, chosen } = await convert(source);
        assert.equal(manifest.decoder!.positions.variant, variant);
        assert.deepEqual(chosen, { variant, by: 'name', name: `Wiselnn/${name}` });
      }
      assert.equal((await convert(join(root, name), 'hope')).chosen.by, 'request');
    });
});

test('an output matrix of its own is used, though the config calls it tied', async () => {
  const config = { ...tinyConfig, tie_word_embeddings: true };
  const tensors = randomTensors(tinyConfig);
  const embedding = tensors['model.embed_tokens.weight'];
  const copy = { ...tensors, 'lm_head.weight': embedding };
  const sources = [tensors, copy].map((some, i) =>
    writeCheckpoint(join(root, `output-${i}`), { config, tensors: some }),
  );
  const own = ({ manifest }: Converted) => manifest.files.some(({ path }) => path === 'embed.onnx.data');
  // Tied, one copy serves both graphs at fp32, and the embedding has no file of its own.
  assert.equal(own(await convert(sources[0])), true);
  assert.equal(own(await convert(sources[1])), false);
});

describe('refused, with what it is and nothing written', () => {
  async function refused(source: string, reasons: RegExp[]): Promise<void> {
    const target = join(root, `refused-${++count}`);
    await assert.rejects(
      convertCheckpoint({ source, target, precision: 'fp32' }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'bad-checkpoint', error.message);
        for (const reason of reasons) assert.match(error.message, reason);
        return true;
      },
    );
    assert.equal(existsSync(target), false);
  }

  test('an encoding that there isn’t, by its name, with a list of what there is', async () => {
    const yarn = { type: 'yarn', factor: 4, mrope_section: [2, 3, 3] };
    await refused(qwen2({ rope_scaling: yarn }), [
      /"yarn", an encoding that this engine doesn't have/u,
      /m-rope-interleaved, .*vrope/u,
    ]);
    await refused(
      changed('qwen3-vl', ({ text_config }) => (text_config.rope_scaling['rope_type'] = 'longrope')),
      [/"longrope"/u],
    );
  });
  test('sections that don’t add up, with their sum and what it should be', async () => {
    await refused(qwen2({ rope_scaling: { type: 'mrope', mrope_section: [2, 3, 4] } }), [
      /mrope_section \[2, 3, 4\] sums to 9 and not to half the head size, 8/u,
    ]);
    await refused(
      changed('qwen3-vl', ({ text_config }) => (text_config.rope_scaling['mrope_section'] = [24, 20, 20])),
      [/\[24, 20, 20\] sums to 64 .* 8/u],
    );
    await refused(qwen2({ partial_rotary_factor: 0.5 }), [
      /sums to 8 and not to half of what turns of a head, 4/u,
    ]);
    await refused(qwen2({ partial_rotary_factor: 0.3 }), [/partial_rotary_factor 0\.3/u]);
  });
  test('another model type, by its name', async () => {
    for (const type of ['qwen3_5', 'llava', 'qwen2_audio'])
      await refused(qwen2({ model_type: type, vision_config: 'none of ours' }), [
        new RegExp(`"${type}"`, 'u'),
        /"qwen2_vl", "qwen2_5_vl", "qwen3_vl"/u,
      ]);
  });
  test('weights of one family under the config of another', async () => {
    const folder = join(root, 'mixed');
    cpSync(join(fixtures, 'qwen2.5-vl', 'checkpoint'), folder, { recursive: true });
    cpSync(join(fixtures, 'qwen3-vl', 'checkpoint', 'config.json'), join(folder, 'config.json'));
    await refused(folder, [/q_norm\.weight is missing/u, /and \d+ more/u]);
  });
  test('a Qwen3-VL config without a theta, whose default depends on who wrote it', async () => {
    const without = (version: unknown) =>
      changed('qwen3-vl', (config) => {
        delete config.text_config['rope_theta'];
        config['transformers_version'] = version;
      });
    await refused(without(undefined), [/no rope_theta/u]);
    assert.equal((await convert(without('4.57.1'))).manifest.decoder!.positions.theta, 5_000_000);
    assert.equal((await convert(without('5.24.0'))).manifest.decoder!.positions.theta, 500_000);
  });
  test('vision configs that don’t hold together', async () => {
    const vision = (family: 'qwen2.5-vl' | 'qwen3-vl', fields: object) =>
      changed(family, (config) => Object.assign(config.vision_config, fields));
    await refused(vision('qwen2.5-vl', { fullatt_block_indexes: [1, 7] }), [
      /fullatt_block_indexes \[1, 7\]/u,
    ]);
    await refused(vision('qwen2.5-vl', { window_size: 4 }), [/window_size/u]);
    await refused(vision('qwen2.5-vl', { out_hidden_size: 64 }), [/out_hidden_size 64 .* 32/u]);
    await refused(vision('qwen3-vl', { num_position_embeddings: 26 }), [/num_position_embeddings 26/u]);
    await refused(vision('qwen3-vl', { deepstack_visual_indexes: [0, 0] }), [
      /deepstack_visual_indexes \[0, 0\]/u,
    ]);
    await refused(vision('qwen3-vl', { hidden_act: 'relu' }), [/"relu"/u]);
  });
});
