const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
  lrm: '',
  rlm: '',
  quot: '"',
  apos: "'",
};

/** Which kinds of markup a format's text may hold. */
export type Markup = 'srt' | 'vtt' | 'html';

/** `</b>`, `<i>`, `<b.loud>`; `<font color="…">`, whose attributes hold a "="; HTML's line ends. */
const styleTag =
  /^<(?:\/?(?:b|i|u|s|em|strong|strike|small|big|tt)(?:\.[\w.-]*)?\s*\/?|\/?font(?:\s[^<>]*=[^<>]*)?\s*|br\s*\/?)>$/i;
/** WebVTT's own: classes, voices, languages, ruby and times inside a cue. */
const cueTag = /^<(?:\/?(?:c|ruby|rt|v|lang)(?:\.[^\s<>]*)?(?:\s[^<>]*)?|(?:\d{2,}:)?\d{2}:\d{2}\.\d{3})>$/i;
const htmlTag = /^<\/?[a-z!?][^<>]*>$/i;
/** A tag with attributes is no longer than this. */
const longestTag = 500;
/** "{\an8}", "{\pos(1,2)}" of ASS and "{y:i}" of MicroDVD; other braces are text. */
const override = /^\{(?:\\[^{}]*|[a-z]:[^{}]*)\}$/i;

/**
 * A line without tags, override codes and entities; what only looks like a tag ("vector<float>") stays. Reads each
 * character a fixed number of times at most.
 */
export function plain(line: string, markup: Markup): string {
  const isTag = (tag: string) =>
    styleTag.test(tag) || (markup === 'vtt' && cueTag.test(tag)) || (markup === 'html' && htmlTag.test(tag));
  const breaks = (tag: string) => (/^<(?:br|p|div)\b/i.test(tag) ? ' ' : '');
  const untagged = without(line, '<', '>', (tag) => (isTag(tag) ? breaks(tag) : undefined));
  const uncoded =
    markup === 'html'
      ? untagged
      : without(untagged, '{', '}', (code) => (override.test(code) ? '' : undefined));
  return tidy(decodeEntities(uncoded));
}

/** Replaces what stands between two characters, where `replace` has something for it. Linear: nothing is read twice. */
function without(
  text: string,
  open: string,
  close: string,
  replace: (inside: string) => string | undefined,
): string {
  let at = text.indexOf(open);
  if (at < 0) return text;
  let result = text.slice(0, at);
  while (at >= 0) {
    const next = text.indexOf(open, at + 1);
    const past = text.indexOf(close, at + 1);
    if (past < 0) return result + text.slice(at);
    // Of "a < b <i>" only the last bracket before the closing one can open a tag.
    const instead =
      (next < 0 || past < next) && past - at < longestTag ? replace(text.slice(at, past + 1)) : undefined;
    const end = next < 0 ? text.length : next;
    result += instead === undefined ? text.slice(at, end) : instead + text.slice(past + 1, end);
    at = next;
  }
  return result;
}

/** Text with the entities that subtitles use, and numbered ones, as characters. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:(amp|lt|gt|nbsp|lrm|rlm|quot|apos)|#(\d{1,7})|#x([\da-f]{1,6}));/gi,
    (all, name, decimal, hex) => {
      if (name !== undefined) return entities[(name as string).toLowerCase()];
      const code = decimal !== undefined ? Number(decimal) : parseInt(hex as string, 16);
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000)
        ? String.fromCodePoint(code)
        : all;
    },
  );
}

/** One line: hard spaces of ASS and runs of white space are one space; control characters go. */
export function tidy(text: string): string {
  return text
    .replace(/\\h/g, ' ')
    .replace(
      /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
      '',
    )
    .replace(/\s+/g, ' ')
    .trim();
}
