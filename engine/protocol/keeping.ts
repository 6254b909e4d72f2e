import { z } from 'zod';

const seconds = z.number('a number of seconds, 0 or more').nonnegative('a number of seconds, 0 or more');
const number = z.int('a whole number').positive('a whole number, 1 or more');
const title = z.string('a title').trim().max(2000, 'at most 2000 characters');
const note = z.string('a note').max(10_000, 'at most 10000 characters');
const binName = z.string('a name').trim().min(1, 'a name').max(200, 'at most 200 characters');
const tag = z.string('a tag').trim().min(1, 'a tag').max(100, 'at most 100 characters');
const tags = z.array(tag).max(100, 'at most 100 tags');

/** A moment that somebody wants to find again. It belongs to a content, so that it stays whatever becomes of the file. */
export const keptMomentSchema = z.object({
  number,
  /** Null where the video isn't in the library: its moments come back with it. */
  videoId: z.string().nullable(),
  /** Where it lies or lay last. */
  path: z.string(),
  start: seconds,
  end: seconds,
  /** What was looked for or asked when it was found. */
  title: z.string(),
  note: z.string(),
  favourite: z.boolean(),
  tags: z.array(z.string()),
  /** Numbers of the bins that it is in. */
  bins: z.array(number),
  /** ISO 8601. */
  keptAt: z.string(),
});

/** `kept`, and what every change of it gives: the bins by name, and all moments, newest first. */
export const keptSchema = z.object({
  bins: z.array(z.object({ number, name: z.string(), moments: z.int().nonnegative() })),
  moments: z.array(keptMomentSchema),
});

/** `keep`: moments, and where to put them. The same stretch of the same content is the same moment. */
export const keepRequestSchema = z.strictObject({
  moments: z
    .array(
      z.strictObject({
        video: z.string('a video id or path').min(1, 'a video id or path'),
        start: seconds,
        end: seconds,
        title: title.optional(),
        note: note.optional(),
      }),
    )
    .min(1, 'at least one moment')
    .max(10_000, 'at most 10000 moments'),
  bin: number.optional(),
  /** A bin of this name, which is made where there is none. */
  binNamed: binName.optional(),
  favourite: z.boolean().optional(),
  tags: tags.optional(),
});

/** `changeKept`: what is to be otherwise with some moments. What is in no bin, no favourite and without tags and note goes. */
export const changeKeptRequestSchema = z.strictObject({
  numbers: z.array(number).min(1, 'at least one moment').max(10_000, 'at most 10000 moments'),
  favourite: z.boolean().optional(),
  note: note.optional(),
  addTags: tags.optional(),
  removeTags: tags.optional(),
  addTo: number.optional(),
  removeFrom: number.optional(),
});

/** `forgetKept`: moments that nobody wants to keep any more. */
export const forgetKeptRequestSchema = changeKeptRequestSchema.pick({ numbers: true });

/** `editBin`: makes one (a name alone), renames one, or removes one; its moments stay where they are held otherwise. */
export const editBinRequestSchema = z
  .strictObject({ bin: number.optional(), name: binName.optional(), remove: z.literal(true).optional() })
  .refine(
    ({ bin, name, remove }) => (remove ? bin !== undefined && name === undefined : name !== undefined),
    {
      message: 'a name, or the number of a bin to remove',
      path: ['name'],
    },
  );

/** Parsed {@link keptMomentSchema}. */
export type KeptMoment = z.infer<typeof keptMomentSchema>;
/** Parsed {@link keptSchema}. */
export type Kept = z.infer<typeof keptSchema>;
/** Parsed {@link keepRequestSchema}. */
export type KeepRequest = z.infer<typeof keepRequestSchema>;
/** Parsed {@link changeKeptRequestSchema}. */
export type ChangeKeptRequest = z.infer<typeof changeKeptRequestSchema>;
/** Parsed {@link editBinRequestSchema}. */
export type EditBinRequest = z.infer<typeof editBinRequestSchema>;

/** Moments that are kept: in bins, as favourites, with tags and notes. Every method may throw LongviewError `bad-argument`. */
export interface Keeping {
  kept(): Promise<Kept>;
  /** @throws LongviewError `video-not-in-library`. */
  keep(request: KeepRequest): Promise<Kept>;
  changeKept(request: ChangeKeptRequest): Promise<Kept>;
  forgetKept(request: { numbers: number[] }): Promise<Kept>;
  editBin(request: EditBinRequest): Promise<Kept>;
}
