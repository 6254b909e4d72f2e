import { LongviewError, quote } from '../protocol/errors.ts';
import { checkFile } from './file-check.ts';
import { inputArguments } from './input.ts';
import { letterboxFilter } from './letterbox.ts';
import { runProcess } from './process.ts';
import { findMediaTools, type MediaTools } from './tools.ts';

/** At the very end of a file there is no picture any more; so many seconds before there is. */
const earlier = [0, 0.25, 1, 3];

/**
 * The picture at a time of a video, letterboxed to a size: RGB, [height, width, 3] bytes. For a few pictures here and
 * there; whoever wants many in a row samples them.
 * @param time seconds on the file's own timeline
 * @throws LongviewError `no-frames`, `ffmpeg-missing`, `ffmpeg-failed`, `cancelled`, and the file errors of `probe`.
 */
export async function frameAt(
  file: string,
  time: number,
  { width, height }: { width: number; height: number },
  options: { signal?: AbortSignal; tools?: MediaTools } = {},
): Promise<Uint8Array> {
  await checkFile(file);
  const { ffmpeg } = options.tools ?? (await findMediaTools());
  let complaint = '';
  for (const back of earlier) {
    const at = Math.max(0, time - back);
    const args = [
      ...['-v', 'error', '-nostdin', '-hide_banner', '-ss', at.toFixed(6), ...inputArguments(file)],
      ...['-map', '0:V:0', '-frames:v', '1', '-vf', letterboxFilter(width, height)],
      ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
    ];
    const { stdout, stderr } = await runProcess(ffmpeg, args, { signal: options.signal, timeoutMs: 60_000 });
    if (stdout.length === width * height * 3) return new Uint8Array(stdout);
    complaint = stderr.trim().split('\n')[0] ?? '';
  }
  throw new LongviewError(
    'no-frames',
    `${quote(file)} has no picture at ${time.toFixed(1)} s${complaint === '' ? '' : `: ${complaint}`}`,
    'Check that the file plays there; if it changed, index it again.',
    { details: { path: file, time } },
  );
}
