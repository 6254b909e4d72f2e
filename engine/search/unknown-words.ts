import { singular, singulars } from '../language/inflection.ts';
import { bareSubject } from '../language/questions.ts';
import { captionFor, type ParsedQuery } from '../language/parsed-query.ts';
import { colourWords } from '../language/vocabulary/colours.ts';
import { canFollowNoun } from '../language/vocabulary/words.ts';
import { nameIn } from '../language/lexicon/index.ts';
import { similarities } from '../core/similarities.ts';
import type { Model, TextEmbedder } from '../inference/types.ts';
import type { FindResult } from '../protocol/results.ts';
import type { TrainedVocabulary } from '../protocol/calibration.ts';

/** Longest name in words that a query is searched for. */
const longestName = 5;

/**
 * Which words of a query a bundle was taught no name for and its detector no class: what it makes of them is a guess. None where
 * it doesn't say what it was taught.
 */
export function unknownWords(
  {
    wanted,
    subject,
    category,
    understood,
  }: Pick<ParsedQuery, 'wanted' | 'subject' | 'category' | 'understood'>,
  vocabulary: TrainedVocabulary | undefined,
): string[] {
  if (!vocabulary?.names) return [];
  const foreign = understood?.unknown ?? [];
  if (category !== undefined && (vocabulary.kinds ?? []).includes(category)) return [...foreign];
  const names = namesOf(vocabulary);
  const words = bareSubject(subject)
    .split(/[\s,]+/u)
    .filter(Boolean);
  const known = new Set<number>();
  for (let at = 0; at < words.length; at++)
    for (let length = Math.min(longestName, words.length - at); length > 0; length--) {
      if (!isName(words.slice(at, at + length).join(' '), names)) continue;
      for (let i = at; i < at + length; i++) known.add(i);
      at += length - 1;
      break;
    }
  // Whose it is, nobody tells by pictures, nor needs to; what a thing does is told as unsure beside it.
  const ignored = (word: string) =>
    /['’]s$/u.test(word) || colourWords.includes(word) || (wanted.objects.length > 0 && canFollowNoun(word));
  const left = words.filter((word, at) => wanted.rest.includes(word) && !known.has(at) && !ignored(word));
  return [...new Set([...left, ...foreign])];
}

interface Names {
  whole: ReadonlySet<string>;
  /** What names of several words are one of: "piano" of "grand piano", "beach" of "beach with umbrella". */
  heads: ReadonlySet<string>;
}

const knownNames = new WeakMap<TrainedVocabulary, Names>();

function namesOf(vocabulary: TrainedVocabulary): Names {
  let known = knownNames.get(vocabulary);
  if (!known) {
    const whole = [...(vocabulary.names ?? []), ...(vocabulary.kinds ?? [])];
    const heads = whole.flatMap(
      (name) =>
        name
          .split(/ (?:of|with|in|on|and|at) /u)[0]
          .split(' ')
          .at(-1) ?? [],
    );
    knownNames.set(vocabulary, (known = { whole: new Set(whole), heads: new Set(heads) }));
  }
  return known;
}

function isName(phrase: string, { whole, heads }: Names): boolean {
  const forms = [phrase, singular(phrase), ...singulars(phrase)];
  return forms.some((form) => whole.has(form) || heads.has(form));
}

/** So many known words are offered for what isn't known, no less alike than this. */
const offered = { count: 4, likeness: 0.65 };

/**
 * Known names that are near to what isn't known: written nearly so ("girafe"), or meaning nearly that, by the words' own
 * embeddings ("armchair": "chair").
 */
export async function nearWords(
  unknown: readonly string[],
  { text, vocabulary }: Pick<Model, 'text' | 'vocabulary'>,
  labels: readonly string[] = [],
): Promise<string[]> {
  const names = [...new Set([...(vocabulary?.names ?? []), ...labels])];
  const words = unknown.filter((word) => /^[\p{sc=Latin}\p{N}' -]+$/u.test(word));
  if (names.length === 0 || words.length === 0) return [];
  const spelled = words.flatMap((word) => names.filter((name) => nearlySpelled(word, name)));
  const meant = text ? await meantNearly(words, text, names) : [];
  return [...new Set([...spelled, ...meant])].slice(0, offered.count);
}

const knownVectors = new WeakMap<TextEmbedder, Promise<Float32Array[]>>();

async function meantNearly(
  words: readonly string[],
  text: TextEmbedder,
  names: readonly string[],
): Promise<string[]> {
  let vectors = knownVectors.get(text);
  if (!vectors) {
    vectors = text.embed(names).then((all) => all.map((vector) => vector));
    knownVectors.set(text, vectors);
    vectors.catch(() => knownVectors.delete(text));
  }
  const [known, asked] = [await vectors, await text.embed(words)];
  return asked
    .flatMap((vector) =>
      known.map((one, at) => ({ name: names[at], likeness: similarities(vector, one)[0] })),
    )
    .filter(({ likeness }) => likeness >= offered.likeness)
    .sort((a, b) => b.likeness - a.likeness)
    .map(({ name }) => name);
}

/** One letter wrong in a word of five, two in one of eight. */
function nearlySpelled(word: string, name: string): boolean {
  const allowed = word.length >= 8 ? 2 : word.length >= 5 ? 1 : 0;
  return allowed > 0 && Math.abs(word.length - name.length) <= allowed && distance(word, name) <= allowed;
}

/** Letters to change, leave out or put in to make one of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}

/**
 * What is told about the words of a query beside its moments: in which language they were read and as what, and where nothing
 * was surely found, what of them the model doesn't know, what is near to that, and in which languages it can be asked.
 */
export async function understandingOf(
  parsed: ParsedQuery,
  model: Pick<Model, 'text' | 'vocabulary' | 'queries'>,
  labels: readonly string[] | undefined,
  confident: boolean,
): Promise<Pick<FindResult, 'words'>> {
  const { understood, language } = parsed;
  const spoken = captionFor(parsed, model.queries) !== undefined || parsed.wanted.objects.length > 0;
  const as = spoken && understood && understood.english !== '' ? understood.english : undefined;
  const unknown = confident ? [] : unknownWords(parsed, model.vocabulary);
  if (as === undefined && unknown.length === 0 && spoken) return {};
  const near = await nearWords(unknown, model, labels);
  return {
    words: {
      ...(language.code !== undefined && { language: language.code }),
      ...(as !== undefined && { as }),
      unknown,
      near: near.map((name) => (understood && nameIn(understood.language, name)) ?? name),
      ...(!spoken && model.queries?.languages && { languages: model.queries.languages }),
    },
  };
}
