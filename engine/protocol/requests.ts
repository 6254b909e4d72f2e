import { z } from 'zod';
import { importPrecisions, positionVariants } from './bundle.ts';
import { badArgument } from './errors.ts';
import { gammaExpected, gammaLimits, gammaModes, gammaOf } from './gamma.ts';
import { momentSources } from './reasons.ts';

/** The longest query or question in characters. */
export const maxWords = 2000;

const wordsExpected = `some words, at most ${maxWords} characters`;
const words = z.string(wordsExpected).trim().min(1, wordsExpected).max(maxWords, wordsExpected);
const place = z.string('a video id or path').min(1, 'a video id or path');
const countOf = (max: number) => {
  const expected = `a whole number from 1 to ${max}`;
  return z.int(expected).min(1, expected).max(max, expected);
};

/** What is made of videos only where somebody wants it: it takes its time. */
export const optionalExtractors = ['text', 'speech'] as const;
const optionalExpected = `one of ${optionalExtractors.join(', ')}`;

/** One of {@link optionalExtractors}. */
export type OptionalExtractor = (typeof optionalExtractors)[number];

/** `index`: the files and folders to put into the library. */
export const indexRequestSchema = z.strictObject({
  paths: z.array(z.string().min(1)).min(1, 'at least one file or folder'),
  model: z.string().min(1).optional(),
  /** Sampled frames per second of video. */
  fps: z
    .number('a number from 0.1 to 30')
    .min(0.1, 'a number from 0.1 to 30')
    .max(30, 'a number from 0.1 to 30')
    .optional(),
  /** Index again what is already indexed. */
  force: z.boolean().optional(),
  /** What else is made of every video from now on: text on screen, speech. */
  with: z.array(z.enum(optionalExtractors, optionalExpected)).optional(),
  /** What is spoken from now on, as "en" or "zh"; "auto": found piece by piece. */
  language: z
    .string('a language as "en", or auto')
    .regex(/^(?:auto|[a-z]{2,3}(?:[-_][a-z0-9]+)*)$/i, 'a language as "en", or auto')
    .optional(),
  /** What is made no longer; what was made stays. */
  without: z.array(z.enum(optionalExtractors, optionalExpected)).optional(),
});

/** `remove`: a video's id (or a beginning of it that fits one video only) or path. */
export const removeRequestSchema = z.strictObject({ video: place });

const dayExpected = 'a date as 2024-12-31, or a time as 2024-12-31T18:00:00Z';
const day = z
  .string(dayExpected)
  .regex(/^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?$/, dayExpected)
  .refine((text) => Number.isFinite(Date.parse(text)), dayExpected);
const length = z.number('a number of seconds, 0 or more').nonnegative('a number of seconds, 0 or more');
const sourceExpected = `one of ${momentSources.join(', ')}`;

/** Which videos are searched, and by what evidence; everything given must hold. */
export const filterFields = {
  /** Ids or paths of the videos to search, or folders of them; all where absent. */
  in: z.array(place).min(1).optional(),
  /** Only videos that lie in one of these folders, however deep. */
  folders: z.array(z.string().min(1, 'a folder')).min(1).optional(),
  /** Recorded (where the recording says when, else last modified) on this day or later. */
  after: day.optional(),
  /** Recorded before this day. */
  before: day.optional(),
  /** Length of the whole video in seconds. */
  minSeconds: length.optional(),
  maxSeconds: length.optional(),
  /** Only what was found by one of these. */
  sources: z.array(z.enum(momentSources, sourceExpected)).min(1).optional(),
};

/**
 * The language that the user reads, ISO 639-1: it decides where words could be of several, and answers are given in it. The
 * question's own where absent.
 */
const languageRead = z
  .string('a language as "en"')
  .regex(/^[a-z]{2,3}$/u, 'a language as "en"')
  .optional();

const edge = z.number().min(0).max(1);
const boxExpected = 'left, top, width and height as shares of the picture, from 0 to 1';
const box = z
  .tuple([edge, edge, edge.positive(), edge.positive()], boxExpected)
  .refine(([x, y, w, h]) => x + w <= 1.001 && y + h <= 1.001, boxExpected)
  .optional();
/** A picture inside a request, at most so many characters of base64. */
const maxPicture = 3_000_000;

const shownThere = z.strictObject({ video: place, at: z.number('seconds').nonnegative('seconds'), box });
const broughtAlong = z.strictObject({ image: z.base64('a picture in base64').min(1).max(maxPicture), box });
const likeExpected = 'a picture: a file, or a video and a time';

/** A picture to look like: a file, what a video shows at a time, or the picture itself; `box`: only this part of it. */
export const likeSchema = z.union(
  [z.strictObject({ file: z.string().min(1), box }), shownThere, broughtAlong],
  likeExpected,
);

/** Parsed {@link likeSchema}. */
export type Like = z.infer<typeof likeSchema>;

/** `find`: words, a picture, or both, and where to look. */
export const findRequestSchema = z.strictObject({
  query: words.optional(),
  like: likeSchema.optional(),
  ...filterFields,
  gamma: gammaOf().optional(),
  limit: countOf(1000).optional(),
  /** Re-check the best moments with the decoder (default: true where the bundle reads). */
  refine: z.boolean().optional(),
  language: languageRead,
});

/** The same from a window, which names no file by a path. */
export const windowFindRequestSchema = findRequestSchema.extend({
  like: z.union([shownThere, broughtAlong], likeExpected).optional(),
});

const askGammaExpected = `${gammaExpected}, "auto" or "compare"`;
const gammasExpected = `2 to 8 numbers from ${gammaLimits}`;

/** `ask` and `plan`: a question about a video, some videos, folders, or the whole library. */
export const askRequestSchema = z.strictObject({
  question: words,
  /** Ids or paths of videos, or folders of them; the whole library where absent. */
  in: z.union([place, z.array(place).min(1)], 'the id or path of a video or folder, or a list').optional(),
  gamma: z.union([gammaOf(askGammaExpected), z.enum(gammaModes)], askGammaExpected).optional(),
  /** Which scaling factors "auto" and "compare" run. */
  gammas: z.array(gammaOf(gammasExpected)).min(2, gammasExpected).max(8, gammasExpected).optional(),
  /** Ask the model even where the answer is known. */
  fresh: z.boolean().optional(),
  /** Id of the bundle that reads; the one of the settings, or else the library's own, where absent. */
  model: z.string().min(1).optional(),
  language: languageRead,
});

const variantExpected = `one of ${positionVariants.join(', ')}`;
const precisionExpected = `one of ${importPrecisions.join(', ')}`;

/** `models import`: a checkpoint's folder, and what it doesn't say about itself. */
export const importRequestSchema = z.strictObject({
  folder: z.string().min(1, 'a folder'),
  precision: z.enum(importPrecisions, precisionExpected).optional(),
  /** The position variant that the checkpoint was trained with. */
  positions: z.enum(positionVariants, variantExpected).optional(),
  /** What the bundle is called; the folder's name where absent. */
  id: z.string().optional(),
});

/** Execution providers that may be asked for. */
export const providerChoices = ['auto', 'cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;

/** `models verify`: a bundle, by id or folder, and the folder with what it is compared with. */
export const verifyRequestSchema = z.strictObject({
  bundle: z.string().min(1, 'a bundle’s id or folder'),
  fixtures: z.string().min(1, 'a folder with fixture.safetensors and cases.json'),
  /** The CPU where absent: a comparison is about exactness. */
  provider: z.enum(providerChoices, `one of ${providerChoices.join(', ')}`).optional(),
});

/** Parsed {@link indexRequestSchema}. */
export type IndexRequest = z.infer<typeof indexRequestSchema>;
/** Parsed {@link removeRequestSchema}. */
export type RemoveRequest = z.infer<typeof removeRequestSchema>;
/** Parsed {@link findRequestSchema}. */
export type FindRequest = z.infer<typeof findRequestSchema>;
/** Parsed {@link importRequestSchema}. */
export type ImportRequest = z.infer<typeof importRequestSchema>;
/** Parsed {@link verifyRequestSchema}. */
export type VerifyRequest = z.infer<typeof verifyRequestSchema>;
/** Parsed {@link askRequestSchema}. */
export type AskRequest = z.infer<typeof askRequestSchema>;

/**
 * Parses a request at the border.
 * @throws LongviewError `bad-argument` that names the argument, what it must be, and the value that came.
 */
export function parseRequest<T extends z.ZodType>(schema: T, request: unknown): z.output<T> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue.code === 'unrecognized_keys')
    throw badArgument('a request', 'made of known fields', issue.keys[0]);
  const name = String(issue.path[0] ?? 'the request');
  let value: unknown = request;
  for (const key of issue.path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  throw badArgument(name, issue.message, value);
}
