import type { Letterbox } from '../../core/frames.ts';
import type { PatchAnalysis } from '../../inference/types.ts';
import { type FrameTrace, showsTheSame, traceOf } from '../../vision/novelty.ts';
import type { SampledPatch } from './extractor.ts';

/** A temporal patch, and what the frame encoder makes of it or made of one before that shows the same. */
export interface Look {
  readonly patch: SampledPatch;
  /** It must be looked at: {@link settle} is to be called. */
  readonly isNew: boolean;
  readonly analysis: Promise<PatchAnalysis>;
  /** Says what the frame encoder makes of it. */
  settle(analysis: Promise<PatchAnalysis>): void;
}

/** So many temporal patches in a row share one look at most: what creeps is seen all the same. */
const longestRow = 120;

/**
 * Knows which temporal patches show nothing new. Both frames must be as the last one that was looked at, which must have
 * been still itself: only then is its look also theirs.
 */
export class SeenPatches {
  readonly #frameWidth: number;
  #last: { trace: FrameTrace; analysis: Promise<PatchAnalysis>; shared: number } | undefined;

  /** @param frameWidth of a letterboxed frame, in pixels */
  constructor(frameWidth: number) {
    this.#frameWidth = frameWidth;
  }

  /** The next temporal patch. */
  of(patch: SampledPatch, letterbox: Letterbox): Look {
    const [a, b] = patch.frames;
    const first = traceOf(a, this.#frameWidth, letterbox);
    const second = a === b ? first : traceOf(b, this.#frameWidth, letterbox);
    const last = this.#last;
    if (
      last &&
      last.shared < longestRow &&
      showsTheSame(last.trace, second) &&
      (a === b || showsTheSame(last.trace, first))
    ) {
      last.shared++;
      return { patch, isNew: false, analysis: last.analysis, settle: () => undefined };
    }
    let settle!: (analysis: Promise<PatchAnalysis>) => void;
    const analysis = new Promise<PatchAnalysis>((resolve) => (settle = resolve));
    // What goes wrong is told when its turn comes.
    analysis.catch(() => undefined);
    const still = a === b || showsTheSame(first, second);
    this.#last = still ? { trace: second, analysis, shared: 0 } : undefined;
    return { patch, isNew: true, analysis, settle };
  }
}
