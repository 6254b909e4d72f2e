import { usualGammas } from '../../engine/protocol/gamma.ts';
import { namesIn } from '../../engine/answering/answers/sequence.ts';
import { decoderPrompt, isThere, yesNo } from '../../engine/language/prompts.ts';
import type { Question } from '../../engine/language/questions.ts';
import type { PromptPart } from '../../engine/inference/types.ts';
import { Random } from '../../demo/sample/random.ts';
import { shareInOrder, Tally } from './metrics.ts';
import { article, type Thing } from './names.ts';
import { planReading, type Asked, type PlannedReading, type Readable } from './reading-plan.ts';
import { measure, type Measure } from './report.ts';
import type { Stage } from './stage.ts';

/** The gammas that training drew from. */
const gammas = usualGammas;

/** Temporal patches of a video at the training length, and what is asked at each length. */
const trainingLength = 16;
const lengths = [
  { patches: 4, only: undefined },
  { patches: 8, only: undefined },
  { patches: trainingLength, only: undefined },
  { patches: 2 * trainingLength, only: 'yes-no' },
  { patches: 4 * trainingLength, only: 'yes-no' },
] as const;

const targets: Readonly<Record<string, number>> = {
  [`yesno.${trainingLength}`]: 0.97,
  [`yesno.${4 * trainingLength}`]: 0.9,
  [`after.${trainingLength}`]: 0.9,
  [`before.${trainingLength}`]: 0.9,
  [`order.${trainingLength}`]: 0.9,
};

/** Tallies by task. */
class Results {
  readonly #tallies = new Map<string, Tally>();

  of(task: string): Tally {
    const tally = this.#tallies.get(task) ?? new Tally();
    this.#tallies.set(task, tally);
    return tally;
  }

  has(task: string): boolean {
    return this.#tallies.has(task);
  }
}

/** Reads videos of given temporal patches with the decoder, with the prompts that `ask` uses. */
export async function measureReading(
  stage: Stage,
  what: 'photographs' | 'scenes',
  pool: readonly Readable[],
): Promise<Measure[]> {
  const alike = await likeness(stage, pool);
  const { kinds } = stage.heldOut;
  const results = new Results();
  let done = 0;
  for (const { patches, only } of lengths) {
    for (let v = 0; v < stage.sizes.readVideos; v++) {
      const random = new Random(stage.seed).fork(5000 + 100 * patches + v);
      const planned = planReading(pool, patches, random, { alike, kinds, only });
      for (const gamma of gammas) await readVideo(stage, planned, gamma, results, patches);
      done += patches;
      const all = lengths.reduce((sum, one) => sum + one.patches, 0) * stage.sizes.readVideos;
      stage.tell(`reading ${what}`, done / all);
    }
  }
  return report(what, results);
}

/** Things by their names' likeness in the text tower's space. */
async function likeness(
  stage: Stage,
  pool: readonly Readable[],
): Promise<(thing: Thing) => readonly Thing[]> {
  const things = [...new Map(pool.map(({ thing }) => [thing.name, thing])).values()];
  const vectors = await stage.model.text!.embed(things.map(({ name }) => article(name)));
  const byName = new Map(things.map(({ name }, i) => [name, vectors[i]]));
  const known = new Map<string, readonly Thing[]>();
  return ({ name }) => {
    let near = known.get(name);
    if (!near) {
      const of = byName.get(name)!;
      const dot = (other: Thing) => byName.get(other.name)!.reduce((sum, value, i) => sum + value * of[i], 0);
      near = things
        .map((thing) => ({ thing, like: dot(thing) }))
        .sort((a, b) => b.like - a.like)
        .map(({ thing }) => thing);
      known.set(name, near);
    }
    return near;
  };
}

async function readVideo(
  stage: Stage,
  { shots, asked }: PlannedReading,
  gamma: number,
  results: Results,
  length: number,
): Promise<void> {
  const labels = { gamma: String(gamma) };
  for (const one of asked) {
    const patches = one.shot === undefined ? shots.map(({ tokens }) => tokens) : [shots[one.shot].tokens];
    const said = await answer(stage, patches, one, gamma, length);
    if (one.task === 'order') {
      const expected = shots.map(({ thing }) => thing.names);
      const names = namesIn(said);
      const exact = names.length === expected.length && names.every((name, i) => expected[i].includes(name));
      results.of(`order.${length}`).add(exact, labels);
      results.of(`order-names.${length}`).add(shareInOrder(names, expected), labels);
      continue;
    }
    const right = one.right.includes(said);
    if (one.task === 'shown' || one.task === 'absent')
      results.of(`yesno.${length}`).add(right, { ...labels, answer: one.right[0].trim() });
    if (one.task === 'shown' || one.task === 'look-alike')
      results.of(`look-alike.${length}`).add(right, { ...labels, answer: one.right[0].trim() });
    if (one.task === 'kind')
      results.of(`kind.${length}`).add(right, { ...labels, answer: one.right[0].trim(), kind: one.subject });
    if (!isYesNo(one.task)) {
      const style = one.shot === undefined ? {} : shots[one.shot].label;
      results.of(`${one.task}.${one.task === 'what' ? 1 : length}`).add(right, { ...labels, ...style });
    }
  }
}

/** What the decoder says; to yes-or-no questions the likelier of the two. */
async function answer(
  { model }: Stage,
  patches: readonly Float32Array[],
  { task, subject }: Asked,
  gamma: number,
  length: number,
): Promise<string> {
  const { grid } = model.frameEncoder!;
  const parts = (text: string): PromptPart[] => [
    { kind: 'video', patches, grid },
    { kind: 'text', text },
  ];
  if (isYesNo(task)) {
    const [yes, no] = await model.decoder!.score({ parts: parts(isThere(subject)), gamma }, yesNo);
    return yesNo[yes.logProbability >= no.logProbability ? 0 : 1];
  }
  const maxNewTokens = task === 'order' ? 16 + 8 * length : 16;
  const question = decoderPrompt(questionOf(task, subject), '');
  const { text } = await model.decoder!.read({ parts: parts(question), gamma, maxNewTokens });
  return text.trim();
}

type YesNo = 'shown' | 'absent' | 'look-alike' | 'kind';

function isYesNo(task: Asked['task']): task is YesNo {
  return ['shown', 'absent', 'look-alike', 'kind'].includes(task);
}

function questionOf(task: Exclude<Asked['task'], YesNo>, subject: string): Question {
  switch (task) {
    case 'after':
    case 'before':
      return { kind: task, subject };
    case 'count':
      return { kind: 'times', subject };
    default:
      return { kind: task };
  }
}

function report(what: string, results: Results): Measure[] {
  const group = `Reading ${what === 'photographs' ? 'videos of held-out photographs' : 'made scenes'}, one patch a shot`;
  const rows: (readonly [task: string, what: string])[] = [
    ['yesno', 'yes or no, half of it not shown'],
    ['look-alike', 'yes or no, what is not shown alike what is'],
    ['kind', 'yes or no, a kind of thing, half of them not shown'],
    ['after', 'what comes after'],
    ['before', 'what comes before'],
    ['first', 'what is first'],
    ['last', 'what is last'],
    ['order', 'in order, the whole list'],
    ['order-names', 'in order, share of the names'],
    ['count', 'how many times'],
  ];
  const measures = rows.flatMap(([task, says]) =>
    lengths
      .map(({ patches }) => `${task}.${patches}`)
      .filter((key) => results.has(key))
      .map((key) =>
        measure({
          id: `read.${what}.${key}`,
          group,
          what: `${says}, ${key.split('.')[1]} patches`,
          tally: results.of(key),
          target: targets[key],
        }),
      ),
  );
  const open = measure({
    id: `read.${what}.what`,
    group,
    what: 'what is this? one patch',
    tally: results.of('what.1'),
  });
  return [...measures, open];
}
