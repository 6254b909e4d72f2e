import { z } from 'zod';
import { askResultSchema, errorDataSchema, videoStatuses } from './results.ts';
import type { CallOptions } from './engine.ts';

const seconds = z.number().nonnegative();
const share = z.number().min(0).max(1);
const place = z.string('a video id or path').min(1, 'a video id or path');
const words = z.string('some words').trim().min(1, 'some words').max(2000, 'at most 2000 characters');

/** `video`: which video to tell more about. */
export const videoRequestSchema = z.strictObject({ video: place });

/** What a window shows of one video beyond its line in the library. */
export const videoDetailsSchema = z.object({
  id: z.string(),
  path: z.string(),
  durationSec: seconds.nullable(),
  status: z.enum(videoStatuses),
  width: z.int().nonnegative(),
  height: z.int().nonnegative(),
  frameRate: z.number().nonnegative(),
  codec: z.string(),
  bytes: z.int().nonnegative(),
  /** ISO 8601; null where the file doesn't say. */
  recordedAt: z.string().nullable(),
  /** Times of the stills at hand, ascending. */
  stills: z.array(seconds),
  /** Times of the shot cuts, ascending; neither 0 nor the end. */
  cuts: z.array(seconds),
  /** What the detector saw, most frequent first. */
  labels: z.array(z.object({ label: z.string(), count: z.int().positive() })),
});

/** `relevance`: words, and the video to hold them against. */
export const relevanceRequestSchema = z.strictObject({ video: place, query: words });

/** How well each stretch of a video fits some words: the strip under the player. */
export const relevanceSchema = z.object({
  /** Where each stretch begins; it lasts to the next one's beginning. Ascending. */
  starts: z.array(seconds),
  /** 0 (like the rest of the video) to 1 (its best). One for each start. */
  scores: z.array(share),
});

/** `seen`: the video to tell of; the whole library where absent. */
export const seenRequestSchema = z.strictObject({ video: place.optional() });

/** Things that a search finds there, most frequent first. */
export const seenResultSchema = z.object({
  things: z.array(
    z.object({
      /** The detector's name of it, which is what to search for. */
      label: z.string(),
      /** Of a video: sampled frames that surely show it. Of the library: moments, at most 20. */
      count: z.int().positive(),
    }),
  ),
});

/** `objects`: what the detector saw in a stretch of a video. */
export const objectsRequestSchema = z.strictObject({
  video: place,
  from: seconds,
  to: seconds,
  labels: z.array(z.string().min(1)).min(1).optional(),
});

/** Objects by the frame that they were seen in. */
export const objectsResultSchema = z.object({
  frames: z.array(
    z.object({
      time: seconds,
      objects: z.array(
        z.object({
          label: z.string(),
          score: share,
          /** [x1, y1, x2, y2] as shares of the picture. */
          box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
        }),
      ),
    }),
  ),
});

/** `answers`: the answers given so far, of one video or all. */
export const answersRequestSchema = z.strictObject({ video: place.optional() });

/** The history of answers, newest first. */
export const answersResultSchema = z.object({
  answers: z.array(
    z.object({
      number: z.int().positive(),
      result: askResultSchema,
      /** ISO 8601. */
      createdAt: z.string(),
      pinned: z.boolean(),
      /** ISO 8601. */
      usedAt: z.string().optional(),
    }),
  ),
  /** What all answers take, and what they may. */
  bytes: z.int().nonnegative().optional(),
  limitBytes: z.int().nonnegative().optional(),
});

/** `editAnswer`: pin an answer, or forget it. */
export const editAnswerRequestSchema = z.strictObject({
  number: z.int().positive(),
  change: z.enum(['pin', 'unpin', 'remove']),
});

/** `storage`: how much room Longview's own files take. */
export const storageResultSchema = z.object({
  folder: z.string(),
  libraryBytes: z.int().nonnegative(),
  cacheBytes: z.int().nonnegative(),
  problem: errorDataSchema.optional(),
});

/** Parsed {@link videoRequestSchema}. */
export type VideoRequest = z.infer<typeof videoRequestSchema>;
/** Parsed {@link videoDetailsSchema}. */
export type VideoDetails = z.infer<typeof videoDetailsSchema>;
/** Parsed {@link relevanceRequestSchema}. */
export type RelevanceRequest = z.infer<typeof relevanceRequestSchema>;
/** Parsed {@link relevanceSchema}. */
export type Relevance = z.infer<typeof relevanceSchema>;
/** Parsed {@link seenRequestSchema}. */
export type SeenRequest = z.infer<typeof seenRequestSchema>;
/** Parsed {@link seenResultSchema}. */
export type SeenResult = z.infer<typeof seenResultSchema>;
/** Parsed {@link objectsRequestSchema}. */
export type ObjectsRequest = z.infer<typeof objectsRequestSchema>;
/** Parsed {@link objectsResultSchema}. */
export type ObjectsResult = z.infer<typeof objectsResultSchema>;
/** Parsed {@link answersRequestSchema}. */
export type AnswersRequest = z.infer<typeof answersRequestSchema>;
/** Parsed {@link answersResultSchema}. */
export type AnswersResult = z.infer<typeof answersResultSchema>;
/** Parsed {@link editAnswerRequestSchema}. */
export type EditAnswerRequest = z.infer<typeof editAnswerRequestSchema>;
/** Parsed {@link storageResultSchema}. */
export type StorageResult = z.infer<typeof storageResultSchema>;

/**
 * What a window needs beside the engine's own commands: details to draw, and the files behind them. Every method
 * may throw LongviewError `bad-argument` and `video-not-in-library`.
 */
export interface LibraryView {
  video(request: VideoRequest): Promise<VideoDetails>;
  /** @throws LongviewError `video-not-indexed`. */
  relevance(request: RelevanceRequest, options?: CallOptions): Promise<Relevance>;
  objects(request: ObjectsRequest): Promise<ObjectsResult>;
  /** What a video or the library can be searched for with success. */
  seen(request: SeenRequest, options?: CallOptions): Promise<SeenResult>;
  answers(request: AnswersRequest): Promise<AnswersResult>;
  editAnswer(request: EditAnswerRequest): Promise<AnswersResult>;
  storage(): Promise<StorageResult>;
  /** Absolute path of a video's footage, for a host to serve. @throws LongviewError `video-missing`. */
  footage(videoId: string): Promise<string>;
  /**
   * Absolute path of the JPEG nearest before a time; undefined where the video has no stills yet. Where that lies before
   * `since`, one of the middle between both is made, if the footage is there.
   */
  still(videoId: string, time: number, since?: number): Promise<string | undefined>;
}
