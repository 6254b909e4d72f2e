import { colourWords } from '../language/vocabulary/colours.ts';
import { singular } from '../language/inflection.ts';
import { bareSubject } from '../language/questions.ts';
import { unknownWords } from './unknown-words.ts';
import type { ParsedQuery } from '../language/parsed-query.ts';
import type { TrainedVocabulary } from '../protocol/calibration.ts';

/**
 * What of a query a model of a vocabulary can't confirm: of what its detector knows a part of ("a person sitting") the rest, of
 * what it doesn't know all that it was taught no name for ("a handshake"), unless the whole is such a name ("potted plant").
 */
export function unconfirmedIn(
  query: Pick<ParsedQuery, 'wanted' | 'subject' | 'category' | 'understood'>,
  vocabulary: TrainedVocabulary | undefined,
): readonly string[] {
  if (!vocabulary?.names || isNamed(query, vocabulary)) return [];
  const { objects, rest } = query.wanted;
  if (objects.length > 0) return [...rest, ...narrowerIn(query.wanted, vocabulary)];
  return [...rest.filter((word) => colourWords.includes(word)), ...unknownWords(query, vocabulary)];
}

/** Of these many kinds and roles are called otherwise: seeing one tells little of which it is. */
const manifold = new Set(['person', 'bird', 'dog', 'cat', 'horse', 'sheep', 'cow', 'bear']);

/** Words for some of a class that the model was taught no name for: a person is no proof of a surgeon. */
function narrowerIn({ objects }: ParsedQuery['wanted'], vocabulary: TrainedVocabulary): string[] {
  return objects.flatMap(({ exact = true, labels, count, words }) => {
    const narrower = !exact && labels.length === 1 && count === 1 && manifold.has(labels[0]);
    return narrower && words !== undefined && !isNamed({ subject: words }, vocabulary) ? [words] : [];
  });
}

/** Whether a model was taught a name for the whole of what is asked for. */
export function isNamed(
  { subject }: Pick<ParsedQuery, 'subject'>,
  vocabulary: TrainedVocabulary | undefined,
): boolean {
  const bare = bareSubject(subject);
  return [bare, singular(bare)].some((name) => vocabulary?.names?.includes(name));
}

/**
 * Whether a decoder has words for what is asked: one with a vocabulary was taught names and some categories, no colours and
 * no motion; one without may be asked about anything.
 */
export function isTrained(
  { category, wanted }: Pick<ParsedQuery, 'category' | 'wanted'>,
  vocabulary: TrainedVocabulary | undefined,
): boolean {
  if (!vocabulary) return true;
  return (
    (category === undefined || (vocabulary.kinds ?? []).includes(category)) &&
    wanted.objects.every(({ colours = [], heading }) => colours.length === 0 && !heading)
  );
}
