import { z } from 'zod';
import { transcriptFormatNames } from './export.ts';
import { exportTargets, type Exported, type ExportPlace } from './window.ts';
import type { CallOptions } from './engine.ts';
import { screenTextKinds } from './screen-text.ts';

const seconds = z.number().nonnegative();
const share = z.number().min(0).max(1);

/** A word as it was said. */
export const transcriptWordSchema = z.strictObject({ start: seconds, end: seconds, text: z.string().min(1) });

/** A sentence or phrase as it was said, in seconds on the video's own timeline. */
export const transcriptLineSchema = z.strictObject({
  start: seconds,
  end: seconds,
  text: z.string().min(1),
  /** Its words in order; absent where only the line's times are known. */
  words: z.array(transcriptWordSchema).optional(),
  /** BCP 47: "en", "zh". */
  language: z.string().optional(),
  /** "Speaker 1", or the name that a person gave. */
  speaker: z.string().optional(),
  /** How sure the recogniser is, where it tells. */
  confidence: share.optional(),
  /** A person wrote this text. */
  corrected: z.literal(true).optional(),
});

/**
 * What a person put right in a transcript: the text of one line. It holds on to the line's time and not to its number,
 * so that it stays when the speech is recognised again, with another model too; see `correctLines` in engine/speech.
 */
export const transcriptCorrectionSchema = z.strictObject({
  /** The line's times as they were when it was corrected. */
  start: seconds,
  end: seconds,
  /** What the line said. */
  was: z.string(),
  /** What it says now; empty: nothing was said there. */
  text: z.string(),
  /** A name for who says it. */
  speaker: z.string().min(1).optional(),
  /** When it was corrected, ISO 8601. */
  at: z.string(),
  /** Who corrected it, where a team shares the library. */
  by: z.string().optional(),
});

/**
 * Where what is said is known from. "captions": a subtitle file or stream that came with the video; "speech": recognised;
 * "burnt-in": subtitles that were read in the picture.
 */
export const transcriptSources = ['captions', 'speech', 'burnt-in'] as const;

const source = z.enum(transcriptSources, 'captions, speech or burnt-in');

/** `transcript --json`: everything that is said in one video, from one source. */
export const transcriptSchema = z.strictObject({
  videoId: z.string(),
  path: z.string(),
  durationSec: seconds.nullable(),
  source,
  /** Of captions, as the file names it; null where it doesn't, or where languages differ from line to line. */
  language: z.string().nullable(),
  /** What recognised it; null for captions. */
  model: z.string().nullable(),
  /** Seconds of the video that were heard; less than its length while it goes on. */
  heardSec: seconds,
  lines: z.array(transcriptLineSchema),
  /** All that the video has, what is shown first leading; each is asked for by its source and language. */
  sources: z.array(z.strictObject({ source, language: z.string().nullable(), lines: z.int().nonnegative() })),
});

const place = z.string('a video id or path').min(1, 'a video id or path');
const time = z.number('a number of seconds, 0 or more').nonnegative('a number of seconds, 0 or more');

/** `transcript`: a video, and where what is said comes from. */
export const transcriptRequestSchema = z.strictObject({
  video: place,
  /** Where absent: the file's captions where it has some, else what was heard, else burnt-in subtitles. */
  source: source.optional(),
  /** Of captions in several languages; as the file names it. */
  language: z.string().min(1).optional(),
});

/** What lines are exported as: texts, or an editing program's markers with the lines as their names. */
export const lineFormatNames = [...transcriptFormatNames, 'edl', 'fcpxml', 'xmeml', 'otio'] as const;

/** `exportTranscript`: the lines of a video as a file. */
export const exportTranscriptRequestSchema = transcriptRequestSchema.extend({
  format: z.enum(lineFormatNames, `one of ${lineFormatNames.join(', ')}`),
  /** As in `exportMoments`. */
  to: z.enum(exportTargets, `one of ${exportTargets.join(', ')}`).optional(),
});

/** `screenText`: a video. */
export const screenTextRequestSchema = z.strictObject({ video: place });

/** What was read in the pictures of one video. */
export const screenTextResultSchema = z.strictObject({
  videoId: z.string(),
  path: z.string(),
  durationSec: seconds.nullable(),
  /** Seconds of the video that were read; 0 where nobody looked. */
  readSec: seconds,
  lines: z.array(
    z.strictObject({
      start: seconds,
      end: seconds,
      text: z.string().min(1),
      /** "said": a subtitle that is part of the picture. */
      kind: z.enum(screenTextKinds),
      /** [x1, y1, x2, y2] as shares of the picture, where it stood when it was read. */
      box: z.tuple([share, share, share, share]).optional(),
      confidence: share.optional(),
      /** It ran or scrolled through the picture. */
      moving: z.literal(true).optional(),
    }),
  ),
});

/** `correctTranscript`: what a line says, by its times. An empty text: nothing was said there. */
export const correctionRequestSchema = z
  .strictObject({
    video: place,
    start: time,
    end: time,
    text: z.string('a text').max(2000, 'at most 2000 characters'),
    speaker: z.string().trim().min(1, 'a name').max(200, 'at most 200 characters').optional(),
  })
  .refine(({ start, end }) => end >= start, { path: ['end'], message: 'a time after the start' });

/** Parsed {@link transcriptWordSchema}. */
export type TranscriptWord = z.infer<typeof transcriptWordSchema>;
/** Parsed {@link transcriptLineSchema}. */
export type TranscriptLine = z.infer<typeof transcriptLineSchema>;
/** Parsed {@link transcriptCorrectionSchema}. */
export type TranscriptCorrection = z.infer<typeof transcriptCorrectionSchema>;
/** Parsed {@link transcriptSchema}. */
export type Transcript = z.infer<typeof transcriptSchema>;
/** Parsed {@link transcriptRequestSchema}. */
export type TranscriptRequest = z.infer<typeof transcriptRequestSchema>;
/** Parsed {@link correctionRequestSchema}. */
export type CorrectionRequest = z.infer<typeof correctionRequestSchema>;

/** One of {@link transcriptSources}. */
export type TranscriptSource = (typeof transcriptSources)[number];
/** Parsed {@link exportTranscriptRequestSchema}. */
export type ExportTranscriptRequest = z.infer<typeof exportTranscriptRequestSchema>;
/** Parsed {@link screenTextResultSchema}. */
export type ScreenTextResult = z.infer<typeof screenTextResultSchema>;

/** What is said and written, line by line. */
export interface TranscriptTools {
  /** What is said in a video; without lines where nothing is known of it. @throws LongviewError `video-not-in-library`. */
  transcript(request: TranscriptRequest): Promise<Transcript>;
  /**
   * Puts right what was heard; it stays right when the video is heard again.
   * @returns the lines as they are now
   * @throws LongviewError `bad-argument`, `video-not-in-library`, `nothing-to-export` where nothing was heard
   */
  correctTranscript(request: CorrectionRequest): Promise<Transcript>;
  /**
   * Writes what is said to a place of the host's, or gives it back as a text.
   * @throws LongviewError `nothing-to-export`; what writing throws
   */
  exportTranscript(
    request: ExportTranscriptRequest,
    options?: CallOptions & { place?: ExportPlace },
  ): Promise<Exported>;
  /** What was read in the pictures of a video; without lines where nobody looked. */
  screenText(request: { video: string }): Promise<ScreenTextResult>;
}
