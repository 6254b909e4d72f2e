import { wordsOf } from './text-words.ts';

/**
 * What is put into a full-text index for a line: its words as {@link wordsOf} gives them and, after them, the characters
 * of its long numbers and plates one by one, so that a part of one is a phrase. "Call 555-0123" is
 * "call 555 0123 n5 n5 n5 n0 n1 n2 n3".
 */
export function indexTerms(text: string): string[] {
  return [
    ...wordsOf(text).flat(),
    ...codesIn(text).flatMap(({ code }) => [...charactersOf(code), breakTerm]),
  ];
}

/** One thing that a person looks for in text. */
export interface TextTerm {
  /** In quotes: the words in this order, as they are written. */
  literal?: string;
  /** Rows of index terms of which one must be in the line. */
  anyOf: string[][];
}

/** What a query wants of a line; see {@link textQuery}. */
export interface TextQuery {
  terms: TextTerm[];
}

/** Nothing is looked for. */
export const noText: TextQuery = { terms: [] };

/**
 * The words of a query one by one, those of what stands in quotes too: a sentence goes on from line to line, so that each
 * line may hold a part of it.
 */
export function unitsOf({ terms }: TextQuery): TextTerm[] {
  return terms.flatMap((term) =>
    term.literal === undefined ? [term] : wordsOf(term.literal).map((row) => ({ anyOf: [row] })),
  );
}

/** Numbers of the units that a line of {@link indexTerms}, between spaces, holds. */
export function unitsHeld(units: readonly TextTerm[], line: string): ReadonlySet<number> {
  const held = units.flatMap(({ anyOf }, index) =>
    anyOf.some((row) => line.includes(` ${row.join(' ')} `)) ? [index] : [],
  );
  return new Set(held);
}

/** A text as {@link unitsHeld} looks at it. */
export function indexLine(text: string): string {
  return ` ${indexTerms(text).join(' ')} `;
}

const quoted = /"([^"]+)"|“([^”]+)”|„([^“”]+)[“”]|«([^»]+)»|「([^」]+)」|『([^』]+)』/g;

/** What stands in quotes, with them, and what doesn't. */
export function withoutQuotes(query: string): { literals: string[]; rest: string } {
  const literals = query.match(quoted) ?? [];
  return { literals, rest: query.replace(quoted, ' ').trim() };
}

/**
 * Reads a query: what stands in quotes is literal, every other word may stand anywhere in the line, in any case, with or
 * without accents, as one or as many. Words of Chinese and Japanese, of one character too, are found inside sentences,
 * and three characters or more with a figure also as a part of a number or plate.
 */
export function textQuery(query: string): TextQuery {
  const terms: TextTerm[] = [];
  const rest = query.replace(quoted, (...found: (string | undefined)[]) => {
    const literal = found.slice(1, 7).find((part) => part !== undefined)!;
    const row = wordsOf(literal).flat();
    if (row.length > 0) terms.push({ literal, anyOf: [row] });
    return ' ';
  });
  for (const row of wordsOf(rest)) terms.push({ anyOf: [row] });
  for (const { found, code } of codesIn(rest, 3)) {
    const parts = new Set(wordsOf(found).map((row) => row.join(' ')));
    // The words that the code consists of are found with it or not at all.
    const whole = terms.filter(
      ({ literal, anyOf }) => literal === undefined && parts.has(anyOf[0].join(' ')),
    );
    for (const term of whole.slice(1)) terms.splice(terms.indexOf(term), 1);
    const row = charactersOf(code);
    if (whole.length === 0) terms.push({ anyOf: [row] });
    else whole[0].anyOf = [whole.flatMap(({ anyOf }) => anyOf[0]), wordsOf(code).flat(), row];
  }
  return { terms };
}

/**
 * A query for SQLite's FTS5 over an index of {@link indexTerms}; undefined where it asks for nothing.
 * @param join whether a line must have all of the terms, or one
 */
export function fullTextExpression({ terms }: TextQuery, join: 'AND' | 'OR'): string | undefined {
  if (terms.length === 0) return undefined;
  const one = ({ anyOf }: TextTerm) => `(${anyOf.map((row) => `"${row.join(' ')}"`).join(' OR ')})`;
  return [...new Set(terms.map(one))].join(` ${join} `);
}

/**
 * Whether a line has what stands in quotes as it is written: word for word and with the same endings; case, accents, width
 * and what stands between the words don't matter. An index forgives more, so that its hits are checked with this.
 */
export function holdsLiterals(text: string, { terms }: TextQuery): boolean {
  const line = ` ${plain(text)} `;
  return terms.every(({ literal }) => {
    if (literal === undefined) return true;
    const wanted = plain(literal);
    return unspacedText.test(wanted)
      ? squeezed(line).includes(squeezed(wanted))
      : line.includes(` ${wanted} `);
  });
}

const unspacedText =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

const squeezed = (text: string) => text.replaceAll(' ', '');

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/(?<=[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}]\p{M}*)\p{M}/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’']/g, "'")
    .replace(/[^\p{L}\p{N}\p{M}']+/gu, ' ')
    .trim();
}

/** Between two codes, so that no phrase goes from one into the next. */
const breakTerm = 'nx';

/** Each character as a term that no word is: "n5", "na". */
const charactersOf = (code: string) => [...code].map((character) => `n${character}`);

/**
 * Numbers and plates: runs of letters and figures, at least `shortest` characters with two figures or more (with one, in a
 * query). Groups that a space, a hyphen or the like divides belong together while each has a figure or is a few capitals.
 */
function codesIn(text: string, shortest = 5): { found: string; code: string }[] {
  const group = String.raw`(?:[A-Za-z]*\d[A-Za-z\d]*|[A-Z]{1,4}(?![A-Za-z]))`;
  const chain = new RegExp(
    String.raw`(?<![\p{L}\p{N}])${group}(?:[ \-./,:·]${group})*(?![\p{L}\p{N}])`,
    'gu',
  );
  const codes: { found: string; code: string }[] = [];
  for (const [found] of text.normalize('NFKC').matchAll(chain)) {
    const code = found.replace(/[^A-Za-z\d]/g, '').toLowerCase();
    const figures = code.match(/\d/g)?.length ?? 0;
    if (code.length >= shortest && figures >= (shortest < 5 ? 1 : 2)) codes.push({ found, code });
  }
  return codes;
}
