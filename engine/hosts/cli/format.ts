import { clock } from '../../protocol/clock.ts';

export { bytes } from '../../protocol/bytes.ts';

/** A stretch of time: "0:01:02.0 – 0:01:07.5". */
export function range(start: number, end: number): string {
  return `${clock(start)} – ${clock(end)}`;
}

/** A share as whole percent, never rounded up to certainty or down to nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.005) return '<1 %';
  if (share < 1 && share > 0.995) return '>99 %';
  return `${Math.round(share * 100)} %`;
}

/** Milliseconds as people say them: "18 ms", "2.4 s". */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export { plural } from '../../protocol/plural.ts';

/**
 * What a terminal obeys or a person can't see, and that can make a text look like another: control characters of both
 * kinds, ends of lines and paragraphs, and marks that turn the direction of writing.
 */
const commanding = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** Text for one line of a terminal: control characters (a file name may hold any) become visible and harmless. */
export function printable(text: string): string {
  return text.replace(commanding, visible);
}

/** The same for text of several lines: ends of lines and tabs stay. */
export function harmless(text: string): string {
  return text.replace(commanding, (c) => (c === '\n' || c === '\t' ? c : visible(c)));
}

/** A value as JSON in which nothing is left that a terminal obeys; it reads as the same value. */
export function harmlessJson(value: unknown): string {
  return JSON.stringify(value).replace(
    commanding,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function visible(c: string): string {
  if (c === '\n') return '\\n';
  if (c === '\t') return '\\t';
  const code = c.charCodeAt(0).toString(16);
  return c < '\u0100' ? `\\x${code.padStart(2, '0')}` : `\\u${code}`;
}
