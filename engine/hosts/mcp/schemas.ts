import { z } from 'zod';
import { exportFormatNames } from '../../protocol/export.ts';
import { cannotCodes, queryWordsSchema, videoStatuses } from '../../protocol/results.ts';
import { transcriptSchema } from '../../protocol/transcript.ts';
import { filterFields, maxWords } from '../../protocol/requests.ts';

const seconds = z.number().nonnegative();
const video = z
  .string()
  .min(1)
  .max(4096)
  .describe('A video: its id as "list" or "find" tells it, or its file name where only one is called so.');
const places = z
  .array(z.string().min(1).max(4096))
  .min(1)
  .max(100)
  .describe('Only these: ids or names of videos, or folders. Everything that may be seen where absent.');
const count = (most: number, usual: number) =>
  z.int().min(1).max(most).optional().describe(`How many at most (default ${usual}).`);

/** Which video something is about, as every tool tells it. */
const ofVideo = {
  video: z.string().describe('The video’s id.'),
  name: z.string().describe('Its file’s name.'),
  folder: z.string().describe('The folder that it lies in.'),
  path: z.string().optional().describe('Where it lies, if that may be told.'),
};

/** A stretch of a video that can be looked up: the proof of what is said. Times in seconds from the video's beginning. */
const citation = z.object({
  ...ofVideo,
  start: seconds,
  end: seconds,
  time: z.string().describe('The same as people write it: "0:01:02.0 – 0:01:07.5".'),
  text: z.string().describe('What is seen, said or written there.'),
  confidence: z.number().min(0).max(1),
});

/** What each tool takes, by name. */
export const inputs = {
  list: z.strictObject({
    in: places.optional(),
    name: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Only videos whose file or folder name has this in it.'),
    limit: count(200, 50),
    from: z.int().nonnegative().optional().describe('Go on here: the "next" of the call before.'),
  }),
  find: z.strictObject({
    query: z
      .string()
      .trim()
      .min(1)
      .max(maxWords)
      .describe(
        'What is shown (in English) or said (as it was said, in any language), in a few words: "a red car", "海边".',
      ),
    in: places.optional(),
    after: filterFields.after.describe('Recorded on this day or later: 2026-05-31.'),
    before: filterFields.before.describe('Recorded before this day.'),
    sources: filterFields.sources.describe('Only what was found by these kinds of evidence.'),
    limit: count(50, 10),
  }),
  ask: z.strictObject({
    question: z
      .string()
      .trim()
      .min(1)
      .max(maxWords)
      .describe(
        'One question about what the videos show, in English, or another language that the model knows.',
      ),
    in: places.optional(),
  }),
  transcript: z.strictObject({
    video,
    from: seconds.optional().describe('From this second on.'),
    to: seconds.optional().describe('Up to this second.'),
    limit: count(500, 200),
  }),
  still: z.strictObject({ video, time: seconds.describe('In seconds from the video’s beginning.') }),
  export: z.strictObject({
    title: z.string().trim().min(1).max(200).describe('Becomes the file’s name.'),
    format: z.enum(exportFormatNames).exclude(['clips']),
    moments: momentsOf(1000),
  }),
  clip: z.strictObject({
    title: z.string().trim().min(1).max(200).describe('Becomes the folder’s name.'),
    moments: momentsOf(50),
    exact: z
      .boolean()
      .optional()
      .describe('Encode again, so that clips begin and end on the very frames. Slower.'),
  }),
};

function momentsOf(most: number) {
  return z
    .array(z.strictObject({ video, start: seconds, end: seconds, note: z.string().max(500).optional() }))
    .min(1)
    .max(most);
}

const written = {
  file: z.string().describe('What was written: a file, or a folder of clips.'),
  moments: z.int().nonnegative(),
  notes: z.array(z.string()),
  skipped: z.array(z.string()).describe('What was left out, and why.'),
};

/** What each tool gives as data, by name. */
export const outputs = {
  list: z.object({
    videos: z.array(
      z.object({
        ...ofVideo,
        seconds: seconds.nullable(),
        status: z.enum(videoStatuses).describe('Only what is indexed or partial can be searched.'),
        added: z.string(),
      }),
    ),
    total: z.int().nonnegative(),
    next: z.int().nonnegative().nullable(),
  }),
  find: z.object({
    confident: z.boolean().describe('False: nothing here is likely to be what was asked for.'),
    moments: z.array(citation.extend({ source: z.string() })),
    searched: z.object({ videos: z.int().nonnegative(), seconds }),
    words: queryWordsSchema.optional().describe('How the query was read, where that isn’t as it stands.'),
    cannot: z.enum(cannotCodes).optional().describe('Why pictures weren’t searched, where they weren’t.'),
    notSearched: z.int().nonnegative().describe('Videos that aren’t indexed yet, or with another model.'),
  }),
  ask: z.object({
    answer: z.string().describe('In English.'),
    translated: z
      .string()
      .optional()
      .describe('The answer in the question’s language, where that isn’t English.'),
    confident: z.boolean().describe('False: take the answer as a guess.'),
    confidence: z.number().min(0).max(1),
    cannot: z.enum(cannotCodes).optional().describe('Why it can’t be told, where it can’t.'),
    languages: z.array(z.string()).optional().describe('Languages to ask in instead.'),
    citations: z.array(
      citation.extend({ supported: z.boolean().describe('False: looked at again, it didn’t show that.') }),
    ),
    statements: z.array(
      z.object({
        text: z.string(),
        supported: z.boolean(),
        citations: z.array(z.int().nonnegative()).describe('Numbers in "citations", from 0.'),
      }),
    ),
    notices: z.array(z.string()),
  }),
  transcript: z.object({
    ...ofVideo,
    source: transcriptSchema.shape.source,
    lines: z.array(
      z.object({
        start: seconds,
        end: seconds,
        text: z.string(),
        speaker: z.string().optional(),
        language: z.string().optional(),
      }),
    ),
    heardSeconds: seconds.describe('So much of the video was heard.'),
    next: seconds.nullable().describe('Go on from this second; null: that was all.'),
  }),
  still: z.object({
    ...ofVideo,
    time: seconds.describe('The time of the picture, at or before the one that was asked for.'),
    mimeType: z.string(),
    bytes: z.int().positive(),
  }),
  export: z.object(written),
  clip: z.object({ ...written, clips: z.array(z.string()).describe('Names of the files in it.') }),
};

/** What a tool takes, parsed. */
export type Input<Name extends keyof typeof inputs> = z.output<(typeof inputs)[Name]>;
/** What a tool gives as data. */
export type Output<Name extends keyof typeof outputs> = z.output<(typeof outputs)[Name]>;
