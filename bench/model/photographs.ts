import { join } from 'node:path';
import { coverageOf } from '../../engine/search/fusion.ts';
import { matchNouns } from '../../engine/language/vocabulary/match.ts';
import { Random } from '../../demo/sample/random.ts';
import type { FramePair } from './frames.ts';
import { galleryOf, scoresFor } from './gallery.ts';
import type { HeldOut } from './held-out.ts';
import { lookAtAll, type SeenPatch } from './look.ts';
import { hitAt, recallAt, Tally } from './metrics.ts';
import { article } from './names.ts';
import { filmPhotograph } from './photograph.ts';
import { shuffled } from './random.ts';
import { measure, type Measure } from './report.ts';
import type { Stage } from './stage.ts';
import type { Readable } from './reading-plan.ts';

/** Each photograph is a shot of so many seconds. */
const shotSeconds = 2;

/** One video: a photograph of every kind, in random order. */
interface PlannedVideo {
  kinds: string[];
  files: string[];
}

/** Videos of one held-out photograph a kind; other photographs in each, as far as there are. */
export function planPhotographs(
  photographs: HeldOut['photographs'],
  count: number,
  seed: number,
): PlannedVideo[] {
  const random = new Random(seed);
  const files = new Map(
    Object.entries(photographs).map(([kind, ones]) => [kind, shuffled(ones, random)] as const),
  );
  return Array.from({ length: count }, (_, video) => {
    const kinds = shuffled([...files.keys()], random);
    return { kinds, files: kinds.map((kind) => files.get(kind)![video % files.get(kind)!.length]) };
  });
}

/** Finds in videos of held-out photographs. @returns the measures, and the photographs for the decoder to read. */
export async function measurePhotographs(
  stage: Stage,
  natural: string,
): Promise<{ measures: Measure[]; readable: Readable[] }> {
  const { heldOut, sizes, seed } = stage;
  const videos = planPhotographs(heldOut.photographs, sizes.photographVideos, seed);
  const tallies = {
    embedding: [new Tally(), new Tally()],
    find: [new Tally(), new Tally()],
    everyday: {
      detector: [new Tally(), new Tally()],
      embedding: [new Tally(), new Tally()],
      fused: [new Tally(), new Tally()],
    },
    wider: {
      detector: [new Tally(), new Tally()],
      embedding: [new Tally(), new Tally()],
      fused: [new Tally(), new Tally()],
    },
  };
  const readable: Readable[] = [];
  for (const [v, { kinds, files }] of videos.entries()) {
    const patches = await look(stage, natural, kinds, files, v);
    readable.push(
      ...patches.map(({ tokens }, i) => ({ thing: thingOf(heldOut, kinds[i]), tokens, label: {} })),
    );
    const id = stage.library.add(`photographs-${v}`, 1, patches);
    const gallery = galleryOf(patches);
    for (const [right, kind] of kinds.entries()) {
      const query = `a photo of ${article(kind)}`;
      const wanted = matchNouns(query);
      const [vector] = await stage.model.text!.embed([query]);
      const scores = scoresFor(gallery, wanted, vector);
      const isRight = (candidate: number) => candidate === right;
      const truth = [{ start: right * shotSeconds, end: (right + 1) * shotSeconds }];
      const { moments } = await stage.library.engine.find({ query, in: [id], limit: 5 });
      for (const [i, k] of [1, 5].entries()) {
        tallies.embedding[i].add(recallAt(k, scores.embedding, isRight), { kind });
        tallies.find[i].add(hitAt(k, moments, truth), { kind });
        if (coverageOf(wanted) === 'none') continue;
        const group = wanted.covered ? tallies.everyday : tallies.wider;
        for (const way of ['detector', 'embedding', 'fused'] as const)
          group[way][i].add(recallAt(k, scores[way], isRight), { kind });
      }
    }
    stage.tell('finding photographs', (v + 1) / videos.length);
  }
  return { measures: report(tallies), readable };
}

async function look(
  stage: Stage,
  natural: string,
  kinds: readonly string[],
  files: readonly string[],
  video: number,
): Promise<SeenPatch[]> {
  const screen = stage.model.frameEncoder!;
  const random = new Random(stage.seed).fork(100 + video);
  async function* drawn(): AsyncGenerator<FramePair> {
    for (const [i, file] of files.entries()) {
      const times = { start: i * shotSeconds, step: shotSeconds / 2 };
      const pair = await filmPhotograph(join(natural, file), screen, random.fork(i), times);
      stage.sheets.add('photographs', kinds[i], pair, screen);
      yield pair;
    }
  }
  return lookAtAll(screen, drawn(), (n) => stage.tell(`photographs, video ${video + 1}`, n / files.length));
}

/** A kind with the other names that it was taught with. */
function thingOf({ learnt }: HeldOut, kind: string) {
  return { name: kind, names: learnt[kind] ?? [kind] };
}

type Pair = readonly Tally[];
type Ways = Record<'detector' | 'embedding' | 'fused', Pair>;

function report(tallies: { embedding: Pair; find: Pair; everyday: Ways; wider: Ways }): Measure[] {
  const group = 'Real photographs, one a kind, "a photo of a <kind>"';
  const both = (id: string, what: string, [first, five]: Pair, targets: readonly [number?, number?] = []) => [
    measure({ id: `${id}.r1`, group, what: `${what}, R@1`, tally: first, target: targets[0] }),
    measure({ id: `${id}.r5`, group, what: `${what}, R@5`, tally: five, target: targets[1] }),
  ];
  const ways = (id: string, what: string, { detector, embedding, fused }: Ways) => [
    ...both(`${id}.detector`, `${what}: detector alone`, detector),
    ...both(`${id}.embedding`, `${what}: embedding alone`, embedding),
    ...both(`${id}.fused`, `${what}: both, as find fuses them`, fused, [
      detector[0].share.value,
      detector[1].share.value,
    ]),
  ];
  return [
    ...both('photographs.embedding', 'embedding, shot', tallies.embedding, [0.88, 0.99]),
    ...both('photographs.find', 'find with re-check, moment at IoU 0.5', tallies.find, [0.88, 0.99]),
    ...ways('photographs.everyday', 'everyday nouns (a class of the detector)', tallies.everyday),
    ...ways('photographs.wider', 'of a wider class ("flamingo", a bird)', tallies.wider),
  ].filter(({ n }) => n > 0);
}
