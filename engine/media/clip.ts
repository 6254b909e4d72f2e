import { LongviewError, quote } from '../protocol/errors.ts';
import type { CopyWay } from './clip-ways.ts';
import { h264Encoder } from './codecs.ts';
import { asTheyCome, inputArguments } from './input.ts';
import { runProcess } from './process.ts';
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

const SEEK_TIMEOUT_MS = 120_000;
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
  const begin = options.exact ? span.start : await keyFrameBefore(tools, info, span.start, options.signal);
  const args = options.exact
    ? await exactArguments(tools, info, span)
    : copyArguments(info, { start: begin, end: span.end }, options.way);
  const all = ['-v', 'error', '-nostdin', '-hide_banner', '-y', ...args, ...notTheWholes, `file:${target}`];
  // A minute of work for a second of film is slow enough to be stuck.
  const timeoutMs = LEAST_TIMEOUT_MS + (span.end - span.start) * 60_000;
  const { code, stderr } = await runProcess(tools.ffmpeg, all, { signal: options.signal, timeoutMs });
  if (code !== 0) throw cannotCut(info.path, stderr);
  return begin;
}

/** Chapters and the timecode of the whole file would be wrong in a part of it. */
const notTheWholes = ['-map_chapters', '-1', '-metadata', 'timecode=', '-metadata:s:v:0', 'timecode='];

function copyArguments(
  info: VideoInfo,
  { start, end }: { start: number; end: number },
  way: CopyWay | undefined,
): string[] {
  const from = start - slack / 2;
  // Some demuxers go back further than asked for; what they bring from there is left out.
  const seek = from > 0 ? ['-ss', from.toFixed(6)] : [];
  return [
    ...seek,
    ...inputArguments(info.path),
    ...['-t', (end - Math.max(0, from)).toFixed(6), ...copied(info, way)],
    ...(from > 0 ? ['-copypriorss', '0'] : []),
    ...['-avoid_negative_ts', 'make_zero'],
  ];
}

async function exactArguments(
  tools: MediaTools,
  info: VideoInfo,
  { start, end }: { start: number; end: number },
): Promise<string[]> {
  const from = Math.max(0, start - slack);
  // The slack goes again, so that the first frame is at zero. H.264 wants even sizes.
  const filters = `setpts='PTS-if(lt(STARTPTS*TB,${2 * slack}),STARTPTS,0)',pad='ceil(iw/2)*2:ceil(ih/2)*2'`;
  const encoder = await h264Encoder(tools);
  const quality = encoder === 'libx264' ? ['-crf', '18', '-preset', 'medium'] : ['-b:v', '8M'];
  return [
    ...['-ss', from.toFixed(6), ...inputArguments(info.path)],
    ...['-t', (end - slack - from).toFixed(6), ...streams(info)],
    ...['-vf', filters, ...asTheyCome(tools.version), '-enc_time_base', '-1'],
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

/** The time of the last key frame up to a time, else of the first one behind it, on the file's own timeline. */
async function keyFrameBefore(
  tools: MediaTools,
  info: VideoInfo,
  time: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const at = time + slack;
  // Packets come from the key frame that ffmpeg seeks to, with times relative to `at`.
  const output = ['-map', `0:${info.streamIndex}`, '-c', 'copy', '-t', '0.001', '-f', 'framecrc', 'pipe:1'];
  const args = ['-v', 'error', '-nostdin', '-ss', at.toFixed(6), ...inputArguments(info.path), ...output];
  const { stdout } = await runProcess(tools.ffmpeg, args, { signal, timeoutMs: SEEK_TIMEOUT_MS });
  let tick = 0;
  const keys: number[] = [];
  for (const line of stdout.toString('latin1').split('\n')) {
    const base = /^#tb 0: (\d+)\/(\d+)/.exec(line);
    if (base) tick = Number(base[1]) / Number(base[2]);
    // "stream, dts, pts, duration, size, checksum", and "F=…" where a packet is not an ordinary key frame.
    const packet = /^\d+, +-?\d+, +(-?\d+), +\d+, +\d+, +\w+(.*)$/.exec(line);
    if (packet && !packet[2].includes('F=')) keys.push(Number(packet[1]) * tick);
  }
  const before = keys.filter((key) => key <= 0);
  const key = before.length > 0 ? Math.max(...before) : (keys[0] ?? -at);
  return Math.max(0, at + key);
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
