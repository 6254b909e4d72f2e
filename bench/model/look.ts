import { cutScore, shotSignature, type ShotSignature } from '../../engine/vision/cut-score.ts';
import type { FrameEncoder, PatchAnalysis } from '../../engine/inference/types.ts';
import type { Letterbox } from '../../engine/core/frames.ts';
import type { FramePair } from './frames.ts';

/** What the frame encoder made of a drawn temporal patch, and how much its frames differ from those before. */
export interface SeenPatch extends PatchAnalysis {
  frameTimes: readonly [number, number];
  cutScores: readonly [number, number];
}

/** Temporal patches that are looked at while the next ones are drawn. */
const atOnce = 8;

/** Looks at drawn temporal patches as indexing does at decoded ones, and drops their pixels. */
export async function lookAtAll(
  frameEncoder: FrameEncoder,
  drawn: AsyncIterable<FramePair>,
  onLooked: (patches: number) => void,
): Promise<SeenPatch[]> {
  const whole: Letterbox = { x: 0, y: 0, width: frameEncoder.width, height: frameEncoder.height };
  const seen: SeenPatch[] = [];
  let last: ShotSignature | undefined;
  const difference = (frame: FramePair[0]) => {
    const signature = shotSignature(frame, frameEncoder.width, whole);
    const score = last ? cutScore(last, signature) : 0;
    last = signature;
    return score;
  };
  const look = async (batch: readonly FramePair[]) => {
    const differences = batch.map(([a, b]) => [difference(a), difference(b)] as const);
    const analyses = await frameEncoder.analyse(batch, whole);
    for (const [i, [a, b]] of batch.entries())
      seen.push({ ...analyses[i], frameTimes: [a.time, b.time], cutScores: differences[i] });
    onLooked(seen.length);
  };
  let looking = Promise.resolve();
  let batch: FramePair[] = [];
  for await (const pair of drawn) {
    batch.push(pair);
    if (batch.length < atOnce) continue;
    await looking;
    looking = look(batch);
    batch = [];
  }
  await looking;
  if (batch.length > 0) await look(batch);
  return seen;
}
