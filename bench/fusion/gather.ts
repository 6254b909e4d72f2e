import { join } from 'node:path';
import { Bundles } from '../../engine/services/bundles.ts';
import { openStore } from '../../engine/library/index.ts';
import { openWhole } from '../../engine/search/footage.ts';
import { DecoderSession } from '../../engine/search/decoder-session.ts';
import { recheck } from '../../engine/search/recheck.ts';
import { search } from '../../engine/search/search.ts';
import type { Hit } from '../../engine/search/hit.ts';
import { openModel } from '../../engine/inference/index.ts';
import { nothingWanted, parseQuery } from '../../engine/language/parsed-query.ts';
import { scoringFor } from '../../engine/search/scoring.ts';
import { intersectionOverUnion, type FindCase, type Span } from '../../demo/questions.ts';

/** What was found for one query, by different ways, and which of it is right. */
export interface Judged {
  query: string;
  /** False: it isn't in the video. */
  there: boolean;
  /** Moments best first, true where right, by way of ranking. */
  lists: Record<
    'embedding alone' | 'detector alone' | 'log-odds fusion' | 'reciprocal ranks' | 'log-odds, second look',
    boolean[]
  >;
  /** The best of the fusion with what the decoder said of them. */
  checked: {
    seen: boolean;
    /** Before the second look. */
    score: number;
    confidence: number;
    ceiling: number;
    yes: number;
    right: boolean;
  }[];
}

const listed = 10;
const lookedAgain = 5;
/** Overlap from which a moment is right. */
const enough = 0.3;
/** The usual constant of reciprocal rank fusion (Cormack, Clarke & Büttcher, SIGIR 2009). */
const ranksFrom = 60;

/** Searches for every case in one video, in all ways. */
export async function gather(
  library: string,
  videoId: string,
  cases: readonly FindCase[],
): Promise<Judged[]> {
  const builtin = join(import.meta.dirname, '..', '..', 'models', 'builtin');
  const { fingerprint } = await new Bundles({ builtin, others: '' }).builtin();
  const model = await openModel(builtin, {});
  const store = openStore(library);
  try {
    const footage = openWhole(store, [store.videoFor(videoId)], fingerprint, false);
    const scoring = await scoringFor(model, store, [store.videoFor(videoId)]);
    const { numbers } = scoring;
    const { vocabulary } = model;
    const decoder = { decoder: model.decoder!, grid: model.frameEncoder!.grid, vocabulary, numbers };
    const judged: Judged[] = [];
    for (const { query, truth } of cases) {
      const [embedding] = await model.text!.embed([query]);
      const parsed = parseQuery(query);
      const { wanted } = parsed;
      const limit = listed;
      const ways = {
        pictures: search(store, footage, { wanted: nothingWanted, embedding, limit, scoring }),
        detector: search(store, footage, { wanted, embedding: undefined, limit, scoring }).filter(
          ({ object }) => object > 0,
        ),
        fused: search(store, footage, { wanted, embedding, limit, scoring }),
      };
      const best = ways.fused.slice(0, lookedAgain);
      const again = await recheck(
        best,
        parsed,
        numbers,
        () => new DecoderSession(store, videoId, decoder, 0.75),
      );
      const right = (moments: readonly Span[]) => moments.map((moment) => isRight(moment, truth));
      judged.push({
        query,
        there: truth.length > 0,
        lists: {
          'embedding alone': right(ways.pictures),
          'detector alone': right(ways.detector),
          'log-odds fusion': right(ways.fused),
          'reciprocal ranks': right(byRanks([ways.pictures, ways.detector])),
          'log-odds, second look': right(
            [...again, ...ways.fused.slice(lookedAgain)].sort((a, b) => b.score - a.score),
          ),
        },
        checked: best.map(({ score, confidence, ceiling, object, ...span }, i) => ({
          seen: object >= numbers.object.middle,
          score,
          confidence,
          ceiling,
          yes: again[i].checked!,
          right: isRight(span, truth),
        })),
      });
    }
    return judged;
  } finally {
    store.close();
    await model[Symbol.asyncDispose]();
  }
}

function isRight(moment: Span, truth: readonly Span[]): boolean {
  return truth.some((one) => intersectionOverUnion(moment, one) >= enough);
}

/** Lists joined by the sum of 1 / (60 + rank); moments that overlap are the same. */
function byRanks(lists: readonly (readonly Hit[])[]): Hit[] {
  const found: { hit: Hit; sum: number }[] = [];
  for (const list of lists)
    list.forEach((hit, rank) => {
      const known = found.find((one) => intersectionOverUnion(one.hit, hit) >= enough);
      const part = 1 / (ranksFrom + rank + 1);
      if (known) known.sum += part;
      else found.push({ hit, sum: part });
    });
  return found.sort((a, b) => b.sum - a.sum).map(({ hit }) => hit);
}
