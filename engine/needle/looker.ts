import { LongviewError } from '../protocol/errors.ts';
import type { Model } from '../inference/types.ts';
import type { Letterbox, RgbFrame } from '../core/frames.ts';

/** Turns frames into visual tokens, whichever way a bundle does that. */
export interface Looker {
  /** The size that frames are letterboxed to, in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** [rows, columns] of visual tokens of one temporal patch. */
  readonly grid: readonly [number, number];
  readonly hiddenSize: number;
  /**
   * Looks at temporal patches of two frames each.
   * @returns visual tokens per patch, each [rows * columns, hiddenSize]. @throws LongviewError `cancelled`.
   */
  look(
    patches: readonly (readonly [RgbFrame, RgbFrame])[],
    letterbox: Letterbox,
    signal?: AbortSignal,
  ): Promise<Float32Array[]>;
}

/** Frames for checkpoints with their own vision encoder: 9 x 16 tokens of 28 pixels, the paper's setting. */
const paperSize = { width: 448, height: 252 } as const;

/**
 * The way a bundle looks at footage: its eyes, or its checkpoint's own vision encoder.
 * @throws LongviewError `cannot-read` for a bundle that can't read what it sees.
 */
export function lookerOf(model: Pick<Model, 'id' | 'eyes' | 'vision' | 'reader'>): Looker {
  const { id, eyes, vision, reader } = model;
  if (!reader || (!vision && !eyes))
    throw new LongviewError(
      'cannot-read',
      `The model ${id} can't read videos, it has no ${reader ? 'frame encoder' : 'decoder'}.`,
      'Choose a model that can "read"; "longview models" lists them.',
      { details: { model: id } },
    );
  if (vision)
    return {
      size: paperSize,
      grid: vision.gridFor(paperSize),
      hiddenSize: vision.hiddenSize,
      async look(patches, _, signal) {
        const frames = patches.flat().map(({ pixels }) => ({ ...paperSize, pixels }));
        return [...(await vision.encode(frames, { signal })).patches];
      },
    };
  const { width, height, grid, hiddenSize } = eyes!;
  return {
    size: { width, height },
    grid,
    hiddenSize,
    look: async (patches, letterbox, signal) =>
      (await eyes!.look(patches, letterbox, signal)).map(({ tokens }) => tokens),
  };
}
