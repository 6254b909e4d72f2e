import {
  decoderPrompt,
  isThere,
  sides,
  sidesWritten,
  yesNo,
  type Side,
} from '../../engine/language/prompts.ts';
import type { PromptPart } from '../../engine/inference/types.ts';
import { Random } from '../../demo/sample/random.ts';
import { castOf, seenStyles } from './cast.ts';
import type { Screen } from './frames.ts';
import { lookAtScenes } from './look-at-scenes.ts';
import { Tally } from './metrics.ts';
import { related, type Thing } from './names.ts';
import { shuffled } from './random.ts';
import { measure, type Measure } from './report.ts';
import { setTogether, type Drawing, type Placed } from './scene.ts';
import type { Stage } from './stage.ts';

/** Where things stand, as shares of the width: further from the middle than what training called so. */
const places: Readonly<Record<Side, readonly [number, number]>> = {
  left: [0.2, 0.34],
  middle: [0.46, 0.54],
  right: [0.66, 0.8],
};
/** In how many of the scenes there are two things: one on the left, one on the right. */
const pairs = 0.7;
/** How large things are, as shares of the height. */
const sizes = [0.28, 0.62] as const;
/** Frames that are read together. */
const lengths = [1, 8] as const;

/** What a scene shows. */
export interface PlannedTogether {
  shows: readonly (Placed & { side: Side })[];
}

/** Scenes of one or two things, none of which may be the other. */
export function planTogether(drawings: readonly Drawing[], count: number, random: Random): PlannedTogether[] {
  return Array.from({ length: count }, () => {
    const [first, ...rest] = shuffled(drawings, random);
    const second = rest.find((other) => !related(thingOf(first), thingOf(other)));
    const at = (drawing: Drawing, side: Side) => ({
      ...{ drawing, side, x: random.between(...places[side]), size: random.between(...sizes) },
    });
    if (second === undefined || random.next() >= pairs) return { shows: [at(first, random.pick(sides))] };
    return { shows: [at(first, 'left'), at(second, 'right')] };
  });
}

function thingOf({ name }: Drawing): Thing {
  return { name, names: [name] };
}

/**
 * Reads scenes with several things, alone and eight together: whether a thing is there, where it is and what is beside it,
 * with the prompts that `ask` uses.
 */
export async function measureTogether(stage: Stage): Promise<Measure[]> {
  const { heldOut, seed, sizes: much } = stage;
  const random = new Random(seed).fork(8000);
  const learnt = Object.entries(heldOut.learnt).map(([name, names]) => ({ name, names }));
  const drawings = castOf(learnt, seenStyles);
  const scenes = planTogether(drawings, much.together, random);
  const tokens = await look(stage, scenes, random.fork(1));
  const tallies = new Map<string, Tally>();
  const tally = (id: string) => tallies.get(id) ?? tallies.set(id, new Tally()).get(id)!;
  for (const length of lengths)
    for (let from = 0; from + length <= scenes.length; from += length) {
      const video = scenes.slice(from, from + length);
      const read = reader(stage, tokens.slice(from, from + length));
      const asked = video.flatMap((scene) => askedOf(scene, video, drawings, heldOut.learnt, random));
      for (const one of asked) {
        const said = await read(one.prompt, one.options);
        tally(`${one.task}.${length}`).add(one.right.includes(said), { answer: one.label });
      }
      stage.tell(`scenes of several things, ${length} at once`, (from + length) / scenes.length);
    }
  return report(tallies);
}

async function look(
  stage: Stage,
  scenes: readonly PlannedTogether[],
  random: Random,
): Promise<Float32Array[]> {
  const all = scenes.map(({ shows }, i) => ({
    caption: shows.map(({ drawing }) => drawing.name).join(' | '),
    set: (screen: Screen) => setTogether(shows, screen, random.fork(i)),
  }));
  const seen = await lookAtScenes(stage, 'together', all, () => undefined);
  return seen.map(({ tokens }) => tokens);
}

interface AskedTogether {
  task: 'there' | 'where' | 'beside';
  prompt: string;
  /** To choose from; what it writes where there are none. */
  options?: readonly string[];
  right: readonly string[];
  /** What the figure is also told by. */
  label: string;
}

/** About a scene of a video; where a thing is only if nothing else there may be called so. */
function askedOf(
  { shows }: PlannedTogether,
  video: readonly PlannedTogether[],
  drawings: readonly Drawing[],
  names: Readonly<Record<string, readonly string[]>>,
  random: Random,
): AskedTogether[] {
  const all = video.flatMap(({ shows }) => shows.map(({ drawing }) => drawing));
  const asked = random.pick(shows);
  const { name } = asked.drawing;
  const absent = shuffled(drawings, random).find(
    (other) => !all.some((shown) => related(thingOf(shown), thingOf(other))),
  )!;
  const there = (subject: string, right: string): AskedTogether => ({
    ...{ task: 'there', prompt: isThere(subject), options: yesNo, right: [right], label: right.trim() },
  });
  const yesOrNo = [there(name, ' yes'), there(absent.name, ' no')];
  if (all.filter((other) => related(thingOf(other), thingOf(asked.drawing))).length > 1) return yesOrNo;
  const other = shows.find((one) => one !== asked)?.drawing.name;
  return [
    ...yesOrNo,
    {
      ...{ task: 'where', prompt: decoderPrompt({ kind: 'where', subject: name }, '') },
      ...{ options: sidesWritten, right: [` ${asked.side}`], label: asked.side },
    },
    {
      ...{ task: 'beside', prompt: decoderPrompt({ kind: 'beside', subject: name }, '') },
      right: other === undefined ? ['nothing'] : [other, ...(names[other] ?? [])],
      label: other === undefined ? 'nothing' : 'something',
    },
  ];
}

function reader({ model }: Stage, patches: readonly Float32Array[]) {
  return async (prompt: string, options?: readonly string[]): Promise<string> => {
    const parts: PromptPart[] = [
      { kind: 'video', patches, grid: model.frameEncoder!.grid },
      { kind: 'text', text: prompt },
    ];
    if (!options) return (await model.decoder!.read({ parts, gamma: 1, maxNewTokens: 16 })).text.trim();
    const scores = await model.decoder!.score({ parts, gamma: 1 }, options);
    const best = scores.reduce((a, b) => (b.logProbability > a.logProbability ? b : a));
    return options[scores.indexOf(best)];
  };
}

function report(tallies: ReadonlyMap<string, Tally>): Measure[] {
  const says = {
    there: 'yes or no, half of it not shown',
    where: 'left, middle or right',
    beside: 'what is next to it',
  };
  return Object.entries(says).flatMap(([task, what]) =>
    lengths.map((length) =>
      measure({
        id: `together.${task}.${length}`,
        group: 'Made scenes of one or two things',
        what: `${what}, ${length} patch${length === 1 ? '' : 'es'}`,
        tally: tallies.get(`${task}.${length}`) ?? new Tally(),
      }),
    ),
  );
}
