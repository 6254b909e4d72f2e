import { LongviewError, quote } from '../protocol/errors.ts';
import type { CopyWay } from './clip-ways.ts';
import { h264Encoder } from './codecs.ts';
import { asTheyCome, inputArguments } from './input.ts';
import { oneSizeFilter } from './letterbox.ts';
import { runProcess } from './process.ts';
import { packetsAround, type PicturePacket } from './seeking/packets-around.ts';
import { beganBefore, firstTold, fromKeyFrame } from './seeking/pictures-at.ts';
import { cannotSeek, placesBefore, seeksLoosely, type Place } from './seeking/place.ts';
import { findMediaTools, type MediaTools } from './tools.ts';
import type { VideoInfo } from './video-info.ts';

/** How a clip is cut. */
export interface ClipOptions {
  /** Encode again, so that it begins and ends on the very frames; else it is copied from the key frame before. */
  exact?: boolean;
  /** Of a copy: which streams go, and how; see `copyWays`. Default: the pictures and all sound. */
  way?: CopyWay;
  signal?: AbortSignal;
  /** Default: what `findMediaTools` finds. */
  tools?: MediaTools;
}

/** Timestamps are rounded to their container's ticks (a millisecond in Matroska): so much off is still that frame. */
const slack = 0.002;

/** A picture that stands for longer is shown in a clip as often as it takes. */
const longestStandSec = 0.5;
const usualRate = 25;
const LEAST_TIMEOUT_MS = 600_000;

/**
 * Cuts a stretch out of a video into a new file, whose container follows from its name.
 * @param span seconds on the file's own timeline; the frame shown at `end` is the first that is left out
 * @returns when the clip begins, in seconds on the source's timeline: `span.start` where exact, else the key frame
 * before it. A copy may end a few frames late, never early.
 * @throws LongviewError `ffmpeg-missing`, `ffmpeg-failed`, `disk-full`, `cancelled`.
 */
export async function cutClip(
  info: VideoInfo,
  span: { start: number; end: number },
  target: string,
  options: ClipOptions = {},
): Promise<number> {
  const tools = options.tools ?? (await findMediaTools());
  const all = ['-y', ...notTheWholes, `file:${target}`];
  // A minute of work for a second of film is slow enough to be stuck.
  const timeoutMs = LEAST_TIMEOUT_MS + (span.end - span.start) * 60_000;
  const run = (args: readonly string[]) =>
    runProcess(tools.ffmpeg, ['-v', 'error', '-nostdin', '-hide_banner', ...args, ...all], {
      signal: options.signal,
      timeoutMs,
    });
  const around = { from: span.start + slack, to: span.end };
  const packets = await packetsAround(tools, info, around, options.signal);
  if (!options.exact) {
    const begin = Math.max(0, packets[0]?.time ?? span.start);
    const { code, stderr } = await run(copyArguments(info, { start: begin, end: span.end }, options.way));
    if (code !== 0) throw cannotCut(info.path, stderr);
    return begin;
  }
  for (const place of placesBefore(info, span.start)) {
    const { code, stderr } = await run(await exactArguments(tools, info, span, place, packets));
    if (code === 0 && (place.whole || beganBefore(stderr, place.raw))) break;
    if (place.whole) throw cannotCut(info.path, stderr);
  }
  return span.start;
}

/** Chapters and the timecode of the whole file would be wrong in a part of it. */
const notTheWholes = ['-map_chapters', '-1', '-metadata', 'timecode=', '-metadata:s:v:0', 'timecode='];

function copyArguments(
  info: VideoInfo,
  { start, end }: { start: number; end: number },
  way: CopyWay | undefined,
): string[] {
  const from = start - slack / 2;
  // Some containers have no presentation times; where it can, ffmpeg makes them.
  const input = ['-fflags', '+genpts', ...inputArguments(info)];
  const length = ['-t', (end - Math.max(0, from)).toFixed(6)];
  const output = [...length, ...copied(info, way), '-avoid_negative_ts', 'make_zero'];
  if (from <= 0) return [...input, ...output];
  // Where a seek lands is known roughly in some containers. The clock is set so that the key frame is at its zero, and
  // what comes before that is left out.
  const seek = cannotSeek(info) ? 0 : Math.max(0, from - (seeksLoosely(info) ? 1 : 0));
  return [
    ...['-itsoffset', (seek - from).toFixed(6)],
    ...(seek > 0 ? ['-ss', seek.toFixed(6)] : []),
    ...input,
    ...['-copypriorss', '0', ...output],
  ];
}

async function exactArguments(
  tools: MediaTools,
  info: VideoInfo,
  { start, end }: { start: number; end: number },
  place: Place,
  packets: readonly PicturePacket[],
): Promise<string[]> {
  const times = packets.map(({ time }) => time).sort((a, b) => a - b);
  // The clip begins with the picture that is on screen then, however long it has been.
  const shown = times.findLast((time) => time <= start + slack) ?? start;
  const inside = [...times.filter((time) => time >= shown && time < end), end];
  const stands = inside.some((time, index) => index > 0 && time - inside[index - 1] > longestStandSec);
  const pictures = [
    place.whole ? firstTold : fromKeyFrame,
    'settb=1/1000000',
    `setpts=PTS-${place.raw.toFixed(6)}/TB`,
    // A picture that stands for long is repeated: as the last one it would be gone at once.
    ...(stands
      ? [`fps=${info.fps > 5 ? info.fps : usualRate}:round=up`, 'tpad=stop_mode=clone:stop=-1']
      : []),
    `trim=start=${(stands ? -slack : Math.min(0, shown - start) - slack).toFixed(6)}:end=${(end - slack - start).toFixed(6)}`,
    // The slack goes again, so that the first frame is at zero.
    `setpts='if(lte(N,0)+lt(PTS*TB,${slack}),0,PTS)'`,
    // A size that changes midway is fitted into the first one.
    ...(info.pixelAspect === undefined ? [oneSizeFilter(info.width, info.height)] : []),
    // H.264 wants even sizes.
    "pad='ceil(iw/2)*2:ceil(ih/2)*2'",
  ];
  const sounds = info.sounds.filter(({ known }) => known);
  const raw = place.raw.toFixed(6);
  const heard = `atrim=start=${raw}:end=${(place.raw + end - start).toFixed(6)},asetpts=PTS-${raw}/TB`;
  const graph = [
    `[0:${info.streamIndex}]${pictures.join(',')}[v]`,
    ...sounds.map(({ index }) => `[0:${index}]${heard},aresample=async=1:first_pts=0[a${index}]`),
  ];
  const encoder = await h264Encoder(tools);
  const quality = encoder === 'libx264' ? ['-crf', '18', '-preset', 'medium'] : ['-b:v', '8M'];
  return [
    ...(info.pixelAspect === undefined ? ['-reinit_filter', '0'] : []),
    ...place.args,
    ...['-filter_complex', graph.join(';'), '-map', '[v]'],
    ...sounds.flatMap(({ index }) => ['-map', `[a${index}]`]),
    ...[...asTheyCome(tools.version), '-enc_time_base', '-1', '-map_metadata', '0'],
    ...['-c:v', encoder ?? 'mpeg4', ...(encoder ? quality : ['-q:v', '2']), '-pix_fmt', 'yuv420p'],
    ...['-c:a', 'aac', '-b:a', '192k'],
  ];
}

function copied(info: VideoInfo, way: CopyWay | undefined): string[] {
  if (!way) return [...streams(info), '-c', 'copy'];
  const sounds = way.sounds.flatMap(({ index }) => ['-map', `0:${index}`]);
  return ['-map', `0:${info.streamIndex}`, ...sounds, ...way.codecs];
}

function streams(info: VideoInfo): string[] {
  const sounds = info.sounds.filter(({ known }) => known).flatMap(({ index }) => ['-map', `0:${index}`]);
  return ['-map', `0:${info.streamIndex}`, ...sounds];
}

function cannotCut(file: string, stderr: string): LongviewError {
  const details = { path: file, stderr };
  if (/No space left on device/i.test(stderr))
    return new LongviewError(
      'disk-full',
      'The disk is full; the clip could not be written.',
      'Free some space.',
      {
        details,
      },
    );
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return new LongviewError(
    'ffmpeg-failed',
    `A clip of ${quote(file)} could not be cut: ${said || 'ffmpeg gave no reason'}`,
    'Check that the video plays; a copy that its container refuses can be cut with --exact.',
    { details },
  );
}
