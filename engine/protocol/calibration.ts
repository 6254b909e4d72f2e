import { z } from 'zod';

const number = z.number().min(-1e6).max(1e6);
const positive = z.number().positive().max(1e6);
const share = z.number().min(0).max(1);

/** What a bundle's raw scores mean: the numbers that make probabilities of them. Each part may be absent. */
export const calibrationSchema = z.strictObject({
  /**
   * P(the scene is there) = logistic(similarity * cosine + standout * z + bias), z being how many standard deviations
   * the cosine lies over the background.
   */
  scene: z.strictObject({ similarity: number, standout: number, bias: number }).optional(),
  /**
   * Cosines of words with temporal patches that have nothing to do with them, worth so many temporal patches of the
   * footage itself.
   */
  background: z
    .strictObject({
      mean: z.number().min(-1).max(1),
      deviation: z.number().positive().max(2),
      patches: z.int().nonnegative().max(1_000_000),
    })
    .optional(),
  /**
   * P(the object is there) = logistic(slope * (score - middle)), scores as the detector gives them. A frame where it
   * has at least `counted` is told to the user as one that shows it.
   */
  object: z.strictObject({ slope: positive, middle: share, counted: share }).optional(),
  /**
   * What the detector sees in all frames of a stretch with this mean score, on this share of the picture, is what the
   * stretch shows, whatever the decoder calls it.
   */
  dominant: z.strictObject({ score: share, area: share }).optional(),
  /**
   * For a bundle whose decoder and embedding were taught single things that fill the picture: footage in whose
   * temporal patches, to this share of them, its detector saw something with this score at least is no such footage.
   * There it names nothing by itself, and doesn't say that something isn't there. Absent: it sees everywhere alike.
   */
  cluttered: z.strictObject({ score: share, share }).optional(),
  /**
   * Where the detector knows the whole query, the scene's log-odds over the background count so much beside it, and
   * alone they count with so much doubt; where it saw nothing they are doubted so much more. Where it knows a part,
   * its log-odds count so much for the scene, within limits.
   */
  fusion: z
    .strictObject({
      covered: z.strictObject({ beside: number, doubt: number, unseen: number }),
      partly: z.strictObject({ weight: number, least: number, most: number }),
    })
    .optional(),
  /**
   * How much the decoder's log-odds of "yes", cut at `limit`, move the confidence of what the detector saw and of what
   * only looks like it, and what share of that moves it in the list as well.
   */
  recheck: z.strictObject({ object: number, scene: number, order: number, limit: positive }).optional(),
  /** "Is it shown?": what the log-odds of reading the whole video count, by what the best moment was found by. */
  reading: z.strictObject({ object: number, scene: number }).optional(),
});

/** Parsed {@link calibrationSchema}. */
export type Calibration = z.infer<typeof calibrationSchema>;

/** Where a query's words stand in a template. */
export const queryMark = '{query}';

const codes = z
  .array(z.string().regex(/^[a-z]{2}$/, 'must be a language as "en"'))
  .min(1)
  .max(200);

/** How a bundle wants a query to be worded before it is compared with pictures. */
export const queriesSchema = z.strictObject({
  /** A query is embedded in each of these wordings; the mean, at unit length, is its vector. */
  templates: z
    .array(
      z
        .string()
        .max(200)
        .refine((template) => template.split(queryMark).length === 2, `must hold ${queryMark} once`),
    )
    .min(1)
    .max(100),
  /** Languages that it can be asked in, ISO 639-1; any where absent. */
  languages: codes.optional(),
  /** Further languages in which it knows what things are called, but no questions. */
  names: codes.optional(),
  /**
   * Languages of the words that it was taught itself; of the others above the engine's word lists (language/lexicon) put a
   * query into the first of these. All of `languages` where absent.
   */
  own: codes.optional(),
});

/** Parsed {@link queriesSchema}. */
export type QueryDialect = z.infer<typeof queriesSchema>;

const names = z.array(z.string().min(1).max(100)).max(100_000);

/** What a bundle was taught words for; what isn't listed it can't be asked about. */
export const trainedVocabularySchema = z.strictObject({
  /** Kinds of things that its decoder says yes and no to: "animal". */
  kinds: names.optional(),
  /** Names of things, as its decoder writes them and its embedding knows them: "ferris wheel". */
  names: names.optional(),
});

/** Parsed {@link trainedVocabularySchema}. */
export type TrainedVocabulary = z.infer<typeof trainedVocabularySchema>;
