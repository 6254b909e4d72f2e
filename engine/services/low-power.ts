import { setTimeout as wait } from 'node:timers/promises';
import type { FrameEncoder } from '../inference/types.ts';

/** The longest rest: after a very slow look a cancellation still comes soon. */
const longestRestMs = 2000;

/**
 * A frame encoder that rests as long as it worked while `lowPower` says so: half of the work in the same time, so that a laptop
 * on battery stays cool. While it rests, nothing is begun; where several looks are worked on at once, each brings its share
 * of the rest.
 */
export function lowPowerFrameEncoder(frameEncoder: FrameEncoder, lowPower: () => boolean): FrameEncoder {
  const { atOnce = 1 } = frameEncoder;
  let restUntil = 0;
  const rest = async (signal: AbortSignal | undefined) => {
    // Another look may have ended meanwhile.
    for (let left; lowPower() && (left = restUntil - performance.now()) > 0;) {
      // Cut short by a cancellation, which whoever asked notices by itself.
      await wait(left, undefined, { signal }).catch(() => undefined);
      if (signal?.aborted) return;
    }
  };
  return {
    width: frameEncoder.width,
    height: frameEncoder.height,
    framesPerPatch: frameEncoder.framesPerPatch,
    grid: frameEncoder.grid,
    hiddenSize: frameEncoder.hiddenSize,
    embeddingSize: frameEncoder.embeddingSize,
    batchPatches: frameEncoder.batchPatches,
    ...(frameEncoder.atOnce !== undefined && { atOnce: frameEncoder.atOnce }),
    async analyse(patches, letterbox, signal) {
      await rest(signal);
      const begun = performance.now();
      const analyses = await frameEncoder.analyse(patches, letterbox, signal);
      const now = performance.now();
      restUntil = Math.min(now + longestRestMs, Math.max(restUntil, now) + (now - begun) / atOnce);
      return analyses;
    },
  };
}
