import { badArgument, quote } from '../protocol/errors.ts';
import type { CallOptions } from '../protocol/engine.ts';
import type { VniahRequest, VniahResult } from '../protocol/vniah.ts';
import { findMediaTools, probe, readPicture, sampleFrames, type FindToolsOptions } from '../media/index.ts';
import type { Model } from '../inference/types.ts';
import type { RgbFrame } from '../core/frames.ts';

/** V-NIAH with engine/media reading files. @throws as engine/needle's vniah. */
export async function runVniah(
  request: VniahRequest,
  model: Model,
  { signal, onProgress }: CallOptions,
  options: FindToolsOptions | undefined,
): Promise<VniahResult> {
  const { vniah } = await import('../needle/index.ts');
  return vniah(request, {
    model,
    signal,
    onProgress,
    readPicture: async (file, size, signal) =>
      readPicture(file, size, { signal, tools: await findMediaTools(options) }),
    footage: (file, size, frames, signal) => evenFrames(file, { ...size, frames, signal }, options),
  });
}

/**
 * So many frames of a video, evenly spaced over all of it.
 * @throws LongviewError the file errors; `bad-argument` where the video hasn't got so many.
 */
async function* evenFrames(
  file: string,
  { frames, ...wanted }: { width: number; height: number; frames: number; signal?: AbortSignal },
  options: FindToolsOptions | undefined,
): AsyncGenerator<RgbFrame, void, void> {
  const tools = await findMediaTools(options);
  const info = await probe(file, { signal: wanted.signal, tools });
  // Half a frame more, so that rounding at either end doesn't cost one.
  const fps = (frames + 0.5) / Math.max(0.001, info.durationSec - info.videoStartSec);
  const most = Math.floor((info.fps ?? 30) * (info.durationSec - info.videoStartSec));
  if (frames > most)
    throw badArgument('frames', `at most ${most}, the frames that ${quote(file)} has`, frames);
  let given = 0;
  for await (const frame of sampleFrames(file, info, { ...wanted, fps, tools })) {
    yield frame;
    if (++given === frames) return;
  }
  if (given < frames)
    throw badArgument('frames', `at most ${given}, the frames that ${quote(file)} gave`, frames);
}
