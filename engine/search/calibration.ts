import type { Calibration, QueryDialect } from '../protocol/calibration.ts';
import type { Model } from '../inference/types.ts';

/**
 * The numbers of search that don't depend on the model; what its scores mean stands in its `bundle.json`
 * (protocol/calibration.ts), see {@link numbersOf}. Chosen by hand on natural footage, where nothing else is said.
 */
export const calibration = {
  /**
   * A thing has a colour from the second of these shares on, and none of it below the first. What lies around a thing is
   * mostly black, white or grey: these take more. With a vivid colour of the share `called` it is called by that one, however much
   * grey there is around it. It is clear which colour it has where a vivid one has the share `clear.vivid`, or a plain one `plain`
   * with no vivid one of the share `beside`.
   */
  colour: {
    vivid: { least: 0.05, most: 0.2 },
    plain: { least: 0.12, most: 0.35 },
    called: 0.2,
    clear: { vivid: 0.3, plain: 0.5, beside: 0.1 },
  },
  /**
   * P(a moment is what was asked for) by how much of the query its text holds: logistic(share * s + bias), for what is
   * said and for names of files, folders, titles and chapters. Lying inside something that is called so lifts what the
   * pictures show by so many log-odds; text with all of the query's words that is said or read while it may be seen lifts what is
   * unsure by `together`, text with some of them by their share of it, and is lifted itself by the picture's probability.
   */
  text: {
    said: { share: 6, bias: -3.5 },
    name: { share: 5, bias: -3.5 },
    inside: 0.7,
    together: 2,
  },
  /** "Is it shown?": what the log-odds of the best moment count beside those of reading the whole video. */
  shown: { moment: 0.8 },
  /** Where a part of what is asked for is seen and the rest can't be confirmed, a moment is no surer than this. */
  unconfirmed: 0.5,
  /** An answer that two ways of reading disagree about is so much less sure. */
  disagreement: 0.7,
  /** Moments of a thing, where what it does there can't be judged, are so much less sure an answer. */
  unjudged: 0.5,
  /** Below this mean score of its evidence an answer is a guess. */
  supported: 0.5,
  /** Below this the best moment is not a find: "not here". */
  confident: 0.6,
  /**
   * From this on it is told as sure that something isn't there. Eyes miss more than they make up: of what `bench -- trust` was told
   * to be absent with less, half was there.
   */
  absent: 0.9,
  /**
   * What is less likely than not is shown with this share of its log-odds: what nobody saw was there more often than its score says,
   * since eyes miss what is small, dim or partly hidden. Fitted on one half of the clips of `bench -- trust`.
   */
  unlikely: 0.45,
  /** A moment lasts while its score keeps this share of the way from nothing to its peak. */
  fall: 0.5,
} as const;

/** What a model's scores mean, with what is taken where its bundle doesn't say. */
export type ModelNumbers = Required<Omit<Calibration, 'background' | 'cluttered'>> &
  Pick<Calibration, 'background' | 'cluttered'>;

/**
 * For bundles without numbers of their own.
 * - scene: by how far a picture stands out from what unrelated words and pictures have in common, since cosines mean something
 *   else in every space: 0.35 is much in one and out of reach in another. Fitted on the built-in model's own z-scores
 *   (models/training/calibration.json, "z"); with them instead of its own numbers, 59 of the 65 things of the sample recording
 *   are found with confidence instead of 61, and none instead of one of 12 that aren't there.
 * - object: a detector's score is taken for a probability that is wrong at both ends.
 * - fusion, recheck, reading: those of the built-in bundle, which are about how two witnesses are held together.
 */
export const genericNumbers: ModelNumbers = {
  scene: { similarity: 0, standout: 1.84, bias: -6.91 },
  background: undefined,
  cluttered: undefined,
  object: { slope: 10, middle: 0.5, counted: 0.4 },
  dominant: { score: 0.7, area: 0.05 },
  fusion: {
    covered: { beside: 0.5, doubt: 1, unseen: 1 },
    partly: { weight: 0.4, least: -1.5, most: 2.5 },
  },
  recheck: { object: 0, scene: 0.4, order: 0.75, limit: 4 },
  reading: { object: 0, scene: 0.5 },
};

/** A model's own numbers, and generic ones for what its bundle leaves open. */
export function numbersOf({ calibration: own = {} }: Pick<Model, 'calibration'>): ModelNumbers {
  return {
    scene: own.scene ?? genericNumbers.scene,
    background: own.background,
    cluttered: own.cluttered,
    object: own.object ?? genericNumbers.object,
    dominant: own.dominant ?? genericNumbers.dominant,
    fusion: own.fusion ?? genericNumbers.fusion,
    recheck: own.recheck ?? genericNumbers.recheck,
    reading: own.reading ?? genericNumbers.reading,
  };
}

/** How a query is worded where the bundle doesn't say: as it was typed, and as a caption. */
export const genericQueries: QueryDialect = { templates: ['{query}', 'a photo of {query}'] };

/** logistic(x) = 1 / (1 + e^-x). */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Inverse of {@link logistic}; p is kept away from 0 and 1. */
export function logOdds(p: number): number {
  const kept = Math.min(Math.max(p, 1e-6), 1 - 1e-6);
  return Math.log(kept / (1 - kept));
}

/** A probability as it is shown; see `calibration.unlikely`. What is likely stays, and so does any order. */
export function shownProbability(p: number): number {
  return p >= 0.5 ? p : logistic(calibration.unlikely * logOdds(p));
}

/** Log-odds that an object is there, from the detector's score (0 where it saw nothing). */
export function objectLogOdds({ object }: Pick<ModelNumbers, 'object'>, score: number): number {
  return object.slope * (score - object.middle);
}

/** Log-odds that a scene is there, from its similarity and how many deviations it stands out. */
export function sceneLogOdds({ scene }: Pick<ModelNumbers, 'scene'>, similarity: number, z: number): number {
  return scene.similarity * similarity + scene.standout * z + scene.bias;
}

/** Log-odds that text which holds a share of the query's words is what was asked for. */
export function textLogOdds(kind: 'said' | 'on-screen' | 'name', share: number): number {
  const { share: weight, bias } = calibration.text[kind === 'name' ? 'name' : 'said'];
  return weight * share + bias;
}
