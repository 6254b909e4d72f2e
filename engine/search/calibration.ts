/**
 * The numbers that turn raw scores into probabilities. Everything else in search reads them from here.
 *
 * An object's evidence is the detector's own score; a scene's evidence is how far a patch's similarity to the query
 * stands out of all the patches searched, so that it means the same for every query and library.
 */
export const calibration = {
  /** P(the object is there) = logistic(slope * (score - middle)); scores as the detector gives them. */
  object: { slope: 12, middle: 0.33 },
  /** P(the scene is there) = logistic(similarity * s + standout * z + bias), z in standard deviations. */
  scene: { similarity: 8, standout: 0.6, bias: -5.2 },
  /** What similarities of unrelated patches look like, worth so many patches; steadies z in small libraries. */
  background: { mean: 0.05, deviation: 0.12, patches: 40 },
  /**
   * Where the detector knows the whole query, the scene's log-odds over the background count so much. Where it knows a
   * part, its log-odds count so much for the scene, within limits.
   */
  fusion: { covered: 0.15, partly: { weight: 0.4, least: -1.5, most: 2.5 } },
  /** How much the decoder's log-odds of "yes" move a moment's; its answer is cut at so many log-odds. */
  recheck: { weight: 0.4, limit: 4 },
  /** "Is it shown?": what the log-odds of reading the whole video and of the best moment count. */
  shown: { reading: 0.5, moment: 0.8 },
  /** An answer that two ways of reading disagree about is so much less sure. */
  disagreement: 0.7,
  /** Below this the best moment is not a find: "not here". */
  confident: 0.5,
  /** A moment lasts while its score keeps this share of the way from nothing to its peak. */
  fall: 0.5,
} as const;

/** logistic(x) = 1 / (1 + e^-x). */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Inverse of {@link logistic}; p is kept away from 0 and 1. */
export function logOdds(p: number): number {
  const kept = Math.min(Math.max(p, 1e-6), 1 - 1e-6);
  return Math.log(kept / (1 - kept));
}

/** Log-odds that an object is there, from the detector's score (0 where it saw nothing). */
export function objectLogOdds(score: number): number {
  return calibration.object.slope * (score - calibration.object.middle);
}

/** Log-odds that a scene is there, from its similarity and how many deviations it stands out. */
export function sceneLogOdds(similarity: number, z: number): number {
  const { similarity: weight, standout, bias } = calibration.scene;
  return weight * similarity + standout * z + bias;
}
