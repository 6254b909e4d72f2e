import type { ParsedQuery } from '../language/parsed-query.ts';
import type { TrainedVocabulary } from '../protocol/calibration.ts';

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
