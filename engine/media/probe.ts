import { LongviewError, quote, throwIfCancelled } from '../protocol/errors.ts';
import { parseBanner } from './banner.ts';
import { checkFile } from './file-check.ts';
import { inputArguments, partArguments } from './input.ts';
import { findParts } from './parts/find-parts.ts';
import { tooLarge, unreadableVideo } from './probe-errors.ts';
import { runProcess } from './process.ts';
import { rawProbeSchema, type RawProbe } from './raw-probe.ts';
import { playedSound } from './sound-streams.ts';
import { findMediaTools, type MediaTools } from './tools.ts';
import { clockless } from './seeking/place.ts';
import { largestGap, toVideoInfo, type FootagePart, type VideoInfo } from './video-info.ts';

/** How a file is probed. */
export interface ProbeOptions {
  signal?: AbortSignal;
  /** Default: what {@link findMediaTools} finds. */
  tools?: MediaTools;
}

const PROBE_TIMEOUT_MS = 60_000;
/** Reading through a whole file, for those that don't tell their length. */
const SCAN_TIMEOUT_MS = 600_000;
const mostCountedParts = 24;
/** Less than pictures that never change take with their container. */
const leastBitsPerSec = 2000;
const mostSoundLeadSec = 0.1;

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
  const { raw, stderr } = await ask(tools, inputArguments(file), file, signal);
  if (!raw) throw tooLarge(file, stderr) ?? unreadableVideo(file, stderr, facts.head);
  const info = described(file, facts, raw, stderr);
  const parts = await readParts(tools, info, signal);
  if (parts) return { ...info, ...wholeOf(parts) };
  if (!tools.ffprobe) {
    Object.assign(info, await firstPictures(tools, info, signal));
    Object.assign(info, await asShown(tools, info, signal));
  }
  if (info.durationSec === 0 || clockless(info.container)) {
    const { end, videoEnd } = await scanEnds(tools, info, signal);
    info.lengthFound = true;
    info.durationSec = end;
    info.videoEndSec ??= videoEnd;
  } else if (isHardlyFilled(info)) {
    const { end, videoEnd } = await scanEnds(tools, info, signal);
    if (end > 0 && end < info.durationSec - 1)
      Object.assign(info, { durationSec: end, videoEndSec: videoEnd });
  }
  return info;
}

/** Whether a file says that it lasts far longer than what it holds can: then it is read through, which is quickly done. */
function isHardlyFilled({ bytes, durationSec }: VideoInfo): boolean {
  return durationSec > 60 && (bytes * 8) / durationSec < leastBitsPerSec;
}

function described(...[file, facts, raw, stderr]: [...Parameters<typeof toVideoInfo>, string]): VideoInfo {
  try {
    return toVideoInfo(file, facts, raw);
  } catch (error) {
    // A cover picture that is too large doesn't keep the film from being seen.
    throw tooLarge(file, stderr) ?? error;
  }
}

/** The parts of a file that was joined of several, each with its length; undefined where it is one. */
async function readParts(
  tools: MediaTools,
  info: VideoInfo,
  signal: AbortSignal | undefined,
): Promise<FootagePart[] | undefined> {
  const parts: FootagePart[] = [];
  const found = await findParts(info.path, info.container, info.bytes, signal);
  // In program streams only some pictures carry a time, so that the last ones of a part have to be counted.
  const counted = info.container === 'mpeg' && found.length <= mostCountedParts;
  // Coded sound begins a little before the pictures in every part: the pictures go on without a gap.
  const lead = info.videoStartSec < mostSoundLeadSec ? info.videoStartSec : 0;
  for (const { path, bytes, durationSec } of found) {
    const known = counted ? undefined : durationSec;
    const length =
      (known && known - lead) ??
      ((await lengthOfPart(tools, { path, bytes }, info, signal)) || (durationSec ?? 0));
    if (length > 0) parts.push({ path, bytes, durationSec: length });
  }
  return parts.length > 1 ? parts : undefined;
}

/** Seconds of a part; 0 where it can't be read or holds other streams. */
async function lengthOfPart(
  tools: MediaTools,
  part: Pick<FootagePart, 'path' | 'bytes'>,
  { path, streamIndex, bytes, modifiedMs }: VideoInfo,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { raw } = await ask(tools, partArguments(part), path, signal);
  if (raw?.streams.find(({ index }) => index === streamIndex)?.codec_type !== 'video') return 0;
  const info = toVideoInfo(path, { bytes, modifiedMs, head: Buffer.alloc(0) }, raw);
  if (info.durationSec > 0 && info.container !== 'mpeg') return info.durationSec;
  const { end, videoEnd } = await scanEnds(tools, info, signal, partArguments(part));
  return videoEnd ?? end;
}

/** What the parts change about what the first of them said. */
function wholeOf(parts: FootagePart[]): Partial<VideoInfo> {
  const durationSec = parts.reduce((sum, part) => sum + part.durationSec, 0);
  return { parts, durationSec, videoEndSec: undefined, startSec: 0, variableFrameRate: false };
}

interface Answer {
  raw: RawProbe | undefined;
  stderr: string;
}

function ask(
  tools: MediaTools,
  input: readonly string[],
  file: string,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  return tools.ffprobe
    ? askFfprobe(tools.ffprobe, input, file, signal)
    : askFfmpeg(tools.ffmpeg, input, signal);
}

async function askFfprobe(
  ffprobe: string,
  input: readonly string[],
  file: string,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const firstPackets = ['-show_entries', 'packet=stream_index,pts_time,flags', '-read_intervals', '%+#300'];
  const show = ['-show_format', '-show_streams', '-show_chapters', ...firstPackets, '-of', 'json'];
  const { code, stdout, stderr } = await runProcess(ffprobe, ['-v', 'error', ...show, ...input], {
    signal,
    timeoutMs: PROBE_TIMEOUT_MS,
  });
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

async function askFfmpeg(
  ffmpeg: string,
  input: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Answer> {
  // Without an output ffmpeg lists its input and ends with an error; the listing is all that is wanted.
  const { stderr } = await runProcess(ffmpeg, ['-hide_banner', '-nostdin', ...input], {
    signal,
    timeoutMs: PROBE_TIMEOUT_MS,
  });
  return { raw: parseBanner(stderr), stderr };
}

/** What ffmpeg's listing doesn't say: when the first picture is due, and how far key frames are apart. */
async function firstPictures(
  tools: MediaTools,
  info: VideoInfo,
  signal: AbortSignal | undefined,
): Promise<Pick<VideoInfo, 'videoStartSec' | 'keyEverySec'>> {
  const options = { limit: ['-frames:v', '150'], timeoutMs: PROBE_TIMEOUT_MS, signal };
  const packets = await listPackets(tools, [info.streamIndex], inputArguments(info), options);
  const keys = packets.filter(({ key }) => key).map(({ start }) => start);
  const [first = info.startSec] = packets.map(({ start }) => start);
  return { videoStartSec: Math.max(0, first - info.startSec), keyEverySec: largestGap(keys) };
}

/**
 * The display size that a decoded picture has. How ffmpeg's listing tells a rotation differs between its versions (from
 * 8.1 on it isn't found where it was); the picture itself is turned by all of them.
 */
async function asShown(
  tools: MediaTools,
  info: VideoInfo,
  signal: AbortSignal | undefined,
): Promise<Partial<Pick<VideoInfo, 'width' | 'height' | 'rotation'>>> {
  const output = ['-map', `0:${info.streamIndex}`, '-frames:v', '1', '-f', 'framecrc', 'pipe:1'];
  const args = ['-v', 'error', '-nostdin', ...inputArguments(info), ...output];
  const { stdout } = await runProcess(tools.ffmpeg, args, { signal, timeoutMs: PROBE_TIMEOUT_MS });
  const text = stdout.toString('latin1');
  const size = /^#dimensions 0: (\d+)x(\d+)/m.exec(text);
  if (!size || info.rotation !== 0) return {};
  const sar = /^#sar 0: (\d+)\/(\d+)/m.exec(text);
  const sample = sar && Number(sar[1]) > 0 && Number(sar[2]) > 0 ? Number(sar[1]) / Number(sar[2]) : 1;
  const [width, height] = [Math.max(1, Math.round(Number(size[1]) * sample)), Number(size[2])];
  // A quarter to the left or to the right: the picture is turned either way, and the size is the same.
  const turned = width !== info.width && Math.abs(width / height - info.height / info.width) < 0.02;
  return turned ? { width, height, rotation: 90 } : {};
}

/** Seconds from the timeline's start to the end of the last packet and of the last picture, by reading the file. */
async function scanEnds(
  tools: MediaTools,
  info: VideoInfo,
  signal: AbortSignal | undefined,
  input: readonly string[] = inputArguments(info),
): Promise<{ end: number; videoEnd: number | undefined }> {
  const sound = playedSound(info.sounds);
  const indexes = [info.streamIndex, ...(sound?.known ? [sound.index] : [])];
  const packets = await listPackets(tools, indexes, input, { limit: [], timeoutMs: SCAN_TIMEOUT_MS, signal });
  const endOf = (some: readonly Packet[]) =>
    some.reduce((end, packet) => Math.max(end, packet.end - info.startSec), 0);
  const pictures = packets.filter(({ output }) => output === 0);
  // The last picture's length is often not told: it stands as long as the one before did.
  const [last, before] = pictures.slice(-2).reverse();
  const alike = last && before && last.end === last.start ? Math.max(0, last.start - before.start) : 0;
  const videoEnd = endOf(pictures) + Math.min(alike, info.fps > 0 ? 1 / info.fps : alike);
  return { end: Math.max(endOf(packets), videoEnd), videoEnd: pictures.length > 0 ? videoEnd : undefined };
}

interface Packet {
  /** Which of the wanted streams it is of. */
  output: number;
  key: boolean;
  /** Presentation times in seconds on the container's raw clock. */
  start: number;
  end: number;
}

/** The packets of some streams in decoding order. */
async function listPackets(
  tools: MediaTools,
  streams: readonly number[],
  input: readonly string[],
  { limit, ...run }: { limit: readonly string[]; timeoutMs: number; signal: AbortSignal | undefined },
): Promise<Packet[]> {
  const output = [...streams.flatMap((index) => ['-map', `0:${index}`]), '-c', 'copy', ...limit];
  const args = ['-v', 'error', '-nostdin', '-copyts', ...input, ...output, '-f', 'framecrc', 'pipe:1'];
  const { stdout } = await runProcess(tools.ffmpeg, args, run);
  const packets: Packet[] = [];
  const ticks: number[] = [];
  for (const line of stdout.toString('latin1').split('\n')) {
    const base = /^#tb (\d+): (\d+)\/(\d+)/.exec(line);
    if (base) ticks[Number(base[1])] = Number(base[2]) / Number(base[3]);
    // "stream, dts, pts, duration, size, checksum"
    const packet = /^(\d+), +(-?\d+), +(-?\d+), +(\d+),(.*)/.exec(line);
    if (!packet) continue;
    const [stream, decoded, shown, length] = packet.slice(1, 5).map(Number);
    const key = !packet[5].includes('F=');
    const pts = Math.abs(shown) > 2 ** 60 ? decoded : shown;
    packets.push({ output: stream, key, start: pts * ticks[stream], end: (pts + length) * ticks[stream] });
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
