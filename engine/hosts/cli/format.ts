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

/** One or many: plural(2, 'video') is "2 videos". */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Text for one line of a terminal: control characters (a file name may hold any) become visible and harmless. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (c) =>
    c === '\n' ? '\\n' : c === '\t' ? '\\t' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
