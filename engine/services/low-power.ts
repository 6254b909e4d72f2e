import { setTimeout as wait } from 'node:timers/promises';
import type { FrameEncoder } from '../inference/types.ts';

/** The longest rest: after a very slow look a cancellation still comes soon. */
const longestRestMs = 2000;

/**
 * A frame encoder that rests as long as it worked while `lowPower` says so: half of the work in the same time, so that a laptop
 * on battery stays cool.
 */
export function lowPowerFrameEncoder(frameEncoder: FrameEncoder, lowPower: () => boolean): FrameEncoder {
  return {
    width: frameEncoder.width,
    height: frameEncoder.height,
    framesPerPatch: frameEncoder.framesPerPatch,
    grid: frameEncoder.grid,
    hiddenSize: frameEncoder.hiddenSize,
    embeddingSize: frameEncoder.embeddingSize,
    batchPatches: frameEncoder.batchPatches,
    async analyse(patches, letterbox, signal) {
      const begun = performance.now();
      const analyses = await frameEncoder.analyse(patches, letterbox, signal);
      if (lowPower()) {
        // Cut short by a cancellation, which whoever asked notices by itself.
        const rest = Math.min(longestRestMs, performance.now() - begun);
        await wait(rest, undefined, { signal }).catch(() => undefined);
      }
      return analyses;
    },
  };
}
