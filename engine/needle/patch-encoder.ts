import { LongviewError } from '../protocol/errors.ts';
import type { Model } from '../inference/types.ts';
import type { Letterbox, RgbFrame } from '../core/frames.ts';

/** Turns frames into visual tokens, whichever way a bundle does that. */
export interface PatchEncoder {
  /** The size that frames are letterboxed to, in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** [rows, columns] of visual tokens of one temporal patch. */
  readonly grid: readonly [number, number];
  readonly hiddenSize: number;
  /**
   * Looks at temporal patches of two frames each.
   * @returns visual tokens per temporal patch, each [rows * columns, hiddenSize]. @throws LongviewError `cancelled`.
   */
  encode(
    patches: readonly (readonly [RgbFrame, RgbFrame])[],
    letterbox: Letterbox,
    signal?: AbortSignal,
  ): Promise<Float32Array[]>;
}

/** Frames for checkpoints with their own vision encoder: 9 x 16 tokens of 28 pixels, the paper's setting. */
const paperSize = { width: 448, height: 252 } as const;

/**
 * The way a bundle looks at footage: its frame encoder, or its checkpoint's own vision encoder.
 * @throws LongviewError `cannot-read` for a bundle that can't read what it sees.
 */
export function patchEncoderOf(
  model: Pick<Model, 'id' | 'frameEncoder' | 'vision' | 'decoder'>,
): PatchEncoder {
  const { id, frameEncoder, vision, decoder } = model;
  if (!decoder || (!vision && !frameEncoder))
    throw new LongviewError(
      'cannot-read',
      `The model ${id} can't read videos, it has no ${decoder ? 'frame encoder' : 'decoder'}.`,
      'Choose a model that can "read"; "longview models" lists them.',
      { details: { model: id } },
    );
  if (vision)
    return {
      size: paperSize,
      grid: vision.gridFor(paperSize),
      hiddenSize: vision.hiddenSize,
      async encode(patches, _, signal) {
        const frames = patches.flat().map(({ pixels }) => ({ ...paperSize, pixels }));
        return [...(await vision.encode(frames, { signal })).patches];
      },
    };
  const { width, height, grid, hiddenSize } = frameEncoder!;
  return {
    size: { width, height },
    grid,
    hiddenSize,
    encode: async (patches, letterbox, signal) =>
      (await frameEncoder!.analyse(patches, letterbox, signal)).map(({ tokens }) => tokens),
  };
}
