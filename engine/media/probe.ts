import { LongviewError, quote, throwIfCancelled } from '../protocol/errors.ts';
import { parseBanner } from './banner.ts';
import { checkFile } from './file-check.ts';
import { inputArguments } from './input.ts';
import { unreadableVideo } from './probe-errors.ts';
import { runProcess } from './process.ts';
import { rawProbeSchema, type RawProbe } from './raw-probe.ts';
import { findMediaTools, type MediaTools } from './tools.ts';
import { toVideoInfo, type VideoInfo } from './video-info.ts';

/** How a file is probed. */
export interface ProbeOptions {
  signal?: AbortSignal;
  /** Default: what {@link findMediaTools} finds. */
  tools?: MediaTools;
}

const PROBE_TIMEOUT_MS = 60_000;
/** Reading through a whole file, for those that don't tell their length. */
const SCAN_TIMEOUT_MS = 600_000;

/**
 * Looks at a file: is it a video, how long, how large, how timed (see {@link VideoInfo}). Uses ffprobe, or ffmpeg's
 * listing where there is no ffprobe. A file that doesn't tell its length (a recording straight from a browser) is
 * read through once to find it.
 * @throws LongviewError `file-not-found`, `permission-denied`, `file-unreadable`, `file-empty`, `not-a-video`,
 * `no-video-stream`, `file-truncated`, `ffmpeg-missing`, `ffmpeg-failed`, `cancelled`; each names the file.
 */
export async function probe(file: string, options: ProbeOptions = {}): Promise<VideoInfo> {
  const { signal } = options;
  throwIfCancelled(signal);
  const facts = await checkFile(file);
  const tools = options.tools ?? (await findMediaTools());
  const { raw, stderr } = tools.ffprobe
    ? await askFfprobe(tools.ffprobe, file, signal)
    : await askFfmpeg(tools.ffmpeg, file, signal);
  if (!raw) throw unreadableVideo(file, stderr, facts.head);
  const info = toVideoInfo(file, facts, raw);
  if (!tools.ffprobe) info.videoStartSec = Math.max(0, await firstPicture(tools, info, signal));
  if (info.durationSec === 0) info.durationSec = await scanDuration(tools, info, signal);
  return info;
}

interface Answer {
  raw: RawProbe | undefined;
  stderr: string;
}

async function askFfprobe(ffprobe: string, file: string, signal: AbortSignal | undefined): Promise<Answer> {
  const firstPackets = ['-show_entries', 'packet=stream_index,pts_time,flags', '-read_intervals', '%+#300'];
  const show = ['-show_format', '-show_streams', '-show_chapters', ...firstPackets, '-of', 'json'];
  const { code, stdout, stderr } = await runProcess(
    ffprobe,
    ['-v', 'error', ...show, ...inputArguments(file)],
    {
      signal,
      timeoutMs: PROBE_TIMEOUT_MS,
    },
  );
  if (code !== 0) return { raw: undefined, stderr };
  const parsed = rawProbeSchema.safeParse(parseJson(stdout.toString('utf8')));
  if (parsed.success) return { raw: parsed.data, stderr };
  throw new LongviewError(
    'ffmpeg-failed',
    `ffprobe's answer about ${quote(file)} could not be understood.`,
    'Install a current ffmpeg, or set FFPROBE_PATH to one.',
    { cause: parsed.error, details: { path: file, stderr } },
  );
}

async function askFfmpeg(ffmpeg: string, file: string, signal: AbortSignal | undefined): Promise<Answer> {
  // Without an output ffmpeg lists its input and ends with an error; the listing is all that is wanted.
  const { stderr } = await runProcess(ffmpeg, ['-hide_banner', '-nostdin', ...inputArguments(file)], {
    signal,
    timeoutMs: PROBE_TIMEOUT_MS,
  });
  return { raw: parseBanner(stderr), stderr };
}

/** When the first video packet is due, in seconds on the file's own timeline; ffmpeg's listing does not say it. */
async function firstPicture(
  tools: MediaTools,
  info: VideoInfo,
  signal: AbortSignal | undefined,
): Promise<number> {
  const [first] = await listPackets(tools, info, ['-frames:v', '1'], PROBE_TIMEOUT_MS, signal);
  return first ? first.start - info.startSec : 0;
}

/** Seconds from the timeline's start to the end of the last video packet, by reading (not decoding) the file. */
async function scanDuration(
  tools: MediaTools,
  info: VideoInfo,
  signal: AbortSignal | undefined,
): Promise<number> {
  const packets = await listPackets(tools, info, [], SCAN_TIMEOUT_MS, signal);
  return packets.reduce((end, packet) => Math.max(end, packet.end - info.startSec), 0);
}

/** Presentation times of the video stream's packets in decoding order, in seconds on the container's raw clock. */
async function listPackets(
  tools: MediaTools,
  info: VideoInfo,
  limit: readonly string[],
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<{ start: number; end: number }[]> {
  const output = ['-map', `0:${info.streamIndex}`, '-c', 'copy', ...limit, '-f', 'framecrc', 'pipe:1'];
  const args = ['-v', 'error', '-nostdin', '-copyts', ...inputArguments(info.path), ...output];
  const { stdout } = await runProcess(tools.ffmpeg, args, { signal, timeoutMs });
  const packets: { start: number; end: number }[] = [];
  let tick = 0;
  for (const line of stdout.toString('latin1').split('\n')) {
    const base = /^#tb 0: (\d+)\/(\d+)/.exec(line);
    if (base) tick = Number(base[1]) / Number(base[2]);
    // "stream, dts, pts, duration, size, checksum"
    const packet = /^\d+, +-?\d+, +(-?\d+), +(\d+),/.exec(line);
    if (!packet) continue;
    const pts = Number(packet[1]);
    packets.push({ start: pts * tick, end: (pts + Number(packet[2])) * tick });
  }
  return packets;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
