import { calibration, logistic, logOdds } from '../calibration.ts';
import { confirm, evidenceOf, lookFor, type Asking, type Draft } from '../asking.ts';
import { decoderPrompt, yesNo } from '../prompts.ts';
import { readingList } from '../select.ts';

/** How many of the best moments are looked at again. */
const looked = 3;

/**
 * "Is there a …?": the decoder reads the likeliest moments together with the rest of the video, then the likeliest
 * alone; both and the search's own evidence make one probability.
 */
export async function answerShown(asking: Asking, subject: string): Promise<Draft> {
  const { reading, segments, footage, question, asked } = asking;
  const hits = await lookFor(asking, subject, looked);
  const list = readingList(
    segments,
    footage.table,
    hits.map(({ peak }) => peak),
    reading.budget,
  );
  const [whole] = await reading.choose(list, decoderPrompt(question, asked), yesNo);
  const checked = await confirm(asking, hits, subject);
  const best = checked[0]?.confidence ?? 0;
  const weights = calibration.shown;
  const yes = logistic(weights.reading * logOdds(whole) + weights.moment * logOdds(best));
  const shown = yes >= 0.5;
  return {
    answer: shown ? 'yes' : 'no',
    confidence: shown ? yes : 1 - yes,
    evidence: shown
      ? evidenceOf(
          checked.filter((hit, i) => i === 0 || hit.confidence >= 0.5),
          subject,
        )
      : [],
  };
}
