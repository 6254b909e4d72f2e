import { gammaRange } from '../protocol/gamma.ts';
import { neighbourOf } from './answers/neighbour.ts';
import { stretchAt } from './answers/sequence.ts';
import { openAsked } from './ask.ts';
import { askedOf } from './asked.ts';
import { patchesToSee, prepare, type Asking } from './asking.ts';
import { logOdds } from '../search/calibration.ts';
import { decoderPrompt } from '../language/prompts.ts';
import { DecoderSession } from '../search/decoder-session.ts';
import { readingList, type Segment } from '../search/select.ts';
import { chooseRequestSchema, type ChooseRequest, type ChooseResult } from '../protocol/asking.ts';
import { parseRequest } from '../protocol/requests.ts';
import type { CallOptions } from '../protocol/engine.ts';
import type { SearchDeps } from '../search/types.ts';

/** How many moments of the question and of each option are read for sure. */
const looked = 3;

/**
 * Chooses among given answers by the decoder's probability of each (teacher-forced). It reads the stretch that the
 * question names (what comes after something, what is shown at a time); else the moments that the question and the
 * options are about with the rest of the footage, and what the search thinks of each option counts too.
 *
 * By "words" each option's own words are scored, per token, against how probable they are without any footage: a
 * frequent word is not a better answer. By "letters" the question lists the options and their letters are scored.
 * @throws LongviewError as `ask`.
 */
export async function choose(
  deps: SearchDeps,
  request: ChooseRequest,
  { signal }: CallOptions = {},
): Promise<ChooseResult> {
  const given = parseRequest(chooseRequestSchema, request);
  const { question, options, in: where, gamma = gammaRange.explain, by = 'words' } = given;
  const asked = askedOf(deps, { question, in: where, gamma });
  const { timeline, decoder, lookFor, own } = await openAsked(deps, asked, signal);
  const session = new DecoderSession(timeline, '', decoder, gamma, signal);
  const { parser, parsed } = asked;
  const asking = prepare({ parser, ...own, timeline, lookFor, session, question: parsed });
  const list = await listFor(asking, options);
  const scores =
    by === 'letters'
      ? await session.logProbabilities(
          list,
          letteredQuestion(question, options),
          options.map((_, i) => ` ${letter(i)}`),
        )
      : await scoredWords(asking, list, options);
  const most = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - most));
  const sum = weights.reduce((a, b) => a + b, 0);
  return {
    probabilities: weights.map((weight) => weight / sum),
    chosen: scores.indexOf(most),
    by,
    patches: session.patches,
  };
}

/** The stretch that a question is about by its wording. */
async function namedStretch(asking: Asking): Promise<Segment | undefined> {
  const { question, segments, parser } = asking;
  const { asks } = question;
  switch (asks.kind) {
    case 'after':
    case 'before': {
      const hits = await asking.lookFor(parser.thing(asks.subject), looked);
      return hits[0] && neighbourOf(asking, hits[0], hits, asks.kind);
    }
    case 'first':
      return segments[0];
    case 'last':
      return segments.at(-1);
    case 'what':
      return asks.at === undefined ? undefined : stretchAt(asking, asks.at);
    default:
      return undefined;
  }
}

/** The best moments of the question and of each option, the best of each first, and the rest for context. */
async function listFor(
  { lookFor, parser, question, segments, timeline, session }: Asking,
  options: readonly string[],
): Promise<number[]> {
  const hits = await Promise.all(
    [question.text, ...options].map((words) => lookFor(parser.thing(words), looked)),
  );
  const peaks = Array.from({ length: looked }, (_, i) => hits.flatMap((some) => some[i]?.peak ?? [])).flat();
  return readingList(segments, timeline.table, peaks, session.budget);
}

async function scoredWords(
  asking: Asking,
  list: readonly number[],
  options: readonly string[],
): Promise<number[]> {
  const { question, parser, lookFor } = asking;
  const stretch = await namedStretch(asking);
  const alone =
    stretch &&
    (await wordScores(
      asking,
      patchesToSee(stretch),
      decoderPrompt({ kind: 'what' }, question.text),
      options,
    ));
  if (alone && question.asks.kind === 'what') return alone;
  const together = await wordScores(asking, list, decoderPrompt(question.asks, question.text), options);
  if (alone) return together.map((score, i) => score + alone[i]);
  const found = await Promise.all(options.map((option) => lookFor(parser.thing(option), looked)));
  return together.map((score, i) => score + logOdds(found[i][0]?.confidence ?? 0.01));
}

/** Log-probability a token of each option, over that without footage. */
async function wordScores(
  { session }: Asking,
  patches: readonly number[],
  prompt: string,
  options: readonly string[],
): Promise<number[]> {
  const answers = options.map(
    (option) =>
      ` ${option
        .trim()
        .replace(/[.!]+$/u, '')
        .toLowerCase()}`,
  );
  const seen = await session.logProbabilities(patches, prompt, answers);
  const blind = await session.logProbabilities([], prompt, answers);
  const lengths = await Promise.all(answers.map((answer) => session.tokensOf(answer)));
  return seen.map((score, i) => (score - blind[i]) / Math.max(1, lengths[i]));
}

function letteredQuestion(question: string, options: readonly string[]): string {
  const lines = options.map((option, i) => `${letter(i)}. ${option}`);
  return `${question}\n${lines.join('\n')}\nAnswer with the letter of the right option only.`;
}

function letter(index: number): string {
  return String.fromCharCode(65 + index);
}
