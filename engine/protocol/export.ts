import { z } from 'zod';
import { errorDataSchema } from './results.ts';

const seconds = z.number().nonnegative();

/** `export --json`. */
export const exportResultSchema = z.object({
  format: z.string(),
  /** The file that was written, or the folder of clips. */
  out: z.string(),
  /** How many moments it holds. */
  moments: z.int().nonnegative(),
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
        error: errorDataSchema.optional(),
      }),
    )
    .optional(),
});

/** Parsed {@link exportResultSchema}. */
export type ExportResult = z.infer<typeof exportResultSchema>;
