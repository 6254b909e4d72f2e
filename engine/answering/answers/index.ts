import { answerBeside } from './beside.ts';
import { answerColour } from './colour.ts';
import { answerNeighbour } from './neighbour.ts';
import { answerCount, answerDuration, answerTimes, answerWhen } from './occurrences.ts';
import { answerEach, answerEnd, answerOpen, answerOrder, answerWhat } from './sequence.ts';
import { answerShown } from './shown.ts';
import { answerVersus } from './versus.ts';
import { answerVisits } from './visits.ts';
import { answerWhere } from './where.ts';
import { answerWhich } from './which.ts';
import type { Question } from '../../language/questions.ts';
import { answerSaid } from './said.ts';
import { answerSlideTitle } from './slide-title.ts';
import { answerSaidAbout, answerSaidBetween, answerSaidTimes } from './spoken.ts';
import { singular } from '../../language/inflection.ts';
import type { Asking, RawAnswer } from '../asking.ts';

/** The same question about a stretch of each video, in seconds; about all of it where no stretch is named. */
function between(asking: Asking, { from, past }: { from?: number; past?: number }): Asking {
  if (from === undefined || past === undefined) return asking;
  const { timeline, segments } = asking;
  const { starts, ends } = timeline.table;
  const inside = segments.filter(({ first, past: end }) => {
    const { origin } = timeline.partOf(first);
    return starts[first] - origin < past && ends[end - 1] - origin > from;
  });
  return { ...asking, segments: inside };
}

/** Questions that a sentence may answer as well as a picture. */
const tellable = new Set<Question['kind']>([
  'when',
  'shown',
  'where',
  'which',
  'duration',
  'open',
  'beside',
  'colour',
]);

/**
 * Answers a question in the way of its kind, by what is seen; where nothing is seen, or nothing can be told by that, by what is
 * said or written.
 */
export async function answer(asking: Asking): Promise<RawAnswer> {
  const seen = await answerSeen(asking);
  const { asks, things } = asking.question;
  if ((!seen.absence && !seen.cannot) || !tellable.has(asks.kind)) return seen;
  return answerSaid(asking, things[0]) ?? seen;
}

function answerSeen(asking: Asking): Promise<RawAnswer> | RawAnswer {
  const { asks, things } = asking.question;
  const [thing] = things;
  // Where one is counted, followed or looked at, it is one of them: "dogs" is "dog".
  const one = () => asking.parser.thing(singular(thing.text));
  switch (asks.kind) {
    case 'shown':
      return answerShown(asking, thing);
    case 'after':
    case 'before':
      return answerNeighbour(asking, asks.kind, thing);
    case 'first':
    case 'last':
      return answerEach(asking, (each) => answerEnd(each, asks.kind));
    case 'order':
      return answerEach(between(asking, asks), answerOrder);
    case 'what':
      return answerEach(asking, (each) => answerWhat(each, asks.at));
    case 'when':
      return answerWhen(asking, thing, asks.end);
    case 'duration':
      return answerDuration(asking, one());
    case 'which':
      return thing.category === undefined ? answerOpen(asking) : answerWhich(asking, one());
    case 'times':
      return answerTimes(asking, one());
    case 'count':
      return answerCount(asking, one());
    case 'visits':
      return answerVisits(asking, one(), asks);
    case 'versus':
      return answerVersus(asking, things, asks.end, asks.asks === true);
    case 'colour':
      return answerColour(asking, one());
    case 'where':
      return answerWhere(asking, one());
    case 'beside':
      return answerBeside(asking, one());
    case 'open':
      return answerOpen(asking);
    case 'said-about':
      return answerSaidAbout(asking, thing);
    case 'said-between':
      return answerSaidBetween(asking, asks);
    case 'said-times':
      return answerSaidTimes(asking, thing, asks.subject);
    case 'slide-title':
      return answerSlideTitle(asking, asks.slide);
  }
}
