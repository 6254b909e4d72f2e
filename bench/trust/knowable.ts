import type { QueryDialect, TrainedVocabulary } from '../../engine/protocol/calibration.ts';
import { languageOf } from '../../engine/language/language.ts';
import { parsedQuestion } from '../../engine/language/parsed-question.ts';
import { QueryParser, type ParsedQuery } from '../../engine/language/parsed-query.ts';
import { isNamed } from '../../engine/search/trained.ts';
import type { Label } from './labels.ts';

/** What a bundle says it can know. */
export interface Known {
  queries?: QueryDialect | undefined;
  vocabulary?: TrainedVocabulary | undefined;
}

/**
 * Whether a model could know what is asked for: in a language that it declares, something that is there (or, of a question,
 * that can be told), and words of which it knows all, by its detector or as a name.
 */
export function isKnowable({ kind, text, truth }: Label, { queries, vocabulary }: Known): boolean {
  if (truth.is === 'absent' || truth.is === 'cannot') return false;
  const { code } = languageOf(text);
  if (code !== undefined && queries?.languages && !queries.languages.includes(code)) return false;
  const parser = new QueryParser();
  const known = (thing: ParsedQuery) =>
    isNamed(thing, vocabulary) ||
    (thing.wanted.covered && thing.wanted.objects.every(({ chance = 1 }) => chance === 1));
  if (kind === 'find') return known(parser.query(text));
  const { asks, things } = parsedQuestion(text, parser);
  return asks.kind !== 'open' && things.every((thing) => known(thing) || thing.category !== undefined);
}
