import { logistic, objectLogOdds, sceneLogOdds, type ModelNumbers } from './calibration.ts';
import type { Background } from './similarity.ts';
import type { WantedObjects } from '../language/parsed-query.ts';

/**
 * How much of the query the detector knows: nothing, a part ("a red car", "a poodle"), some kinds of it ("an animal"),
 * or all of it ("a car").
 */
export type Coverage = 'none' | 'partly' | 'wider' | 'covered';

/** The coverage of a query. */
export function coverageOf({ objects, rest, covered }: WantedObjects): Coverage {
  if (objects.length === 0) return 'none';
  if (covered) return 'covered';
  const widerOrExact = objects.every(({ exact, labels }) => exact || labels.length > 1);
  return rest.length === 0 && widerOrExact ? 'wider' : 'partly';
}

/** Evidence for one temporal patch, or one moment. */
export interface EvidenceFor {
  /** The detector's score of what is wanted, 0 where it saw nothing. */
  object: number;
  /** Cosine of query and temporal patch. */
  similarity: number;
}

/**
 * Makes one score (log-odds) of what the detector and the embedding say.
 *
 * Where the detector knows the whole query, the scene orders what the detector saw alike, and what it didn't see: a
 * drawn thing may be unlike what it was taught. Where it knows a part,
 * what it saw speaks for or against the scene. Where it knows some kinds, either is enough. Where it knows nothing,
 * the scene decides alone.
 */
export function fuser(
  coverage: Coverage,
  background: Background,
  numbers: ModelNumbers,
): (evidence: EvidenceFor) => number {
  const scene = (similarity: number) => sceneLogOdds(numbers, similarity, standout(similarity, background));
  const nothing = scene(background.mean);
  const { covered, partly } = numbers.fusion;
  // What seeing a part of what is asked for, or not seeing it, adds to the scene's log-odds.
  const forScene = (object: number) =>
    Math.min(partly.most, Math.max(partly.least, partly.weight * objectLogOdds(numbers, object)));
  switch (coverage) {
    case 'none':
      return ({ similarity }) => scene(similarity);
    case 'covered':
      return ({ object, similarity }) =>
        either(
          objectLogOdds(numbers, object) + covered.beside * (scene(similarity) - nothing),
          scene(similarity) - covered.doubt,
        );
    case 'partly':
      return ({ object, similarity }) => scene(similarity) + forScene(object);
    case 'wider':
      return ({ object, similarity }) => either(objectLogOdds(numbers, object), scene(similarity));
  }
}

/** Log-odds that at least one of two independent things is so. */
export function either(a: number, b: number): number {
  // 1 - (1 - p)(1 - q) has the odds e^a + e^b + e^(a + b).
  return Math.log(Math.exp(a) + Math.exp(b) + Math.exp(a + b));
}

/**
 * The highest confidence that a moment may have. What the detector knows and did not see is hardly there: only an
 * embedding that is sure of it even after a large doubt may say so (a drawing, which the detector was not taught), and
 * the decoder may not.
 */
export function ceilingOf(
  coverage: Coverage,
  { object, similarity }: EvidenceFor,
  background: Background,
  numbers: ModelNumbers,
): number {
  if (coverage !== 'covered' || object >= numbers.object.middle) return 1;
  const z = standout(similarity, background);
  const scene = sceneLogOdds(numbers, similarity, z) - numbers.fusion.covered.unseen;
  return logistic(Math.max(objectLogOdds(numbers, object), scene));
}

/** By how many standard deviations a similarity stands out. */
export function standout(similarity: number, { mean, deviation }: Background): number {
  return (similarity - mean) / deviation;
}
