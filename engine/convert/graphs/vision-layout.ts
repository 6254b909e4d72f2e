import type { VisionConfig, VisionLayout } from './config.ts';

/** A pair of linear layers that makes tokens of patches, and the norm before it. */
export interface MergerNames {
  norm: string;
  /** Whether each patch is normalised by itself, or the whole group that becomes one token. */
  over: 'patch' | 'group';
  first: string;
  second: string;
}

/** What a family calls its layers, and how it makes them. */
export interface VisionNames {
  /** `layer` has a bias, `rms` has none. */
  norm: 'layer' | 'rms';
  /** A block's MLP: two layers, or gate, up and down. */
  mlp: readonly [string, string] | readonly [string, string, string];
  patchBias: boolean;
  merger: MergerNames;
}

const layouts: Record<VisionLayout, VisionNames> = {
  'qwen2-vl': {
    norm: 'layer',
    mlp: ['fc1', 'fc2'],
    patchBias: false,
    merger: { norm: 'merger.ln_q', over: 'patch', first: 'merger.mlp.0', second: 'merger.mlp.2' },
  },
  'qwen2.5-vl': {
    norm: 'rms',
    mlp: ['gate_proj', 'up_proj', 'down_proj'],
    patchBias: false,
    merger: { norm: 'merger.ln_q', over: 'patch', first: 'merger.mlp.0', second: 'merger.mlp.2' },
  },
  'qwen3-vl': {
    norm: 'layer',
    mlp: ['linear_fc1', 'linear_fc2'],
    patchBias: true,
    merger: { norm: 'merger.norm', over: 'patch', first: 'merger.linear_fc1', second: 'merger.linear_fc2' },
  },
};

/** What a vision encoder's layers are called, after `visual.`. */
export function visionNames({ layout = 'qwen2-vl' }: Pick<VisionConfig, 'layout'>): VisionNames {
  return layouts[layout];
}

/** The merger of one of DeepStack's features. */
export function deepstackMerger(index: number): MergerNames {
  const prefix = `deepstack_merger_list.${index}`;
  return {
    norm: `${prefix}.norm`,
    over: 'group',
    first: `${prefix}.linear_fc1`,
    second: `${prefix}.linear_fc2`,
  };
}
