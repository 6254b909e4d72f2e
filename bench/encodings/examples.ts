import type { Layout, PositionOptions, RotaryGeometry } from '../../engine/hope/index.ts';
import { positionVariants, type PositionVariant } from '../../engine/protocol/bundle.ts';

/** An encoding as it is drawn: the rotary geometry that it was released with, and options that show what is its own. */
export interface Example {
  variant: PositionVariant;
  geometry: RotaryGeometry;
  positions: PositionOptions;
  layout: Layout;
}

const qwen2 = { headDim: 128, sections: [16, 24, 24], theta: 1_000_000 } as const;
const qwen3 = { headDim: 128, sections: [24, 20, 20], theta: 5_000_000 } as const;

/** A video between words: two frames of 3 x 4 tokens. */
const video: Layout = [
  ['text', 4],
  ['video', 2, 3, 4],
  ['text', 4],
];
/** The same with each frame behind the text of its time, as Qwen3-VL has it. */
const frames: Layout = [
  ['text', 3],
  ['video', 1, 3, 4],
  ['text', 3],
  ['video', 1, 3, 4],
  ['text', 2],
];

/** Options that differ from the defaults. */
const own: Partial<Record<PositionVariant, Partial<Example['positions']>>> = {
  hope: { gamma: 1.5 },
  'soft-hope': { gamma: 1.5 },
  'm-rope-interleaved': { gamma: 1.5 },
  'm-rope-time': { secondsPerPatch: 1.5 },
};

/** One example of each variant, in the order of the list of variants. */
export function examples(): Example[] {
  return positionVariants.map((variant) => ({
    variant,
    geometry: { variant, ...(variant === 'm-rope-interleaved' ? qwen3 : qwen2) },
    positions: { variant, gamma: 1, ...own[variant] },
    layout: variant === 'm-rope-interleaved' ? frames : video,
  }));
}
