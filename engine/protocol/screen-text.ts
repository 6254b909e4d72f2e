import { z } from 'zod';

/** What a line on the screen is: `said` is a subtitle that is part of the picture, `on-screen` all the rest. */
export const screenTextKinds = ['on-screen', 'said'] as const;

/** The script of most of a line's letters; `none` where it has only digits and signs. */
export const screenTextScripts = ['latin', 'han', 'kana', 'hangul', 'other', 'none'] as const;

const share = z.number().min(0).max(1);
const seconds = z.number().nonnegative();

/** A line of text that was read in the picture, from when to when. */
export const screenTextLineSchema = z
  .object({
    text: z.string().min(1),
    /** Seconds from the start of the file's own timeline. */
    start: seconds,
    end: seconds,
    /** [x1, y1, x2, y2] as shares of the picture, 0 to 1, where it stood when it was read; upright around a slanted line. */
    box: z.tuple([share, share, share, share]),
    /** Mean probability of its letters, uncalibrated. */
    confidence: share,
    script: z.enum(screenTextScripts),
    kind: z.enum(screenTextKinds),
    /** It ran or scrolled through the picture: a ticker, credits. */
    moving: z.boolean(),
  })
  .refine(({ start, end }) => end >= start, 'a line ends after it starts');

/** One of {@link screenTextKinds}. */
export type ScreenTextKind = (typeof screenTextKinds)[number];

/** One of {@link screenTextScripts}. */
export type ScreenTextScript = (typeof screenTextScripts)[number];

/** See {@link screenTextLineSchema}. */
export type ScreenTextLine = z.infer<typeof screenTextLineSchema>;
