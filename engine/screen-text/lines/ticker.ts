import { editDistance } from './similarity.ts';

/** Letters at a ticker's ends may be cut through and misread: so many are not trusted. */
const cut = 2;
/** So many letters in a row are looked for in the text before; one of them may be misread. */
const anchorLetters = 9;
const anchorMisread = 1;
/** A ticker has run on by so many letters at least; what stands where it stood is another reading, or another line. */
const leastShift = 3;
/** A line that ran through for longer begins anew: no single line holds a whole evening's news. */
const mostLetters = 2000;

/**
 * Joins two pieces that a ticker showed, where the second begins within the first one.
 * @returns both as one text; undefined where the second does not run on from the first
 */
export function joinTicker(before: string, after: string): string | undefined {
  if (before.length > mostLetters || Math.min(before.length, after.length) < anchorLetters + cut)
    return undefined;
  const anchor = after.slice(cut, cut + anchorLetters).toLowerCase();
  const text = before.toLowerCase();
  for (let at = text.length - anchorLetters; at >= cut + leastShift; at--) {
    if (editDistance(text.slice(at, at + anchorLetters), anchor, anchorMisread) > anchorMisread) continue;
    // What follows the anchor must agree as far as both reach, but for letters that the picture's edge cuts through.
    const rest = text.slice(at, text.length - cut);
    const same = after.slice(cut, cut + rest.length).toLowerCase();
    const most = Math.ceil(rest.length * 0.15);
    if (same.length < rest.length || editDistance(rest, same, most) > most) continue;
    return before.slice(0, at) + after.slice(cut);
  }
  return undefined;
}
