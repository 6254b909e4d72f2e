import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tinyConfig } from '../testing/checkpoint.ts';
import { configSchema, interpretConfig } from './config.ts';

const read = (config: object) => interpretConfig(configSchema.parse(config));

/** The fields of the published 7B config that set its shape. */
const published7b = {
  model_type: 'qwen2_vl',
  hidden_size: 3584,
  intermediate_size: 18_944,
  num_attention_heads: 28,
  num_hidden_layers: 28,
  num_key_value_heads: 4,
  rms_norm_eps: 1e-6,
  rope_theta: 1_000_000.0,
  vocab_size: 152_064,
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  vision_config: { depth: 32, embed_dim: 1280, mlp_ratio: 4, num_heads: 16, in_chans: 3, hidden_size: 3584 },
};

test('the shape of the published 7B model is read, with defaults where its config is silent', () => {
  const config = read(published7b);
  assert.equal(config.decoder.headDim, 128);
  assert.equal(config.decoder.kvHeads, 4);
  assert.equal(config.decoder.tied, false);
  assert.deepEqual(config.positions.sections, [16, 24, 24]);
  assert.equal(config.positions.theta, 1_000_000);
  assert.equal(config.maxContext, 32_768);
  assert.deepEqual(config.vision, {
    layout: 'qwen2-vl',
    depth: 32,
    embedSize: 1280,
    mlpSize: 5120,
    heads: 16,
    activation: 'quick-gelu',
    channels: 3,
    patchSize: 14,
    temporalPatchSize: 2,
    mergeSize: 2,
    hiddenSize: 3584,
  });
});

test('a config that says nothing but its type has the defaults of transformers, down to vision', () => {
  const config = read({ model_type: 'qwen2_vl', vision_config: { hidden_size: 8192 } });
  assert.equal(config.decoder.hiddenSize, 8192);
  assert.equal(config.decoder.layers, 80);
  assert.equal(config.decoder.kvHeads, 8);
  assert.equal(config.decoder.intermediateSize, 29_568);
  assert.equal(config.decoder.vocabSize, 152_064);
  assert.equal(config.decoder.rmsNormEps, 1e-5);
  assert.deepEqual(config.positions.sections, [16, 24, 24]);
});

test('num_key_value_heads written as null means one per head, left out it means 8', () => {
  assert.equal(read({ ...published7b, num_key_value_heads: null }).decoder.kvHeads, 28);
  const { num_key_value_heads: _, ...without } = {
    ...published7b,
    num_attention_heads: 32,
    hidden_size: 4096,
  };
  const vision_config = { ...published7b.vision_config, hidden_size: 4096 };
  assert.equal(read({ ...without, vision_config }).decoder.kvHeads, 8);
});

test('the newer layout with text_config and rope_parameters reads the same', () => {
  const { vision_config, rope_scaling: _, rope_theta: __, model_type, ...text } = tinyConfig;
  const newer = {
    model_type,
    vision_config,
    text_config: {
      ...text,
      rope_parameters: { rope_type: 'default', rope_theta: 10_000, mrope_section: [2, 3, 3] },
    },
  };
  assert.deepEqual(read(newer), read(tinyConfig));
});

test('a nested "true" ties the embeddings, as in transformers', () => {
  assert.equal(read({ ...tinyConfig, tie_word_embeddings: true }).decoder.tied, true);
  const { vision_config, model_type, ...text } = tinyConfig;
  const nested = { model_type, vision_config, text_config: { ...text, tie_word_embeddings: true } };
  assert.equal(read(nested).decoder.tied, true);
});

test('what the engine does not run is refused, all of it in one error', () => {
  const odd = {
    ...tinyConfig,
    hidden_act: 'relu',
    use_sliding_window: true,
    rope_scaling: { type: 'yarn', factor: 4, mrope_section: [2, 3, 4] },
    vision_config: { ...tinyConfig.vision_config, hidden_act: 'tanh', hidden_size: 48 },
  };
  assert.throws(
    () => read(odd),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, 'bad-checkpoint');
      for (const part of ['"relu"', 'use_sliding_window', '"yarn"', '[2, 3, 4]', '"tanh"', '48'])
        assert.ok(error.message.includes(part), `${part} in ${error.message}`);
      return true;
    },
  );
});

test('another architecture is refused by its name', () => {
  assert.throws(
    () => read({ ...tinyConfig, model_type: 'qwen3_5' }),
    /"qwen3_5".*"qwen2_vl", "qwen2_5_vl", "qwen3_vl"/,
  );
});

test('absurd sizes and wrong types are refused with their field', () => {
  for (const wrong of [{ hidden_size: 1e15 }, { num_hidden_layers: -1 }, { vocab_size: '320' }]) {
    const result = configSchema.safeParse({ ...tinyConfig, ...wrong });
    assert.equal(result.success, false);
    assert.deepEqual(result.error?.issues[0]?.path, Object.keys(wrong));
  }
});

/** The fields of Qwen2.5-VL-3B's published config that set its shape. */
const published25 = {
  model_type: 'qwen2_5_vl',
  hidden_size: 2048,
  intermediate_size: 11_008,
  num_attention_heads: 16,
  num_hidden_layers: 36,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  rope_theta: 1_000_000.0,
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  tie_word_embeddings: true,
  use_sliding_window: false,
  max_position_embeddings: 128_000,
  vocab_size: 151_936,
  vision_config: {
    depth: 32,
    hidden_act: 'silu',
    hidden_size: 1280,
    intermediate_size: 3420,
    num_heads: 16,
    in_chans: 3,
    out_hidden_size: 2048,
    patch_size: 14,
    spatial_merge_size: 2,
    spatial_patch_size: 14,
    window_size: 112,
    fullatt_block_indexes: [7, 15, 23, 31],
    tokens_per_second: 2,
    temporal_patch_size: 2,
  },
};

test('the shape of the published Qwen2.5-VL 3B is read: windows of 4 x 4 tokens, 2 ids a second', () => {
  const { decoder, vision, positions } = read(published25);
  assert.deepEqual([decoder.headDim, decoder.tied, decoder.headNorm], [128, true, undefined]);
  assert.deepEqual(vision.windows, { size: 4, fullBlocks: [7, 15, 23, 31] });
  assert.deepEqual([vision.embedSize, vision.mlpSize, vision.hiddenSize], [1280, 3420, 2048]);
  assert.deepEqual(positions, {
    variant: 'm-rope-time',
    sections: [16, 24, 24],
    theta: 1_000_000,
    tokensPerSecond: 2,
  });
  const { tokens_per_second: _, ...silent } = published25.vision_config;
  assert.equal(read({ ...published25, vision_config: silent }).positions.tokensPerSecond, 4);
});

test('the shapes of the published Qwen3-VL 2B and 4B are read: heads of 128 whatever the width, DeepStack of three', () => {
  for (const [hidden_size, num_attention_heads, intermediate_size, num_hidden_layers] of [
    [2048, 16, 6144, 28],
    [2560, 32, 9728, 36],
  ]) {
    const { decoder, vision, positions } = read({
      model_type: 'qwen3_vl',
      tie_word_embeddings: true,
      text_config: {
        ...{ hidden_size, num_attention_heads, intermediate_size, num_hidden_layers },
        num_key_value_heads: 8,
        head_dim: 128,
        attention_bias: false,
        tie_word_embeddings: true,
        max_position_embeddings: 262_144,
        rope_theta: 5_000_000,
        rope_scaling: { mrope_interleaved: true, mrope_section: [24, 20, 20], rope_type: 'default' },
        vocab_size: 151_936,
      },
      vision_config: {
        depth: 24,
        hidden_act: 'gelu_pytorch_tanh',
        hidden_size: 1024,
        intermediate_size: 4096,
        num_heads: 16,
        num_position_embeddings: 2304,
        out_hidden_size: hidden_size,
        patch_size: 16,
        deepstack_visual_indexes: [5, 11, 17],
      },
    });
    assert.deepEqual([decoder.headDim, decoder.headNorm, decoder.deepstack], [128, true, 3]);
    assert.deepEqual(
      [vision.positionGrid, vision.deepstackBlocks, vision.activation],
      [48, [5, 11, 17], 'gelu-tanh'],
    );
    assert.deepEqual(positions, {
      variant: 'm-rope-interleaved',
      sections: [24, 20, 20],
      theta: 5_000_000,
    });
  }
});
