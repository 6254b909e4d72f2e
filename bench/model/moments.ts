import { Random } from '../../demo/sample/random.ts';
import { castOf, seenStyles } from './cast.ts';
import type { FramePair } from './frames.ts';
import { lookAtAll } from './look.ts';
import { hitAt, Tally } from './metrics.ts';
import { article } from './names.ts';
import { shuffled } from './random.ts';
import { measure, type Measure } from './report.ts';
import { setScene, type Drawing } from './scene.ts';
import type { Stage } from './stage.ts';
import type { RgbFrame } from '../../engine/core/frames.ts';

/** Frames per second, as indexing samples. */
const fps = 2;
/** Shots last at least and at most so many frames. */
const [shortest, longest] = [6, 16];

/** A shot of a planned video. */
export interface PlannedShot {
  drawing: Drawing;
  /** Sampled frames: the first, and one past the last. */
  first: number;
  past: number;
}

/** Shots of different things that fill a video; cuts fall on any frame, also inside a temporal patch. */
export function planShots(drawings: readonly Drawing[], frames: number, random: Random): PlannedShot[] {
  const shown = new Set<string>();
  const shots: PlannedShot[] = [];
  let first = 0;
  for (const drawing of shuffled(drawings, random)) {
    if (first >= frames) break;
    if (shown.has(drawing.name)) continue;
    shown.add(drawing.name);
    const length = shortest + Math.floor(random.next() * (longest - shortest + 1));
    // No shot shorter than the shortest at the end.
    const past = frames - first - length < shortest ? frames : first + length;
    shots.push({ drawing, first, past });
    first = past;
  }
  return shots;
}

/** Finds moments in long made videos with the engine's own find. */
export async function measureMoments(stage: Stage): Promise<Measure[]> {
  const { sizes, heldOut, seed, library } = stage;
  const learnt = Object.entries(heldOut.learnt).map(([name, names]) => ({ name, names }));
  const drawings = castOf(learnt, seenStyles);
  const first = { checked: new Tally(), unchecked: new Tally() };
  const five = new Tally();
  for (let v = 0; v < sizes.momentVideos; v++) {
    const shots = planShots(drawings, sizes.momentSeconds * fps, new Random(seed).fork(300 + v));
    const id = await film(stage, shots, v);
    for (const { drawing, first: from, past } of shots) {
      const query = article(drawing.name);
      const truth = [{ start: from / fps, end: past / fps }];
      const labels = { style: drawing.style };
      const find = async (refine: boolean) =>
        (await library.engine.find({ query, in: [id], limit: 5, refine })).moments;
      const checked = await find(true);
      first.checked.add(hitAt(1, checked, truth), labels);
      five.add(hitAt(5, checked, truth), labels);
      first.unchecked.add(hitAt(1, await find(false), truth), labels);
    }
  }
  const group = `Made videos of ${sizes.momentSeconds} s, moments at IoU 0.5`;
  return [
    measure({ id: 'moments.r1', group, what: 'seen objects, R@1', tally: first.checked, target: 0.8 }),
    measure({ id: 'moments.r5', group, what: 'seen objects, R@5', tally: five }),
    measure({
      id: 'moments.unchecked.r1',
      group,
      what: 'R@1 without the decoder’s re-check',
      tally: first.unchecked,
    }),
  ];
}

async function film(stage: Stage, shots: readonly PlannedShot[], video: number): Promise<string> {
  const screen = stage.model.frameEncoder!;
  const frames = shots.at(-1)!.past;
  async function* sampled(): AsyncGenerator<RgbFrame> {
    for (const [i, { drawing, first, past }] of shots.entries()) {
      const scene = await setScene(drawing, screen, new Random(stage.seed).fork(3000 + 500 * video + i));
      for (let frame = first; frame < past; frame++) yield scene((frame - first) / longest, frame / fps);
    }
  }
  async function* paired(): AsyncGenerator<FramePair> {
    let before: RgbFrame | undefined;
    for await (const frame of sampled()) {
      if (before) {
        stage.sheets.add('moments', `${before.time.toFixed(1)} s`, [before, frame], screen);
        yield [before, frame];
      }
      before = before ? undefined : frame;
    }
    if (before) yield [before, before];
  }
  const patches = Math.ceil(frames / 2);
  const seen = await lookAtAll(screen, paired(), (n) => stage.tell(`video ${video + 1}`, n / patches));
  return stage.library.add(`moments-${video}`, fps, seen);
}
