import type { RgbFrame } from '../core/frames.ts';

/**
 * Pairs sampled frames into temporal patches of two. An odd last frame is paired with itself, so that the end of a
 * video is seen like the rest.
 */
export async function* temporalPatches<Frame extends RgbFrame>(
  frames: AsyncIterable<Frame>,
): AsyncGenerator<[Frame, Frame], void, void> {
  let first: Frame | undefined;
  for await (const frame of frames) {
    if (first) {
      yield [first, frame];
      first = undefined;
    } else first = frame;
  }
  if (first) yield [first, first];
}
