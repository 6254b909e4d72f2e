import { alignWords } from './align.ts';
import { believe } from './doubt.ts';
import { linesOf } from './lines.ts';
import { pausesIn } from './pauses.ts';
import type { CutPiece } from './pieces.ts';
import { timeByTokens } from './token-words.ts';
import type { Ears, HeardPiece, Utterance } from './types.ts';
import { wordsIn } from './words.ts';

/** Recognises a piece: its sentences with their words' times, or why there are none. */
export async function hear(
  { until, utterance }: CutPiece,
  ears: Pick<Ears, 'recognise'>,
): Promise<HeardPiece> {
  if (!utterance) return { until, lines: [] };
  const recognised = await ears.recognise(utterance.samples);
  const speechSec = utterance.speech.reduce((sum, { start, end }) => sum + end - start, 0);
  const { text, why } = believe(recognised.text, speechSec);
  const dropped = why && recognised.text.trim() !== '' ? { dropped: { text: recognised.text, why } } : {};
  if (text === '') return { until, lines: [], ...dropped };
  const { language, confidence } = recognised;
  const rest = { ...(language ? { language } : {}), ...(confidence === undefined ? {} : { confidence }) };
  return { until, lines: linesOf(text, timesOf(text, recognised.tokens, utterance), rest), ...dropped };
}

function timesOf(
  text: string,
  tokens: Awaited<ReturnType<Ears['recognise']>>['tokens'],
  { samples, time, speech }: Utterance,
) {
  const words = wordsIn(text);
  const span = { start: speech[0].start, end: speech.at(-1)!.end };
  return (
    (tokens && timeByTokens(words, tokens, time, speech)) ??
    alignWords(words, span, pausesIn(samples, time, speech))
  );
}
