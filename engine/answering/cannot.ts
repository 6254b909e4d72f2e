import { singular } from '../language/inflection.ts';
import { bareSubject } from '../language/questions.ts';
import type { Hit } from '../search/hit.ts';
import { isCluttered } from './cluttered.ts';
import { cannotText } from '../protocol/cannot.ts';
import { evidenceOf, type Asking, type RawAnswer } from './asking.ts';
import type { ParsedQuery } from '../language/parsed-query.ts';
import type { Cannot } from '../protocol/results.ts';

/** Nothing is claimed; what comes nearest is shown as that. */
export function cannotTell(cannot: Cannot, nearest: readonly Hit[], thing: ParsedQuery): RawAnswer {
  return { answer: cannotText(cannot), confidence: 0, evidence: evidenceOf(nearest, thing), cannot };
}

/** Why seeing one of a class tells nothing, where the class stands for several words: a person is a woman or none. */
export function classOnly(
  { numbers }: Pick<Asking, 'numbers'>,
  { thing, wanted }: ParsedQuery,
  nearest: Pick<Hit, 'object'> | undefined,
): Cannot | undefined {
  const seen = (nearest?.object ?? 0) >= numbers.object.middle;
  return seen && wanted.objects.some(({ chance = 1 }) => chance < 1)
    ? { code: 'class-only', thing }
    : undefined;
}

/**
 * Why the model's silence about a thing says nothing, if so. A detector that knows all of it would have seen it. What the
 * embedding was taught a name for it finds where it fills a good part of the picture, as in plain shots; among many other things
 * it may be missed. Of anything else it knows nothing.
 */
export function silenceMeansNothing(
  asking: Asking,
  thing: ParsedQuery,
  nearest?: Pick<Hit, 'object'>,
): Cannot | undefined {
  const { wanted, category } = thing;
  const narrower = classOnly(asking, thing, nearest);
  if (narrower) return narrower;
  const { vocabulary } = asking;
  if (!vocabulary || wanted.covered) return undefined;
  const { kinds = [], names = [] } = vocabulary;
  const known =
    category === undefined ? names.some((name) => isNameOf(name, thing)) : kinds.includes(category);
  if (!known) return { code: 'unknown-thing', thing: thing.thing };
  const every = wanted.objects.length > 0 && wanted.rest.length === 0 && wanted.objects[0].labels.length > 1;
  return every || !isCluttered(asking) ? undefined : { code: 'unclear-footage', thing: thing.thing };
}

/** "Grand piano" is a piano. */
function isNameOf(name: string, { subject }: ParsedQuery): boolean {
  const one = singular(bareSubject(subject));
  return [subject, one].some((word) => name === word || name.endsWith(` ${word}`));
}
