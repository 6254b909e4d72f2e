export { bytes } from '../../engine/protocol/bytes.ts';

/** Seconds as people read a player's clock: "1:02", "1:02:03". */
export function clock(seconds: number): string {
  const whole = Math.floor(Math.max(0, seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** {@link clock} with tenths: "1:02.4". */
export function exactClock(seconds: number): string {
  const tenths = Math.round(Math.max(0, seconds) * 10);
  return `${clock(Math.floor(tenths / 10))}.${tenths % 10}`;
}

/** {@link clock}, with tenths only where there are any. */
export function instant(seconds: number): string {
  return exactClock(seconds).replace(/\.0$/, '');
}

/** An answer with a capital at its beginning; a name of a file there stays as the file has it. */
export function asSentence(text: string): string {
  return /^\p{Ll}+(?![\p{L}\p{N}._/\\-]*(?:[\p{N}_/\\]|\.[\p{L}\p{N}]))/u.test(text)
    ? text[0].toUpperCase() + text.slice(1)
    : text;
}

/** "1:02 – 1:09", whole seconds that hold the stretch. */
export function span(start: number, end: number): string {
  return `${clock(start)} – ${clock(Math.ceil(end))}`;
}

/** A share as whole percent, never rounded up to certainty or down to nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '<1%';
  if (share < 1 && share > 0.99) return '>99%';
  return `${Math.round(share * 100)}%`;
}

/** The last part of a path. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path;
}

/** Everything of a path but its last part. */
export function folderOf(path: string): string {
  const name = fileName(path);
  return path.slice(0, Math.max(0, path.length - name.length - 1));
}

/** A piece of an answer: words, or a time that is named in them. */
export type AnswerPiece = { text: string } | { text: string; time: number };

/** Finds the times in an answer ("0:01:02.5", "12:34", "42.5 s"), so that they can be clicked. */
export function piecesOf(answer: string): AnswerPiece[] {
  const pieces: AnswerPiece[] = [];
  const times = /\b(?:(\d{1,2}):)?(\d{1,2}):(\d{2}(?:\.\d+)?)\b|\b(\d+(?:\.\d+)?) ?s(?:ec(?:onds?)?)?\b/g;
  let end = 0;
  for (const match of answer.matchAll(times)) {
    const [text, hours, minutes, seconds, plain] = match;
    if (match.index > end) pieces.push({ text: answer.slice(end, match.index) });
    const time =
      plain === undefined
        ? Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds)
        : Number(plain);
    // Times of day of a film look the same wherever they stand: "0:06", not "0:00:06.0" beside it.
    pieces.push({ text: plain === undefined ? instant(time) : text, time });
    end = match.index + text.length;
  }
  if (end < answer.length) pieces.push({ text: answer.slice(end) });
  return pieces;
}

/** An answer as one line, its times as everywhere else. */
export function plainAnswer(answer: string): string {
  return piecesOf(asSentence(answer))
    .map(({ text }) => text)
    .join('');
}
