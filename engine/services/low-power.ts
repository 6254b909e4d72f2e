import { setTimeout as wait } from 'node:timers/promises';
import type { Eyes } from '../inference/types.ts';

/** The longest rest: after a very slow look a cancellation still comes soon. */
const longestRestMs = 2000;

/**
 * Eyes that rest as long as they looked while `gentle` says so: half of the work in the same time, so that a laptop
 * on battery stays cool.
 */
export function gentleEyes(eyes: Eyes, gentle: () => boolean): Eyes {
  return {
    width: eyes.width,
    height: eyes.height,
    framesPerPatch: eyes.framesPerPatch,
    grid: eyes.grid,
    hiddenSize: eyes.hiddenSize,
    embeddingSize: eyes.embeddingSize,
    batchPatches: eyes.batchPatches,
    async look(patches, letterbox, signal) {
      const begun = performance.now();
      const looks = await eyes.look(patches, letterbox, signal);
      if (gentle()) {
        // Cut short by a cancellation, which whoever asked notices by itself.
        const rest = Math.min(longestRestMs, performance.now() - begun);
        await wait(rest, undefined, { signal }).catch(() => undefined);
      }
      return looks;
    },
  };
}
