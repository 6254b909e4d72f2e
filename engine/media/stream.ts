import { once } from 'node:events';
import { h264Encoder } from './codecs.ts';
import { inputArguments } from './input.ts';
import { startProcess, type RunningProcess } from './process.ts';
import { findMediaTools, type MediaTools } from './tools.ts';

/** How footage is made playable. */
export interface StreamOptions {
  /** Where to begin, in seconds on the file's own timeline. */
  start: number;
  signal?: AbortSignal;
  /** Default: what `findMediaTools` finds. */
  tools?: MediaTools;
}

/** Footage on its way to a player. */
export interface FootageStream {
  /** Its MIME type, codecs included. */
  type: string;
  /** ffmpeg; what it writes to stdout is the film. It waits while nobody reads. */
  process: RunningProcess;
}

/** Larger pictures cost more to encode than a player's window shows. */
const widest = 1280;

/**
 * Encodes footage as it is watched, for players that lack its codec: fragmented MP4 (H.264, AAC), or WebM (VP8,
 * Opus) where this ffmpeg has no H.264 encoder. The stream's own clock begins at 0; nothing is written to disk.
 * @throws LongviewError `ffmpeg-missing`, `cancelled`.
 */
export async function streamFootage(file: string, options: StreamOptions): Promise<FootageStream> {
  const tools = options.tools ?? (await findMediaTools());
  const encoder = await h264Encoder(tools);
  const filters = `yadif=deint=interlaced,scale='min(${widest},iw)':-2,pad='ceil(iw/2)*2:ceil(ih/2)*2',setsar=1`;
  const args = [
    ...['-v', 'error', '-nostdin', '-hide_banner'],
    ...(options.start > 0 ? ['-ss', options.start.toFixed(6)] : []),
    ...inputArguments(file),
    // V leaves cover pictures out.
    ...['-map', '0:V:0', '-map', '0:a:0?', '-sn', '-dn', '-map_chapters', '-1'],
    ...['-vf', filters, '-pix_fmt', 'yuv420p', '-g', '48', '-ac', '2'],
    ...(encoder ? mp4(encoder) : webm),
    'pipe:1',
  ];
  const process = startProcess(tools.ffmpeg, args, { signal: options.signal });
  return { type: encoder ? 'video/mp4' : 'video/webm', process };
}

function mp4(encoder: string): string[] {
  const quality =
    encoder === 'libx264'
      ? ['-preset', 'ultrafast', '-tune', 'zerolatency', '-crf', '23']
      : ['-b:v', '4M', '-allow_sw', '1'].slice(0, encoder === 'h264_videotoolbox' ? 4 : 2);
  return [
    ...['-c:v', encoder, ...quality, '-c:a', 'aac', '-b:a', '128k'],
    ...['-movflags', 'frag_keyframe+empty_moov+default_base_moof', '-frag_duration', '500000', '-f', 'mp4'],
  ];
}

const webm = [
  ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '3M'],
  ...['-c:a', 'libopus', '-b:a', '96k', '-f', 'webm'],
];

/**
 * Waits for a stream's first bytes, so that a failure can still be told.
 * @returns false where ffmpeg ended without any
 */
export async function hasBegun({ process }: FootageStream): Promise<boolean> {
  const stdout = process.child.stdout!;
  const ended = process.ended.then(
    () => 'ended' as const,
    () => 'ended' as const,
  );
  const first = await Promise.race([once(stdout, 'readable').then(() => 'readable' as const), ended]);
  return first === 'readable' && stdout.readableLength > 0;
}
