import { z } from 'zod';
import { errorDataSchema } from './results.ts';

/** What moments are exported as: the extension of the file that holds them, other names, and who reads it. */
export const exportFormats = {
  edl: { extension: '.edl', aliases: ['cmx3600'], readers: 'nearly every editing program (CMX 3600)' },
  fcpxml: { extension: '.fcpxml', aliases: [], readers: 'Final Cut Pro, DaVinci Resolve' },
  xmeml: { extension: '.xml', aliases: ['premiere'], readers: 'Premiere Pro, DaVinci Resolve' },
  otio: { extension: '.otio', aliases: ['opentimelineio'], readers: 'OpenTimelineIO and what uses it' },
  vtt: { extension: '.vtt', aliases: ['webvtt', 'chapters'], readers: 'players, as chapters' },
  csv: { extension: '.csv', aliases: [], readers: 'tables' },
  json: { extension: '.json', aliases: [], readers: 'programs' },
  /** A folder of video files. */
  clips: { extension: '', aliases: [], readers: 'everything that plays video' },
} as const satisfies Record<string, { extension: string; aliases: readonly string[]; readers: string }>;

/** One of {@link exportFormats}. */
export type ExportFormat = keyof typeof exportFormats;

/** Every format's name, in the order in which they are offered. */
export const exportFormatNames = Object.keys(exportFormats) as [ExportFormat, ...ExportFormat[]];

/** What the lines of a video (its captions, its transcript) are exported as, and the extension of the file. */
export const transcriptFormats = {
  srt: '.srt',
  vtt: '.vtt',
  txt: '.txt',
  csv: '.csv',
  json: '.json',
} as const;

/** One of {@link transcriptFormats}. */
export type TranscriptFormat = keyof typeof transcriptFormats;

/** Every transcript format's name, in the order in which they are offered. */
export const transcriptFormatNames = Object.keys(transcriptFormats) as [
  TranscriptFormat,
  ...TranscriptFormat[],
];

/** What became of an export of lines. */
export const transcriptExportSchema = z.object({
  format: z.enum(transcriptFormatNames),
  /** The file that was written; null where the text came back. */
  out: z.string().nullable(),
  /** How many lines it holds. */
  lines: z.int().positive(),
  /** The video's name. */
  title: z.string(),
});

/** Parsed {@link transcriptExportSchema}. */
export type TranscriptExport = z.infer<typeof transcriptExportSchema>;

const seconds = z.number().nonnegative();

/** `export --json`. */
export const exportResultSchema = z.object({
  format: z.string(),
  /** The file that was written, or the folder of clips; null where the text came back. */
  out: z.string().nullable(),
  /** How many moments it holds. */
  moments: z.int().nonnegative(),
  /** Evidence that was left out because the re-check did not find there what the answer says. */
  unsupported: z.int().nonnegative(),
  /** What was looked for or asked. */
  title: z.string(),
  /** False: nothing is likely to be what was asked for; the moments are only the nearest. */
  confident: z.boolean(),
  /** The timeline's rate: "29.97". */
  frameRate: z.string(),
  dropFrame: z.boolean(),
  /** What should be known of the times: a variable frame rate, a rate that was declared. */
  notes: z.array(z.string()),
  /** Videos whose moments were left out, and why. */
  skipped: z.array(z.object({ path: z.string(), moments: z.int().positive(), error: errorDataSchema })),
  /** The files, where clips were cut; times are what each one really holds of its video. */
  clips: z
    .array(
      z.object({
        number: z.int().positive(),
        path: z.string(),
        videoId: z.string(),
        start: seconds,
        end: seconds,
        /** What of the video is not in the clip: a sound stream that no container takes. */
        leftOut: z.array(z.string()).optional(),
        error: errorDataSchema.optional(),
      }),
    )
    .optional(),
});

/** Parsed {@link exportResultSchema}. */
export type ExportResult = z.infer<typeof exportResultSchema>;
