/**
 * The numbers that turn raw scores into probabilities. Everything else in search reads them from here.
 *
 * Where they come from:
 * - object: the detector on 1,512 photographs of 108 kinds. At 0.3 it finds 65 % of what is there and is wrong on
 *   0.5 % of pictures, at 0.4 54 % and 0.2 %; the slope takes 50 scenes in which one false one may hide.
 * - scene, background: 4,800 queries over 40 made videos of held-out shots, half of the queries for things that are
 *   not there (models/training, `python -m longview_training.calibrate_scene`, which prints them again).
 * - recheck: `npm run -s bench -- fusion`, which fits it on the sample recording with queries left out and prints it
 *   again. A weight that doesn't help on those is 0: the second look can't do harm then.
 * - fusion: log-odds, because the same command finds them better than reciprocal ranks; `unseen` is about what the
 *   silence of a detector is worth that finds 54 to 65 % of what is there; the other weights, the text's and the rest are
 *   chosen by hand.
 */
export const calibration = {
  /**
   * P(the object is there) = logistic(slope * (score - middle)); scores as the detector gives them. A frame where it has
   * at least `counted` is told to the user as one that shows it.
   */
  object: { slope: 12, middle: 0.33, counted: 0.25 },
  /**
   * A thing has a colour from the second of these shares on, and none of it below the first. What lies around a thing is
   * mostly black, white or grey: these take more. By hand, on natural footage.
   */
  colour: { vivid: { least: 0.05, most: 0.2 }, plain: { least: 0.12, most: 0.35 } },
  /**
   * What the detector sees in all frames of a stretch with this mean score, on this share of the picture, is what the stretch
   * shows, whatever the decoder calls it: of 615 held-out photographs 45 show such a thing, 37 of them with the right name.
   */
  main: { score: 0.6, area: 0.05 },
  /** P(the scene is there) = logistic(similarity * s + standout * z + bias), z in standard deviations. */
  scene: { similarity: 17.48, standout: 0, bias: -5.72 },
  /** What similarities of unrelated patches look like, worth so many patches; steadies z in small libraries. */
  background: { mean: 0.0226, deviation: 0.0676, patches: 40 },
  /**
   * Where the detector knows the whole query, the scene's log-odds over the background count so much beside it, and
   * alone they count with so much doubt; where it saw nothing they are doubted so much more. Where it knows a part, its log-odds count so much for the scene, within limits.
   */
  fusion: {
    covered: { beside: 0.5, doubt: 1, unseen: 1 },
    partly: { weight: 0.4, least: -1.5, most: 2.5 },
  },
  /**
   * How much the decoder's log-odds of "yes", cut at so many, move the confidence of what the detector saw and of what
   * only looks like it, and what share of that moves it in the list as well: three quarters of it find 2 points more moments in
   * held-out videos (`bench -- model`) than none, and one of 65 more on the sample.
   */
  recheck: { object: 0, scene: 0.4, order: 0.75, limit: 4 },
  /**
   * P(a moment is what was asked for) by how much of the query its text holds: logistic(share * s + bias), for what is
   * said and for names of files, folders, titles and chapters. Lying inside something that is called so lifts what the
   * pictures show by so many log-odds.
   */
  text: { said: { share: 6, bias: -3.5 }, name: { share: 5, bias: -3.5 }, inside: 0.7 },
  /**
   * "Is it shown?": what the log-odds of reading the whole video (by what the best moment was found by: as with the second look,
   * the decoder has nothing to say against what the detector saw) and of the best moment count.
   */
  shown: { reading: { object: 0, scene: 0.5 }, moment: 0.8 },
  /** An answer that two ways of reading disagree about is so much less sure. */
  disagreement: 0.7,
  /** Moments of a thing, where what it does there can't be judged, are so much less sure an answer. */
  unjudged: 0.5,
  /** Below this mean score of its evidence an answer is a guess. */
  supported: 0.5,
  /** Below this the best moment is not a find: "not here". */
  confident: 0.6,
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

/** Log-odds that text which holds a share of the query's words is what was asked for. */
export function textLogOdds(kind: 'said' | 'name', share: number): number {
  const { share: weight, bias } = calibration.text[kind];
  return weight * share + bias;
}
