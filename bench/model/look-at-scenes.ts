import type { FramePair, Screen } from './frames.ts';
import { lookAtAll, type SeenPatch } from './look.ts';
import type { Scene } from './scene.ts';
import type { Stage } from './stage.ts';

/** How far into its shot the second frame of a temporal patch is: a little motion. */
const step = 0.1;

/** Looks at one temporal patch of each scene. */
export function lookAtScenes(
  { model, sheets }: Stage,
  sheet: string,
  scenes: readonly { caption: string; set: (screen: Screen) => Promise<Scene> }[],
  onLooked: (patches: number) => void,
): Promise<SeenPatch[]> {
  const screen = model.frameEncoder!;
  async function* drawn(): AsyncGenerator<FramePair> {
    for (const [i, { caption, set }] of scenes.entries()) {
      const scene = await set(screen);
      const pair = [scene(0, 2 * i), scene(step, 2 * i + 1)] as const;
      sheets.add(sheet, caption, pair, screen);
      yield pair;
    }
  }
  return lookAtAll(screen, drawn(), onLooked);
}
