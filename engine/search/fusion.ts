import { calibration, logistic, logOdds, objectLogOdds, sceneLogOdds } from './calibration.ts';
import type { Background } from './similarity.ts';

/** How much of the query the detector knows: nothing, a part ("a red car"), or all of it ("a car"). */
export type Coverage = 'none' | 'partly' | 'covered';

/** Evidence for one patch, or one moment. */
export interface EvidenceFor {
  /** The detector's score of what is wanted, 0 where it saw nothing. */
  object: number;
  /** Cosine of query and patch. */
  similarity: number;
}

/**
 * Makes one score (log-odds) of what the detector and the embedding say.
 *
 * Where the detector knows the whole query, the scene only orders what the detector saw alike. Where it knows a part,
 * both must agree. Where it knows nothing, the scene decides alone.
 */
export function fuser(
  coverage: Coverage,
  { mean, deviation }: Background,
): (evidence: EvidenceFor) => number {
  const scene = (similarity: number) => sceneLogOdds(similarity, (similarity - mean) / deviation);
  const nothing = scene(mean);
  switch (coverage) {
    case 'none':
      return ({ similarity }) => scene(similarity);
    case 'covered':
      return ({ object, similarity }) =>
        objectLogOdds(object) + calibration.fusion.covered * (scene(similarity) - nothing);
    case 'partly':
      return ({ object, similarity }) =>
        logOdds(
          logistic(objectLogOdds(object)) * logistic(scene(similarity) + calibration.fusion.givenObject),
        );
  }
}

/**
 * The highest confidence that a moment may have. What the detector knows and did not see is not there, whatever the
 * embedding and the decoder say.
 */
export function ceilingOf(coverage: Coverage, object: number): number {
  return coverage === 'covered' && object < calibration.object.middle ? logistic(objectLogOdds(object)) : 1;
}
