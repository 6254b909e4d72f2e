import { Random } from '../sample/random.ts';
import type { Face } from './fonts.ts';
import { sentences, type Writing } from './sentences.ts';

/** One line on a slide. */
export interface SlideLine {
  text: string;
  /** Left end of its base line; with `centred`, its middle. Pixels of a 1280x720 picture. */
  x: number;
  y: number;
  size: number;
  face: Face;
  weight?: number;
  colour: string;
  centred?: boolean;
  /** Colour of a rim around the letters. */
  rim?: string;
  /** Seconds after the slide's beginning at which it comes (default 0). */
  from?: number;
}

/** A slide and how long it stands. */
export interface Slide {
  seconds: number;
  background: string;
  lines: SlideLine[];
}

/** Colours of a deck. */
interface Theme {
  background: string;
  title: string;
  text: string;
  faint: string;
  face: Face;
}

const themes: Record<string, Theme> = {
  light: { background: '#ffffff', title: '#1a2a44', text: '#222222', faint: '#777777', face: 'sans' },
  dark: { background: '#12161c', title: '#f4f4f4', text: '#d5dbe3', faint: '#8894a2', face: 'sans' },
  paper: { background: '#f3ead8', title: '#5a3a1a', text: '#4a4036', faint: '#8a7c68', face: 'serif' },
  pale: { background: '#e6e6e2', title: '#7d7d78', text: '#8c8c86', faint: '#92928c', face: 'sans' },
  blue: { background: '#0a3d62', title: '#ffd32a', text: '#ffffff', faint: '#a4c8e4', face: 'sans' },
};
const editor: Theme = {
  background: '#1e1e1e',
  title: '#dcdcaa',
  text: '#d4d4d4',
  faint: '#6a9955',
  face: 'mono',
};

/** Names of the themes: dark and light ones, and "pale" with little contrast (about 2.7 to 1). */
export const themeNames = Object.keys(themes);

/** Text sizes of a slide in pixels at 1280x720. */
const [titleSize, sizes, footerSize] = [44, [32, 30, 28, 26, 24], 24];
const [left, top, step] = [90, 210, 76];

/**
 * Slides as of a lecture: a title, three to five lines (on some slides one after the other), a footer with the
 * number.
 * @param options.seconds of all slides together; each stands 20 to 90 seconds
 */
export function makeDeck(options: {
  seed: number;
  seconds: number;
  writings?: readonly Writing[];
  themes?: readonly string[];
}): Slide[] {
  const random = new Random(options.seed);
  const slides: Slide[] = [];
  for (let at = 0; at < options.seconds; at += slides[slides.length - 1].seconds) {
    const writing = random.pick<Writing>(options.writings ?? ['english', 'english', 'chinese', 'code']);
    const theme = writing === 'code' ? editor : themes[random.pick(options.themes ?? themeNames)];
    const seconds = Math.min(Math.round(random.between(20, 90)), Math.max(5, options.seconds - at));
    slides.push(makeSlide(random, { writing, theme, seconds, number: slides.length + 1 }));
  }
  return slides;
}

function makeSlide(
  random: Random,
  { writing, theme, seconds, number }: { writing: Writing; theme: Theme; seconds: number; number: number },
): Slide {
  const { face } = theme;
  const count = Math.floor(random.between(3, 6));
  const built = random.next() < 0.4;
  const lines: SlideLine[] = [
    {
      ...{ text: sentences[writing].title(random), x: left - 20, y: 120, size: titleSize, face },
      ...{ weight: 700, colour: theme.title },
    },
  ];
  for (let index = 0; index < count; index++)
    lines.push({
      ...{ text: sentences[writing].line(random), x: left, y: top + index * step, size: sizes[index], face },
      colour: theme.text,
      from: built ? Math.round((index * seconds * 0.6) / count) : 0,
    });
  const footer = `Lecture ${Math.floor(random.between(2, 30))}, page ${number}`;
  lines.push({ text: footer, x: left, y: 680, size: footerSize, face, colour: theme.faint });
  return { seconds, background: theme.background, lines };
}
