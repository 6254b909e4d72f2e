import { coverageOf, fuser } from '../../engine/search/fusion.ts';
import { objectScores } from '../../engine/search/object-scores.ts';
import { backgroundOf } from '../../engine/search/similarity.ts';
import type { WantedObjects } from '../../engine/language/parsed-query.ts';
import { numbersOf } from '../../engine/search/calibration.ts';
import { builtinCalibration } from '../../build/builtin-words.ts';
import { similarities } from '../../engine/core/similarities.ts';
import type { SeenObject } from '../../engine/core/frames.ts';
import type { PatchAnalysis } from '../../engine/inference/types.ts';

/** Candidates to rank. */
export interface Gallery {
  /** Row-major [n, embeddingSize]. */
  embeddings: Float32Array;
  seen: readonly SeenObject[];
  n: number;
}

/** Puts what the frame encoder saw side by side. */
export function galleryOf(analyses: readonly PatchAnalysis[]): Gallery {
  const size = analyses[0]?.embedding.length ?? 0;
  const embeddings = new Float32Array(analyses.length * size);
  for (const [i, { embedding }] of analyses.entries()) embeddings.set(embedding, i * size);
  const seen = analyses.flatMap(({ objects }, patch) =>
    objects.flatMap((ones, frame) => ones.map((one) => ({ ...one, patch, frame: frame as 0 | 1 }))),
  );
  return { embeddings, seen, n: analyses.length };
}

/** Scores of every candidate, three ways. */
export interface Scores {
  detector: Float32Array;
  embedding: Float32Array;
  /** Both together, as a find scores them. */
  fused: Float32Array;
}

/** What engine/search makes of the candidates for a query. */
export function scoresFor(gallery: Gallery, wanted: WantedObjects, embedding: Float32Array): Scores {
  const detector = objectScores(wanted.objects, gallery.seen, gallery.n);
  const similarity = similarities(embedding, gallery.embeddings);
  const numbers = numbersOf({ calibration: builtinCalibration });
  const background = backgroundOf([similarity], builtinCalibration.background);
  const fuse = fuser(coverageOf(wanted), background, numbers);
  const fused = similarity.map((value, i) => fuse({ object: detector[i], similarity: value }));
  return { detector, embedding: similarity, fused };
}
