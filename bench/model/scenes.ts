import { matchNouns } from '../../engine/language/vocabulary/match.ts';
import { Random } from '../../demo/sample/random.ts';
import { castOf, drawingOf, seenStyles } from './cast.ts';
import type { Screen } from './frames.ts';
import { galleryOf, scoresFor } from './gallery.ts';
import { lookAtScenes } from './look-at-scenes.ts';
import type { SeenPatch } from './look.ts';
import { recallAt, Tally } from './metrics.ts';
import { article } from './names.ts';
import { shuffled } from './random.ts';
import type { Readable } from './reading-plan.ts';
import { measure, type Measure } from './report.ts';
import { setScene, type Drawing } from './scene.ts';
import type { Stage } from './stage.ts';

/** Drawings for so many candidates: every thing once before any comes again in another style. */
export function castCandidates(drawings: readonly Drawing[], count: number, random: Random): Drawing[] {
  const order = shuffled(drawings, random);
  const taken = new Set<string>();
  const once = order.filter(({ name }) => !taken.has(name) && taken.add(name));
  const again = order.filter((drawing) => !once.includes(drawing));
  return [...once, ...again].slice(0, count);
}

/** Finds among made scenes. @returns the measures, and what was seen for the decoder to read. */
export async function measureScenes(stage: Stage): Promise<{ measures: Measure[]; readable: Readable[] }> {
  const { heldOut, sizes, seed } = stage;
  const random = new Random(seed).fork(200);
  const learnt = Object.entries(heldOut.learnt).map(([name, names]) => ({ name, names }));
  const cast = castCandidates(castOf(learnt, seenStyles), sizes.candidates, random);
  // Only emoji that the seen styles draw too: sets have pictures of their own, such as a brand's mark called "apple".
  const drawnAsLearnt = learnt.filter((thing) => seenStyles.some((style) => drawingOf(thing, style)));
  const never = castOf(
    heldOut.objects.map((name) => ({ name, names: [name] })),
    [...seenStyles, heldOut.style],
  );
  const unseen = castCandidates(castOf(drawnAsLearnt, [heldOut.style]), sizes.unseenStyle, random);
  const seen = await look(stage, 0, 'seen', cast);
  const neverSeen = await look(stage, 1, 'never-seen', never);
  const unseenStyle = await look(stage, 2, 'unseen-style', unseen);

  const objects = new Set(cast.map(({ name }) => name)).size;
  const known = await rank(stage, seen, []);
  const novel = await rank(stage, neverSeen, seen.slice(0, sizes.candidates - 1));
  // Among things that are drawn as training knew them, none of which is asked for.
  const shown = new Set(unseen.map(({ name }) => name));
  const rest = seen.filter(({ drawing }) => !shown.has(drawing.name));
  const strange = await rank(stage, unseenStyle, rest.slice(0, sizes.candidates - unseenStyle.length));

  const group = `Made scenes, ${sizes.candidates} candidate patches`;
  const row = (id: string, what: string, tally: Tally, more: { target?: number; styled?: Tally } = {}) => {
    const one = measure({ id: `scenes.${id}`, group, what, tally, target: more.target });
    return { ...one, by: { ...one.by, ...more.styled?.by } };
  };
  const half = (tally: Tally) => ({ target: tally.share.value / 2 });
  const { any, styled } = known;
  return {
    measures: [
      row('seen.r1', `seen objects (${objects} different), R@1`, any.first, {
        target: 0.8,
        styled: styled.first,
      }),
      row('seen.r5', 'seen objects, R@5', any.five, { styled: styled.five }),
      row('seen.fused.r1', 'seen objects, with the detector as find fuses them, R@1', any.fused),
      row('style.r1', `unseen style (${heldOut.style}), R@1`, strange.any.first, half(any.first)),
      row('style.r5', `unseen style (${heldOut.style}), R@5`, strange.any.five, half(any.five)),
      row('never.r1', 'never-seen objects, R@1', novel.styled.first),
      row('never.r5', 'never-seen objects, R@5', novel.styled.five),
      row(
        'never.fused.r1',
        'never-seen objects, with the detector as find fuses them, R@1',
        novel.styled.fused,
      ),
    ],
    readable: seen.map(({ drawing, patch }) => ({
      thing: { name: drawing.name, names: heldOut.learnt[drawing.name] },
      tokens: patch.tokens,
      label: { style: drawing.style },
    })),
  };
}

interface Candidate {
  drawing: Drawing;
  patch: SeenPatch;
}

async function look(
  stage: Stage,
  part: number,
  sheet: string,
  cast: readonly Drawing[],
): Promise<Candidate[]> {
  const random = new Random(stage.seed).fork(1000 + part);
  const scenes = cast.map((drawing, i) => ({
    caption: `${drawing.name} (${drawing.style})`,
    set: (screen: Screen) => setScene(drawing, screen, random.fork(i)),
  }));
  const seen = await lookAtScenes(stage, sheet, scenes, (n) =>
    stage.tell(`scenes, ${sheet}`, n / cast.length),
  );
  return seen.map((patch, i) => ({ drawing: cast[i], patch }));
}

/** What came of ranking: R@1 and R@5 by embedding, R@1 as a find fuses embedding and detector. */
type Recalls = Record<'first' | 'five' | 'fused', Tally>;
const noRecalls = (): Recalls => ({ first: new Tally(), five: new Tally(), fused: new Tally() });

/**
 * Asks for every thing among `asked`, with `others` as further candidates.
 * @returns `any`: every candidate that shows the thing is right; `styled`: asked once for every style that drew it, its
 *   drawings in other styles left aside.
 */
async function rank(
  stage: Stage,
  asked: readonly Candidate[],
  others: readonly Candidate[],
): Promise<{ any: Recalls; styled: Recalls }> {
  const all = [...asked, ...others];
  const gallery = galleryOf(all.map(({ patch }) => patch));
  const recalls = { any: noRecalls(), styled: noRecalls() };
  for (const object of new Set(asked.map(({ drawing }) => drawing.name))) {
    const query = article(object);
    const [vector] = await stage.model.text!.embed([query]);
    const { embedding, fused } = scoresFor(gallery, matchNouns(query), vector);
    const shows = all.map(({ drawing }) => isCalled(stage, drawing, object));
    const add = (to: Recalls, right: (i: number) => boolean, labels: Record<string, string>) => {
      const among = (scores: Float32Array) =>
        scores.map((score, i) => (shows[i] && !right(i) ? -Infinity : score));
      to.first.add(recallAt(1, among(embedding), right), labels);
      to.five.add(recallAt(5, among(embedding), right), labels);
      to.fused.add(recallAt(1, among(fused), right), labels);
    };
    add(recalls.any, (i) => shows[i], { object });
    for (const style of new Set(asked.filter((_, i) => shows[i]).map(({ drawing }) => drawing.style)))
      add(recalls.styled, (i) => shows[i] && all[i].drawing.style === style, { object, style });
  }
  return recalls;
}

function isCalled({ heldOut }: Stage, { name }: Drawing, object: string): boolean {
  return name === object || (heldOut.learnt[name]?.includes(object) ?? false);
}
