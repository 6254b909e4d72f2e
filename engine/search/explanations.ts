import { logistic } from './calibration.ts';
import type { KnownThing, Why } from '../protocol/reasons.ts';
import type { Coverage } from './fusion.ts';
import type { Seen } from './object-scores.ts';
import type { WantedObject } from '../language/parsed-query.ts';

/** What is told about a moment that was found by its pictures. */
export interface Sight {
  coverage: Coverage;
  /** What the detector saw of the wanted labels. */
  seen: readonly Seen[];
  /** Sampled frames of the moment. */
  frames: number;
  similarity: number;
  /** Log-odds that the scene is there, by its similarity alone. */
  scene: number;
  /** What is wanted. */
  wanted: readonly WantedObject[];
  /** What of the query nobody can confirm. */
  unconfirmed: readonly string[];
  /** True where the embedding tells what the class stands for among others. */
  told: boolean;
  /** True where the detector carried it. */
  byObject: boolean;
}

/** How many kinds of things are named. */
const mostNamed = 3;
/** From these probabilities on a picture looks like the words to a high or a medium degree. */
const levels = { high: 0.6, medium: 0.3 };

/** Why a moment was found by its pictures, the strongest explanation first. */
export function visualExplanations({
  coverage,
  seen,
  frames,
  similarity,
  scene,
  wanted,
  byObject,
  unconfirmed,
  told,
}: Sight): Why[] {
  const saw = seen
    .filter((one) => one.frames > 0)
    .slice(0, mostNamed)
    .map(({ frames: count, most, score, ...thing }): Why => {
      return { code: 'saw', ...known(thing), frames: count, ofFrames: Math.max(frames, count), most, score };
    });
  const chance = logistic(scene);
  const level = chance >= levels.high ? 'high' : chance >= levels.medium ? 'medium' : 'low';
  const looks: Why = { code: 'looks-like', level, similarity };
  // What the detector knows and didn't see is the reason why a moment is only among the nearest.
  const unseen: Why[] =
    coverage === 'covered' && saw.length === 0
      ? wanted.slice(0, 1).map((one) => ({ code: 'not-seen', ...known({ ...one, label: one.labels[0] }) }))
      : [];
  // A class that stands for several words, and what nobody confirms, are told beside what was seen.
  const narrow = wanted.filter(({ chance = 1, words }) => !told && chance < 1 && words !== undefined);
  const unsure: Why[] =
    saw.length === 0
      ? []
      : [
          ...narrow.map(({ words = '' }): Why => ({ code: 'unsure', of: 'class', words })),
          ...unconfirmed.map((words): Why => ({ code: 'unsure', of: 'attribute', words })),
        ];
  return byObject && saw.length > 0 ? [...saw, ...unsure, looks] : [looks, ...saw, ...unsure, ...unseen];
}

/** A thing as an explanation names it. */
function known({ label, colours = [], heading }: Pick<Seen, 'label' | 'colours' | 'heading'>): KnownThing {
  return { label, ...(colours.length > 0 && { colours: [...colours] }), ...(heading && { heading }) };
}

/** What the decoder's second look adds. */
export function checkedExplanation(yes: number): Why {
  return { code: 'checked', yes };
}
