import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { kindWords } from '../engine/language/prompts.ts';
import type { Calibration, QueryDialect, TrainedVocabulary } from '../engine/protocol/calibration.ts';

/**
 * What the built-in bundle's scores mean; `bundle.json` carries it. Where the numbers come from:
 * - object: the detector on 1,512 photographs of 108 categories. At 0.3 it finds 65 % of what is there and is wrong on
 *   0.5 % of pictures, at 0.4 54 % and 0.2 %; the slope takes 50 scenes in which one false one may hide.
 * - scene, background: 4,800 queries over 40 made videos of held-out shots, half of the queries for things that are
 *   not there (models/training, `python -m longview_training.calibrate_scene`, which prints them again).
 * - dominant: of 615 held-out photographs 45 show such a thing, 37 of them with the right name.
 * - cluttered: 0.08 of the drawn sample recording's temporal patches, 0.23 to 1 of three natural clips'.
 * - recheck: `npm run -s bench -- fusion`, which fits it on the sample recording with queries left out and prints it
 *   again. A weight that doesn't help on those is 0: the second look can't do harm then. Three quarters of it in the
 * list find   2 points more moments in held-out videos (`bench -- model`) than none, and one of 65 more on the sample.
 * - fusion: log-odds, because the same command finds them better than reciprocal ranks; `unseen` is about what the
 *   silence of a detector is worth that finds 54 to 65 % of what is there; the other weights and `reading` are chosen
 * by hand.
 */
export const builtinCalibration = {
  scene: { similarity: 17.48, standout: 0, bias: -5.72 },
  background: { mean: 0.0226, deviation: 0.0676, patches: 40 },
  object: { slope: 12, middle: 0.33, counted: 0.25 },
  dominant: { score: 0.6, area: 0.05 },
  cluttered: { score: 0.45, share: 0.15 },
  fusion: {
    covered: { beside: 0.5, doubt: 1, unseen: 1 },
    partly: { weight: 0.4, least: -1.5, most: 2.5 },
  },
  recheck: { object: 0, scene: 0.4, order: 0.75, limit: 4 },
  reading: { object: 0, scene: 0.5 },
} satisfies Calibration;

/** How queries are worded for the built-in text tower; see search/query-vector.ts for what the caption adds. */
export const builtinQueries: QueryDialect = {
  templates: ['{query}', 'a photo of {query}'],
  languages: ['en', 'zh'],
  names: ['de', 'fr', 'es', 'it', 'pt', 'ja', 'ko', 'ru'],
  own: ['en'],
};

const { learnt } = z
  .looseObject({ learnt: z.record(z.string(), z.array(z.string()).min(1)) })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../models/training/held-out.json'), 'utf8')));

/**
 * What the built-in decoder and text tower were taught: categories (models/training's kinds.py), and names of things
 * with their synonyms, as models/training wrote them down beside what it held out.
 */
export const builtinVocabulary: TrainedVocabulary = {
  kinds: [...kindWords],
  names: [...new Set(Object.values(learnt).flat())].sort(),
};
