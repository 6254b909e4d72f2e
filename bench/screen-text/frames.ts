import { startProcess } from '../../engine/media/process.ts';
import { findMediaTools } from '../../engine/media/tools.ts';
import { LongviewError } from '../../engine/protocol/errors.ts';
import type { ScreenFrame } from '../../engine/screen-text/index.ts';

/** Frames of a file at even times and one size, as an extractor gets them. */
export async function* framesOf(
  file: string,
  { fps, width, height }: { fps: number; width: number; height: number },
): AsyncGenerator<ScreenFrame> {
  const { ffmpeg } = await findMediaTools();
  const process = startProcess(ffmpeg, [
    ...['-v', 'error', '-nostdin', '-i', file, '-map', '0:V:0'],
    ...[
      '-vf',
      `fps=${fps}:round=up,scale=${width}:${height}`,
      '-f',
      'rawvideo',
      '-pix_fmt',
      'rgb24',
      'pipe:1',
    ],
  ]);
  try {
    let [pieces, held, index] = [[] as Buffer[], 0, 0];
    const size = width * height * 3;
    for await (const piece of process.child.stdout!) {
      pieces.push(piece as Buffer);
      held += (piece as Buffer).length;
      while (held >= size) {
        const whole = Buffer.concat(pieces);
        yield { time: index / fps, shot: 0, width, height, pixels: Uint8Array.from(whole.subarray(0, size)) };
        index++;
        pieces = [whole.subarray(size)];
        held -= size;
      }
    }
    const { code } = await process.ended;
    if (code !== 0)
      throw new LongviewError(
        'ffmpeg-failed',
        `ffmpeg could not read ${file}: ${process.stderr()}`,
        'Check the file.',
      );
  } finally {
    process.kill();
  }
}
