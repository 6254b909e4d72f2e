import { z } from 'zod';
import { gammaOf } from './gamma.ts';
import { askRequestSchema, maxWords } from './requests.ts';
import type { CallOptions } from './engine.ts';
import type { AskRequest } from './requests.ts';
import type { AskResult, AskRun } from './results.ts';

/** How options are told apart by probability. */
export const choiceWays = ['words', 'letters'] as const;

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();
const place = z.string('a video id or path').min(1, 'a video id or path');

/** How far a bundle is trusted with a context on this machine, and why. */
export const trustedLengthSchema = z.object({
  /** Temporal patches at once. */
  patches: z.int().positive(),
  /**
   * By what the bundle was trained with; by how many temporal patches a checkpoint that looks for itself is given at
   * most; or by a self-test on this machine.
   */
  source: z.enum(['training', 'limit', 'self-test']),
  /** When the self-test was, ISO 8601. */
  testedAt: z.string().optional(),
});

/** `plan --json`: what a question would cost, before it is asked. Upper bounds, but for the seconds. */
export const planResultSchema = z.object({
  question: z.string(),
  /** True where the answer is known and would cost nothing. */
  cached: z.boolean(),
  gammas: z.array(z.number()).min(1),
  /** Videos that would be read, of those asked about, and the seconds of footage in them. */
  videos: count,
  ofVideos: count,
  seconds: z.number().nonnegative(),
  /** Sampled frames and temporal patches that the decoder would see, each counted once. */
  frames: count,
  patches: count,
  /** How often the decoder would be asked (the answer itself and the re-checks), all gammas together. */
  passes: count,
  /** Tokens of all these prompts, visual ones included, and tokens to be written. */
  promptTokens: count,
  newTokens: count,
  /** From the speed measured on this machine so far; null where nothing was asked yet with this bundle. */
  expectedSec: z.number().nonnegative().nullable(),
  /** That speed. */
  speed: z
    .object({ promptTokensPerSec: z.number().positive(), newTokensPerSec: z.number().positive() })
    .nullable(),
  trusted: trustedLengthSchema,
  /** The time scales that the model was trained with; none where it doesn't say. */
  trainedGammas: z.array(z.number()).optional(),
  model: z.string(),
});

/** `rerun`: asks a question of the history again, the way it was asked. */
export const rerunRequestSchema = z.strictObject({ number: z.int().positive() });

/** `limitAnswers`: how many bytes the answers may take; beyond that the least recently used go, pinned ones never. */
export const limitAnswersRequestSchema = z.strictObject({
  bytes: z.int('a whole number of bytes from 0').nonnegative('a whole number of bytes from 0'),
  /** Only now: the limit for later answers stays as it is. */
  once: z.boolean().optional(),
});

/** `limitAnswers --json`. */
export const answersLimitSchema = z.object({ bytes: count, limitBytes: count, removed: count });

const optionsExpected = 'a list of 2 to 26 options';
const option = z.string(optionsExpected).trim().min(1, optionsExpected).max(maxWords, optionsExpected);

/** `choose`: a question with the answers to choose among. */
export const chooseRequestSchema = z.strictObject({
  question: askRequestSchema.shape.question,
  options: z.array(option, optionsExpected).min(2, optionsExpected).max(26, optionsExpected),
  in: askRequestSchema.shape.in,
  gamma: gammaOf().optional(),
  /** Whether the options' own words are scored, or the letters that stand before them. */
  by: z.enum(choiceWays, `one of ${choiceWays.join(', ')}`).optional(),
});

/** What `choose` found. */
export const chooseResultSchema = z.object({
  /** Of each option, in their order; together 1. */
  probabilities: z.array(share),
  /** Index of the most probable. */
  chosen: count,
  by: z.enum(choiceWays),
  /** Temporal patches that were read. */
  patches: count,
});

const lengthExpected = 'whole numbers of temporal patches from 2';

/** `selfTest`: which video the needles are planted in, and how thoroughly. */
export const selfTestRequestSchema = z.strictObject({
  in: place,
  /** The bundle to test; default: the one that answers. */
  model: z.string('the id of a model').min(1, 'the id of a model').optional(),
  /**
   * Lengths to try, in temporal patches; default: doubling, from a quarter of the trained length to eight times it, or
   * to twice of what a checkpoint that looks for itself is given.
   */
  lengths: z.array(z.int(lengthExpected).min(2, lengthExpected)).min(1, lengthExpected).max(16).optional(),
  /** Needles at each length and depth. */
  needles: z.int('a whole number from 1 to 32').min(1).max(32, 'a whole number from 1 to 32').optional(),
  gamma: gammaOf().optional(),
});

/** `selftest --json`. */
export const selfTestResultSchema = z.object({
  videoId: z.string(),
  path: z.string(),
  model: z.string(),
  gamma: z.number(),
  /** One for each length, ascending. */
  lengths: z.array(
    z.object({
      patches: z.int().positive(),
      tokens: z.int().positive(),
      /** Answers right, of all asked. */
      right: count,
      asked: count,
      /** By how deep the needle lay, 0 (at the beginning) to 1. */
      depths: z.array(z.object({ depth: share, right: count, asked: count })),
      /** Of reading and answering once. */
      seconds: z.number().nonnegative(),
    }),
  ),
  /** What would be right by guessing. */
  chance: share,
  /** Share right that a length must reach to be trusted. */
  needed: share,
  /** The longest that is trusted; null where none is: then asking keeps to what the bundle was trained with. */
  safePatches: z.int().positive().nullable(),
  trainedPatches: z.int().positive(),
  wallSec: z.number().nonnegative(),
});

/** `selfTested`: what the last self-test of the bundle in use found on this machine; null where there was none. */
export const selfTestedSchema = z.object({
  found: z
    .object({
      /** The longest context that is trusted, in temporal patches; null where no length passed. */
      patches: z.int().positive().nullable(),
      /** ISO 8601. */
      testedAt: z.string(),
    })
    .nullable(),
});

/** Parsed {@link trustedLengthSchema}. */
export type TrustedLength = z.infer<typeof trustedLengthSchema>;
/** Parsed {@link planResultSchema}. */
export type PlanResult = z.infer<typeof planResultSchema>;
/** Parsed {@link rerunRequestSchema}. */
export type RerunRequest = z.infer<typeof rerunRequestSchema>;
/** Parsed {@link limitAnswersRequestSchema}. */
export type LimitAnswersRequest = z.infer<typeof limitAnswersRequestSchema>;
/** Parsed {@link answersLimitSchema}. */
export type AnswersLimit = z.infer<typeof answersLimitSchema>;
/** Parsed {@link chooseRequestSchema}. */
export type ChooseRequest = z.infer<typeof chooseRequestSchema>;
/** Parsed {@link chooseResultSchema}. */
export type ChooseResult = z.infer<typeof chooseResultSchema>;
/** Parsed {@link selfTestRequestSchema}. */
export type SelfTestRequest = z.infer<typeof selfTestRequestSchema>;
/** Parsed {@link selfTestResultSchema}. */
export type SelfTestResult = z.infer<typeof selfTestResultSchema>;
/** Parsed {@link selfTestedSchema}. */
export type SelfTested = z.infer<typeof selfTestedSchema>;

/** What `ask` and `rerun` take besides a signal. */
export interface AskCallOptions extends CallOptions {
  /** Gets the answer as it is generated; not with several scaling factors. */
  onText?: (piece: string) => void;
  /** With several scaling factors: gets each one's answer when it is there. */
  onRun?: (run: AskRun) => void;
}

/** What goes with asking. Every method parses its request and may throw as `ask` does. */
export interface AskTools {
  /** What a question would cost. Nothing is read by the decoder. */
  plan(request: AskRequest, options?: CallOptions): Promise<PlanResult>;
  /** Asks a question of the history again. @throws LongviewError `bad-argument` for an unknown number. */
  rerun(request: RerunRequest, options?: AskCallOptions): Promise<AskResult>;
  /** Sets how much room the answers may take, and makes it so. */
  limitAnswers(request: LimitAnswersRequest): Promise<AnswersLimit>;
}

/** What measures how well a bundle answers. */
export interface AskMeasures {
  /** Chooses among given answers by their probability. */
  choose(request: ChooseRequest, options?: CallOptions): Promise<ChooseResult>;
  /** Plants needles in a video (in memory) and finds how long a context can be trusted on this machine. */
  selfTest(request: SelfTestRequest, options?: CallOptions): Promise<SelfTestResult>;
  /** What the last one found; nothing is loaded for it. */
  selfTested(): Promise<SelfTested>;
}
