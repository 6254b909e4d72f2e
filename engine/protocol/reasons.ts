import { z } from 'zod';
import { clock } from './clock.ts';
import { colours } from './colours.ts';
import { headings, type Heading } from './headings.ts';
import { plural } from './plural.ts';

/**
 * Kinds of evidence by which a moment may be found. "said" is what a subtitle says or was heard, "on-screen" what was
 * read in the picture, "sound" how it sounds.
 */
export const momentSources = ['object', 'scene', 'said', 'on-screen', 'sound', 'name'] as const;

/** One of {@link momentSources}. */
export type MomentSource = (typeof momentSources)[number];

const share = z.number().min(0).max(1);
const seconds = z.number().nonnegative();

/** How much a picture looks like the words, of three steps. */
export const likenessLevels = ['high', 'medium', 'low'] as const;

/** How it may sound. */
export const soundLevels = ['loud', 'quiet', 'silent'] as const;

/** What may be unsure of something that was seen. */
export const unsureOf = ['class', 'attribute'] as const;

/** Something that the detector knows. */
const thing = {
  /** Class of the detector: "bottle". */
  label: z.string(),
  /** Its colours, where they were asked for. */
  colours: z.array(z.enum(colours)).optional(),
  /** Which way it moves, where that was asked for. */
  heading: z.enum(headings).optional(),
};
/** Parsed {@link thing}. */
export type KnownThing = z.infer<z.ZodObject<typeof thing>>;

/**
 * One reason why a moment was found (or is only among the nearest), as data that a window words in its user's
 * language; {@link reasonText} words it in English.
 */
export const whySchema = z.discriminatedUnion('code', [
  /** The detector saw it. */
  z.object({
    code: z.literal('saw'),
    ...thing,
    /** In so many of the moment's sampled frames. */
    frames: z.int().nonnegative(),
    ofFrames: z.int().positive(),
    /** Most of them at once. */
    most: z.int().positive(),
    /** The detector's own best score. */
    score: share,
  }),
  /** The detector knows it and did not see it here. */
  z.object({ code: z.literal('not-seen'), ...thing }),
  /**
   * It is less sure than what was seen: the class stands for several words, of which `words` is one ("woman" of person), or nobody
   * confirmed what else is asked for ("sitting").
   */
  z.object({ code: z.literal('unsure'), of: z.enum(unsureOf), words: z.string() }),
  /** The picture resembles the words. */
  z.object({ code: z.literal('looks-like'), level: z.enum(likenessLevels), similarity: z.number() }),
  /** A subtitle says it, or it was heard. */
  z.object({
    code: z.literal('said'),
    at: seconds,
    text: z.string(),
    /** It was recognised, not written by somebody. */
    heard: z.literal(true).optional(),
    /** As the file names it: "en", "deu". */
    language: z.string().optional(),
  }),
  /** It stands in the picture. */
  z.object({ code: z.literal('on-screen'), at: seconds, text: z.string() }),
  /** It is loud or quiet there, in decibels under full scale. */
  z.object({ code: z.literal('sound'), level: z.enum(soundLevels), decibels: z.number() }),
  /** A chapter is called so. */
  z.object({ code: z.literal('chapter'), at: seconds, text: z.string() }),
  /** The file, the folder that it lies in, or the title inside it is called so. */
  z.object({ code: z.literal('file-name'), text: z.string() }),
  z.object({ code: z.literal('folder-name'), text: z.string() }),
  z.object({ code: z.literal('title'), text: z.string() }),
  /** The re-check by the decoder: its probability of "yes, this is shown". */
  z.object({ code: z.literal('checked'), yes: share }),
]);

/** Parsed {@link whySchema}. */
export type Why = z.infer<typeof whySchema>;

/** A reason as an English phrase: "saw a bottle, 7 of 10 frames". */
export function reasonText(why: Why): string {
  switch (why.code) {
    case 'saw': {
      const words = thingText(why);
      const what = why.most > 1 ? `${why.most} × ${words} at once` : `${article(words)} ${words}`;
      return `saw ${what}, ${why.frames} of ${plural(why.ofFrames, 'frame')}`;
    }
    case 'not-seen':
      return `no ${thingText(why)} seen here`;
    case 'unsure':
      return why.of === 'class' ? `can’t tell whether “${why.words}”` : `“${why.words}” unsure`;
    case 'looks-like':
      return matches[why.level];
    case 'said':
      return `${why.heard ? 'heard' : 'said'} at ${clock(why.at)}: “${why.text}”`;
    case 'on-screen':
      return `on screen at ${clock(why.at)}: “${why.text}”`;
    case 'sound':
      return `${why.level} (${Math.round(why.decibels)} dB)`;
    case 'chapter':
      return `chapter “${why.text}”`;
    case 'file-name':
      return `file name “${why.text}”`;
    case 'folder-name':
      return `folder “${why.text}”`;
    case 'title':
      return `title “${why.text}”`;
    case 'checked':
      return why.yes >= 0.5
        ? `re-check agrees (${Math.round(why.yes * 100)} %)`
        : `re-check disagrees (${Math.round((1 - why.yes) * 100)} %)`;
  }
}

/** All reasons of a moment as one English sentence. */
export function reasonsText(whys: readonly Why[]): string {
  const text = whys.map(reasonText).join('; ');
  return text === '' ? text : text[0].toUpperCase() + text.slice(1);
}

const matches: Record<(typeof likenessLevels)[number], string> = {
  high: 'strong visual match',
  medium: 'fair visual match',
  low: 'weak visual match',
};

const moves: Record<Heading, string> = {
  ...{ left: 'moving left', right: 'moving right', up: 'moving up', down: 'moving down' },
  ...{ nearer: 'coming nearer', farther: 'moving away' },
};

/** A thing in English: "red and white car moving left", "person in orange". */
export function thingText({ colours: painted = [], label, heading }: KnownThing): string {
  const look = painted.join(' and ');
  const coloured = look === '' ? label : label === 'person' ? `person in ${look}` : `${look} ${label}`;
  return heading ? `${coloured} ${moves[heading]}` : coloured;
}

function article(label: string): string {
  return /^[aeiou]/.test(label) ? 'an' : 'a';
}
