import { z } from 'zod';
import { capabilities, positionVariants } from './bundle.ts';
import { errorCodes } from './errors.ts';
import { momentSources, whySchema } from './reasons.ts';
import { askRequestSchema } from './requests.ts';

/** An error as data, the shape that crosses every border; see {@link ErrorData}. */
export const errorDataSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  remedy: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});

/** What `--json` prints when a command fails. A bug has the code "internal". */
export const failureSchema = z.object({
  error: z.object({ code: z.union([z.enum(errorCodes), z.literal('internal')]), ...textFields() }),
});

function textFields() {
  return { message: z.string(), remedy: z.string() };
}

const seconds = z.number().nonnegative();
const share = z.number().min(0).max(1);

/** What happened to one file of an `index` call. */
export const indexStatuses = ['indexed', 'unchanged', 'moved', 'failed', 'cancelled'] as const;

/** `index --json`. */
export const indexResultSchema = z.object({
  videos: z.array(
    z.object({
      /** Null where the file never became a video of the library. */
      id: z.string().nullable(),
      path: z.string(),
      durationSec: seconds.nullable(),
      status: z.enum(indexStatuses),
      /** Temporal patches (two frames each) in the index. */
      patches: z.int().nonnegative(),
      error: errorDataSchema.optional(),
      /** What could not be made of it, where the rest could: its sound, say. */
      problems: z.array(z.object({ extractor: z.string(), error: errorDataSchema })).optional(),
    }),
  ),
  wallSec: seconds,
  /** Seconds of video indexed per second of work; 0 where nothing had to be indexed. */
  realtimeFactor: z.number().nonnegative(),
});

/** Where a video of the library stands. */
export const videoStatuses = ['indexed', 'pending', 'partial', 'failed', 'missing'] as const;

/** A video of the library, in `library --json` and `remove --json`. */
export const libraryVideoSchema = z.object({
  id: z.string(),
  path: z.string(),
  durationSec: seconds.nullable(),
  status: z.enum(videoStatuses),
  patches: z.int().nonnegative(),
  /** Bundle that it is indexed with. */
  model: z.string().nullable(),
  /** ISO 8601. */
  addedAt: z.string(),
  error: errorDataSchema.optional(),
});

/** `library --json`. */
export const libraryResultSchema = z.object({
  folder: z.string(),
  videos: z.array(libraryVideoSchema),
});

/** `remove --json`. The footage itself is never touched. */
export const removeResultSchema = z.object({ removed: libraryVideoSchema });

/** A stretch of a video that answers a query. Times in seconds from the start of the file's own timeline. */
export const momentSchema = z.object({
  videoId: z.string(),
  path: z.string(),
  start: seconds,
  end: seconds,
  /** What the list is ordered by; larger is better, comparable within one answer only. */
  score: z.number(),
  /** Calibrated probability that this moment shows what was asked for. */
  confidence: share,
  /** Which evidence carried it. */
  source: z.enum(momentSources),
  /** Why it was found, in English; `why` says the same as data. */
  reason: z.string(),
  /** Why it was found, the strongest reason first. */
  why: z.array(whySchema).optional(),
  /** Where the footage isn't as it was indexed: gone, or other content at its place. Index it again. */
  footage: z.enum(['missing', 'changed']).optional(),
  /** The decoder's own probability of "yes, this is shown", once it was asked. */
  checked: share.optional(),
  /** True where only key frames were looked at yet: where it begins and ends is known to some seconds. */
  rough: z.boolean().optional(),
});

/** How the words of a query were read, where that isn't as they stand. */
export const queryWordsSchema = z.object({
  /** Of this language, ISO 639-1, where that is known. */
  language: z.string().optional(),
  /** In English, where they were put into it to be looked for. */
  as: z.string().optional(),
  /** Words that the model has no name for; empty where something was surely found. */
  unknown: z.array(z.string()),
  /** Words near to those that it knows. */
  near: z.array(z.string()),
  /** Where it understands nothing of it: languages that it can be asked in, ISO 639-1. */
  languages: z.array(z.string()).optional(),
});

/** `find --json`. */
export const findResultSchema = z.object({
  query: z.string(),
  gamma: z.number(),
  model: z.string(),
  /** False: nothing here is likely to be what was asked for; the moments are only the nearest. */
  confident: z.boolean(),
  moments: z.array(momentSchema),
  latencyMs: z.number().nonnegative(),
  /** How much footage was searched. */
  examined: z.object({ videos: z.int().nonnegative(), seconds }),
  /** The library as a whole: only what is indexed can be searched. */
  library: z.object({ videos: z.int().nonnegative(), indexed: z.int().nonnegative() }).optional(),
  /** Videos that were left out because they are indexed with another bundle. */
  skipped: z.int().nonnegative(),
  /** True once the best were re-checked by the decoder. */
  refined: z.boolean(),
  words: queryWordsSchema.optional(),
  /** Why the pictures weren't searched, where they weren't; what is said, read or called so was all the same. */
  cannot: z.lazy(() => cannotSchema).optional(),
});

/** A moment that supports an answer, or was named as such and failed its re-check. */
export const evidenceSchema = z.object({
  /** Where it is; the answer's own video where absent (answers of earlier versions). */
  videoId: z.string().optional(),
  path: z.string().optional(),
  start: seconds,
  end: seconds,
  score: share,
  /** What is seen there, in English; `why` says the same as data. */
  reason: z.string(),
  why: z.array(whySchema).optional(),
  /** False: the re-check did not find there what the answer says. */
  supported: z.boolean().optional(),
});

/** A part of an answer that can be right or wrong by itself. */
export const statementSchema = z.object({
  text: z.string(),
  /** False: no moment of the footage was found to prove it. It is told all the same. */
  supported: z.boolean(),
  /** Of its best moment. */
  score: share,
  /** Its moments, as numbers in the answer's `evidence`. */
  evidence: z.array(z.int().nonnegative()),
});

const askTiming = z.object({
  prefillMs: z.number().nonnegative(),
  decodeMs: z.number().nonnegative(),
  /** Generated tokens. */
  tokens: z.int().nonnegative(),
  /** From question to answer, retrieval included. */
  totalMs: z.number().nonnegative(),
  /** Until the first words of the answer could be shown. */
  firstMs: z.number().nonnegative().optional(),
});

/** Why there is no answer. The first five are about the question alone: it wasn't asked of any footage. */
export const cannotCodes = [
  'language',
  'greeting',
  'statement',
  'incomplete',
  'several',
  'unknown-thing',
  'unknown-question',
  'unclear-footage',
  'class-only',
  'not-heard',
  'not-read',
  'outside',
] as const;

/** Why there is no answer, as data that a window words in its user's language; `answer` says it in English. */
export const cannotSchema = z.object({
  code: z.enum(cannotCodes),
  /** What the model has no words for. */
  thing: z.string().optional(),
  /** Languages that the model understands, ISO 639-1. */
  languages: z.array(z.string()).optional(),
});

/** Parsed {@link cannotSchema}. */
export type Cannot = z.infer<typeof cannotSchema>;

/** The answer at one of several scaling factors. */
export const askRunSchema = z.object({
  gamma: z.number(),
  answer: z.string(),
  confidence: share,
  confident: z.boolean(),
  evidence: z.array(evidenceSchema),
  statements: z.array(statementSchema),
  /** Why it can't be told, where it can't. */
  cannot: cannotSchema.optional(),
  /** False: the decoder wasn't asked, so that the time scale has no effect. */
  decoder: z.boolean().optional(),
  timing: askTiming,
});

/** `ask --json`. */
export const askResultSchema = z.object({
  question: z.string(),
  answer: z.string(),
  gamma: z.number(),
  model: z.string(),
  cached: z.boolean(),
  /** How sure the model is, 0 to 1. */
  confidence: share,
  /** False: the answer is a guess, or nothing in the video supports it. */
  confident: z.boolean(),
  /** The moments that prove it; of a count or an order every occurrence, in time order. */
  evidence: z.array(evidenceSchema),
  timing: askTiming,
  /** The video that it is about; of several, the one of the first piece of evidence. */
  videoId: z.string(),
  path: z.string(),
  /** Temporal patches that the decoder read, of how many. */
  read: z.object({ patches: z.int().nonnegative(), ofPatches: z.int().nonnegative() }),
  /** What the answer says, piece by piece, each with its proof. */
  statements: z.array(statementSchema).optional(),
  /** Why it can't be told, where it can't: nothing is claimed then, neither that it is there nor that it isn't. */
  cannot: cannotSchema.optional(),
  /** False: the decoder wasn't asked, so that the time scale has no effect. */
  decoder: z.boolean().optional(),
  /** Where several scaling factors were asked: each one's answer, in the order of the factors. */
  runs: z.array(askRunSchema).optional(),
  /** The share of them that give this answer; `confidence` is the same number then. */
  agreement: share.optional(),
  /** The videos that were read, of those that were asked about; `skipped` are indexed with another bundle. */
  scope: z
    .object({
      videos: z.int().nonnegative(),
      ofVideos: z.int().nonnegative(),
      skipped: z.int().nonnegative(),
      seconds,
    })
    .optional(),
  /** What to know about the videos: one is gone or changed since it was indexed. */
  notices: z.array(errorDataSchema).optional(),
  /** The answer in the language that was asked for, where that isn't English; names that no list holds stay as they are. */
  translated: z.object({ language: z.string(), answer: z.string() }).optional(),
  /** What was asked, to ask it again. */
  request: askRequestSchema.pick({ in: true, gamma: true, gammas: true, model: true }).optional(),
});

/** A bundle at hand, in `models --json`. */
export const modelInfoSchema = z.object({
  id: z.string(),
  name: z.string(),
  architecture: z.string(),
  precision: z.string(),
  /** Null for a bundle that doesn't read. */
  positionVariant: z.enum(positionVariants).nullable(),
  trainedGammas: z.array(z.number()),
  /** "hear": it recognises speech. */
  can: z.array(z.enum([...capabilities, 'hear'])),
  bytes: z.int().nonnegative(),
  licence: z.string(),
  provenance: z.string(),
  folder: z.string(),
  /** True for the bundle that ships with Longview. */
  builtin: z.boolean(),
  /** True for the bundle that this library is indexed with, and for its speech model. */
  active: z.boolean(),
  /** Why it can't be used, where it can't. */
  problem: errorDataSchema.optional(),
});

/** `models --json`. */
export const modelsResultSchema = z.object({ models: z.array(modelInfoSchema) });

/** `models import --json`. */
export const importResultSchema = z.object({
  model: modelInfoSchema,
  /** Why these positions, where nobody said which; how fast it is. */
  note: z.string().optional(),
  /** Of an image-text encoder that was fetched: minutes that an hour of video takes it, as it was tried here. */
  minutesAnHour: z.int().positive().optional(),
});

/** Largest absolute differences; null where they are beyond number. */
const compared = {
  pixels: z.number().nullable(),
  vision: z.number().nullable(),
  positions: z.number().nullable(),
  logits: z.number().nullable(),
  /** Share of positions whose most probable token is the same. */
  argmaxAgreement: share,
  /** The greedy continuation is the same, token by token. */
  generatedEqual: z.boolean(),
};

/** `models verify --json`. */
export const verifyResultSchema = z.object({
  bundle: z.string(),
  provider: z.string(),
  precision: z.string(),
  cases: z.array(z.object({ name: z.string(), ...compared })),
  worst: z.object(compared),
  ok: z.boolean(),
  /** What explains differences that are none of the weights', or what the fixture doesn't cover. */
  note: z.string().optional(),
});

/** One thing that `doctor` looked for. */
export const checkSchema = z.object({
  name: z.string(),
  ok: z.boolean(),
  /** What was found: a version, a folder, a list. */
  found: z.string(),
  /** What to do where it is missing. */
  remedy: z.string().optional(),
  /** True where it can't be used and nothing needs it: neither right nor wrong. */
  unused: z.boolean().optional(),
});

/** `doctor --json`. */
export const doctorResultSchema = z.object({ ok: z.boolean(), checks: z.array(checkSchema) });

/** Parsed {@link indexResultSchema}. */
export type IndexResult = z.infer<typeof indexResultSchema>;
/** Parsed {@link libraryVideoSchema}. */
export type LibraryVideo = z.infer<typeof libraryVideoSchema>;
/** Parsed {@link libraryResultSchema}. */
export type LibraryResult = z.infer<typeof libraryResultSchema>;
/** Parsed {@link removeResultSchema}. */
export type RemoveResult = z.infer<typeof removeResultSchema>;
/** Parsed {@link momentSchema}. */
export type Moment = z.infer<typeof momentSchema>;
/** Parsed {@link queryWordsSchema}. */
export type QueryWords = z.infer<typeof queryWordsSchema>;
/** Parsed {@link findResultSchema}. */
export type FindResult = z.infer<typeof findResultSchema>;
/** Parsed {@link evidenceSchema}. */
export type Evidence = z.infer<typeof evidenceSchema>;
/** Parsed {@link statementSchema}. */
export type Statement = z.infer<typeof statementSchema>;
/** Parsed {@link askRunSchema}. */
export type AskRun = z.infer<typeof askRunSchema>;
/** Parsed {@link askResultSchema}. */
export type AskResult = z.infer<typeof askResultSchema>;
/** Parsed {@link modelInfoSchema}. */
export type ModelInfo = z.infer<typeof modelInfoSchema>;
/** Parsed {@link modelsResultSchema}. */
export type ModelsResult = z.infer<typeof modelsResultSchema>;
/** Parsed {@link importResultSchema}. */
export type ImportResult = z.infer<typeof importResultSchema>;
/** Parsed {@link verifyResultSchema}. */
export type VerifyResult = z.infer<typeof verifyResultSchema>;
/** Parsed {@link checkSchema}. */
export type Check = z.infer<typeof checkSchema>;
/** Parsed {@link doctorResultSchema}. */
export type DoctorResult = z.infer<typeof doctorResultSchema>;
