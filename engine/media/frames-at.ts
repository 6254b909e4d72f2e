import { LongviewError, quote } from '../protocol/errors.ts';
import { checkFile } from './file-check.ts';
import { asTheyCome, inputArguments } from './input.ts';
import { letterboxFilter } from './letterbox.ts';
import { runProcess } from './process.ts';
import { findMediaTools, type MediaTools } from './tools.ts';

/** At the very end of a file there is no picture any more; so many seconds before there is. */
const earlier = [0, 0.25, 1, 3];

/** Where the pictures go, and what stops their reading. */
interface Wanted {
  signal?: AbortSignal;
  tools?: MediaTools;
}

/**
 * The pictures at some times of a video that lie close together, letterboxed to a size: RGB, [height, width, 3] bytes
 * each. For a few pictures here and there; whoever wants many in a row samples them.
 * @param times seconds on the file's own timeline, ascending
 * @throws LongviewError `no-frames`, `ffmpeg-missing`, `ffmpeg-failed`, `cancelled`, and the file errors of `probe`.
 */
export async function framesAt(
  file: string,
  times: readonly number[],
  size: { width: number; height: number },
  options: Wanted = {},
): Promise<Uint8Array[]> {
  await checkFile(file);
  const tools = options.tools ?? (await findMediaTools());
  const { pictures } = await seek(file, times, size, { ...options, tools });
  if (pictures.length === times.length) return pictures;
  const found: Uint8Array[] = [];
  for (const time of times) found.push(await frameNear(file, time, size, { ...options, tools }));
  return found;
}

/** The picture at a time, or the last before it. */
async function frameNear(
  file: string,
  time: number,
  size: { width: number; height: number },
  options: Wanted & { tools: MediaTools },
): Promise<Uint8Array> {
  let complaint = '';
  for (const back of earlier) {
    const { pictures, stderr } = await seek(file, [Math.max(0, time - back)], size, options);
    if (pictures.length > 0) return pictures[0];
    complaint = stderr.trim().split('\n')[0] ?? '';
  }
  throw new LongviewError(
    'no-frames',
    `${quote(file)} has no picture at ${time.toFixed(1)} s${complaint === '' ? '' : `: ${complaint}`}`,
    'Check that the file plays there; if it changed, index it again.',
    { details: { path: file, time } },
  );
}

/** The first picture at or after each time, in one run of ffmpeg; fewer where the file ends before. */
async function seek(
  file: string,
  times: readonly number[],
  { width, height }: { width: number; height: number },
  { signal, tools: { ffmpeg, version } }: Wanted & { tools: MediaTools },
): Promise<{ pictures: Uint8Array[]; stderr: string }> {
  const [first] = times;
  // After the seek the first picture's time is near 0. One that comes after two of the times is the picture of both.
  const due = times.map((time) => {
    const after = (time - first - 1e-4).toFixed(6);
    return `gte(t,${after})*(isnan(prev_selected_t)+lt(prev_selected_t,${after}))`;
  });
  const filters = [
    ...(times.length > 1 ? [`select='${due.join('+')}'`] : []),
    letterboxFilter(width, height),
  ];
  // Where pictures stand longer than the times are apart, one is missing: it isn't looked for to the end of the file.
  const only = times.length > 1 ? ['-t', (times[times.length - 1] - first + 1).toFixed(6)] : [];
  const args = [
    ...['-v', 'error', '-nostdin', '-hide_banner', '-ss', first.toFixed(6), ...only, ...inputArguments(file)],
    ...['-map', '0:V:0', '-frames:v', String(times.length), '-vf', filters.join(',')],
    ...[...asTheyCome(version), '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
  ];
  const { stdout, stderr } = await runProcess(ffmpeg, args, { signal, timeoutMs: 60_000 });
  const bytes = width * height * 3;
  const pictures = Array.from({ length: Math.floor(stdout.length / bytes) }, (_, index) =>
    Uint8Array.from(stdout.subarray(index * bytes, (index + 1) * bytes)),
  );
  return { pictures, stderr };
}
