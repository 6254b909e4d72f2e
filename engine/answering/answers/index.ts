import { answerBeside } from './beside.ts';
import { answerColour } from './colour.ts';
import { answerNeighbour } from './neighbour.ts';
import { isKind } from '../../search/categories.ts';
import { answerCount, answerDuration, answerTimes, answerWhen } from './occurrences.ts';
import { answerEach, answerEnd, answerOpen, answerOrder, answerWhat } from './sequence.ts';
import { answerShown } from './shown.ts';
import { answerVersus } from './versus.ts';
import { answerVisits } from './visits.ts';
import { answerWhere } from './where.ts';
import { answerWhich } from './which.ts';
import { singular } from '../../language/prompts.ts';
import type { Asking, Draft } from '../asking.ts';

/** The same question about a stretch of each video, in seconds; about all of it where no stretch is named. */
function between(asking: Asking, { from, past }: { from?: number; past?: number }): Asking {
  if (from === undefined || past === undefined) return asking;
  const { reel, segments } = asking;
  const { starts, ends } = reel.table;
  const inside = segments.filter(({ first, past: end }) => {
    const { origin } = reel.partOf(first);
    return starts[first] - origin < past && ends[end - 1] - origin > from;
  });
  return { ...asking, segments: inside };
}

/** Answers a question in the way of its kind. */
export function answer(asking: Asking): Promise<Draft> {
  const { question } = asking;
  switch (question.kind) {
    case 'shown':
      return answerShown(asking, question.subject);
    case 'after':
    case 'before':
      return answerNeighbour(asking, question.kind, question.subject);
    case 'first':
    case 'last':
      return answerEach(asking, (one) => answerEnd(one, question.kind));
    case 'order':
      return answerEach(between(asking, question), answerOrder);
    case 'what':
      return answerEach(asking, (one) => answerWhat(one, question.at));
    case 'when':
      return answerWhen(asking, question.subject, question.end);
    case 'duration':
      return answerDuration(asking, singular(question.subject));
    case 'which':
      return isKind(question.subject) ? answerWhich(asking, singular(question.subject)) : answerOpen(asking);
    case 'times':
      return answerTimes(asking, singular(question.subject));
    case 'count':
      return answerCount(asking, singular(question.subject));
    case 'visits':
      return answerVisits(asking, singular(question.subject), question.entering);
    case 'versus':
      return answerVersus(asking, question.things, question.end, question.asks === true);
    case 'colour':
      return answerColour(asking, singular(question.subject));
    case 'where':
      return answerWhere(asking, singular(question.subject));
    case 'beside':
      return answerBeside(asking, singular(question.subject));
    case 'open':
      return answerOpen(asking);
  }
}
