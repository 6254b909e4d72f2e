import { LongviewError, throwIfCancelled } from '../protocol/errors.ts';
import type { Model } from '../inference/types.ts';

/** A trial takes no longer than this and at least so many batches; an hour has so many temporal patches, one a second. */
const trial = { longestMs: 10_000, batches: 3, patchesAnHour: 3600 };

/**
 * How many minutes a frame encoder takes for an hour of video on this machine, decoding left out: it looks at made pictures for ten
 * seconds at most.
 * @throws LongviewError `bad-bundle` for a model that looks at nothing, `cancelled`.
 */
export async function minutesAnHour(
  { id, frameEncoder }: Pick<Model, 'id' | 'frameEncoder'>,
  signal?: AbortSignal,
): Promise<number> {
  if (!frameEncoder) throw new LongviewError('bad-bundle', `${id} has no frame encoder.`, 'Import it again.');
  const { width, height, batchPatches } = frameEncoder;
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 7919) % 256);
  const frame = { time: 0, pixels };
  const batch = Array.from({ length: batchPatches }, () => [frame, frame] as const);
  const look = () => frameEncoder.analyse(batch, { x: 0, y: 0, width, height }, signal);
  // The first look opens the graph.
  await look();
  const began = performance.now();
  let done = 0;
  while (done < trial.batches || (done < 50 && performance.now() - began < trial.longestMs / 2)) {
    throwIfCancelled(signal);
    await look();
    done++;
    if (performance.now() - began > trial.longestMs) break;
  }
  const msAPatch = (performance.now() - began) / (done * batchPatches);
  return Math.max(1, Math.round((msAPatch * trial.patchesAnHour) / 60_000));
}
