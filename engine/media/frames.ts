import { mkdir, readdir } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { badArgument, LongviewError, quote, throwIfCancelled } from '../protocol/errors.ts';
import { cannotWrite } from '../protocol/file-errors.ts';
import type { Letterbox, RgbFrame } from '../core/frames.ts';
import { ClockJump } from './clock-jump.ts';
import { checkFile } from './file-check.ts';
import { asTheyCome, inputArguments } from './input.ts';
import { FrameSheet, sheetFilter } from './frame-sheet.ts';
import { letterboxFor } from './letterbox.ts';
import { toneFilters } from './light/tone-map.ts';
import { noFrames } from './probe-errors.ts';
import { startProcess, tooSlow, type RunningProcess } from './process.ts';
import { clockSlackSec } from './seeking/pictures-at.ts';
import { readChunks } from './read-chunks.ts';
import {
  thumbnailArguments,
  thumbnailFilter,
  thumbnailPattern,
  type ThumbnailOptions,
} from './thumbnails.ts';
import { findMediaTools, type MediaTools } from './tools.ts';
import type { VideoInfo } from './video-info.ts';

/** Sound often ends a little after the picture; so much more, and the last picture stands for it. */
const leastHeldSec = 2;

/** What to sample and how. */
export interface SampleOptions {
  /** Samples per second of the file's timeline. */
  fps: number;
  /** Size of the letterboxed frames, in pixels. */
  width: number;
  height: number;
  /** Further sizes, in which every frame comes as well. */
  more?: readonly { width: number; height: number }[];
  /** Write thumbnails in the same decode. */
  thumbnails?: ThumbnailOptions;
  signal?: AbortSignal;
  /** Default: what {@link findMediaTools} finds. */
  tools?: MediaTools;
  /** ffmpeg is given up when it delivers nothing for so long while it is being waited for. Default 120 s. */
  stallTimeoutMs?: number;
}

/** How a sampling ended. */
export interface SampleOutcome {
  frames: number;
  /** Seconds; set when the file stops decoding well before its end: everything before was delivered. */
  truncatedAt: number | undefined;
  /** What ffmpeg complained about, where it did. */
  complaints: string;
  /** File names of the thumbnails, in the order of their times 0, N, 2N, … seconds. */
  thumbnails: string[];
}

/** A sampled frame, and the same picture at the further sizes that were asked for. */
export interface SampledFrame extends RgbFrame {
  more?: readonly Uint8Array[];
}

/** Frames to iterate over once, in time order. Leaving the loop early ends the decoder. */
export interface SampledFrames extends AsyncIterable<SampledFrame> {
  /** Where the picture lies in each frame. */
  readonly letterbox: Letterbox;
  /** Where it lies in those of the further sizes. */
  readonly moreLetterboxes: readonly Letterbox[];
  /** Set when the iteration has reached its end. */
  readonly outcome: SampleOutcome | undefined;
}

/**
 * Samples a video on the grid k/fps: sample k is the picture that is on screen at k/fps seconds of the file's own
 * timeline (see {@link VideoInfo}), that is, the last one whose presentation time is not later. The grid begins at
 * the last point not after the first picture, which shows that picture, and ends with the last point before the end
 * of the last picture, or of the sound where that goes on for longer (a slide that stands to the end). So a file of variable frame rate, with B-frames, an edit list, a start offset or a gap is
 * sampled by what a viewer sees at that time, however long the picture stands. Rotation and sample aspect ratio are
 * applied; interlaced fields are blended by the downscaling.
 *
 * One decode per video; ffmpeg waits while the consumer is busy, so that memory stays at a few frames.
 * @throws LongviewError while iterating: `no-frames`, `cancelled`, `ffmpeg-failed`, `ffmpeg-missing`, `disk-full`, and
 * the file errors of `probe`; at once: `bad-argument`.
 */
export function sampleFrames(file: string, info: VideoInfo, options: SampleOptions): SampledFrames {
  if (!(Number.isFinite(options.fps) && options.fps > 0 && options.fps <= 120))
    throw badArgument('fps', 'a number above 0 and up to 120', options.fps);
  const letterbox = letterboxFor(info, options.width, options.height);
  const moreLetterboxes = (options.more ?? []).map(({ width, height }) => letterboxFor(info, width, height));
  let outcome: SampleOutcome | undefined;
  const frames = sample(file, info, options, (result) => (outcome = result));
  return {
    letterbox,
    moreLetterboxes,
    get outcome() {
      return outcome;
    },
    [Symbol.asyncIterator]: () => frames,
  };
}

async function* sample(
  file: string,
  info: VideoInfo,
  options: SampleOptions,
  finish: (outcome: SampleOutcome) => void,
): AsyncGenerator<SampledFrame, void, void> {
  const { fps, signal, thumbnails } = options;
  throwIfCancelled(signal);
  await checkFile(file);
  const tools = options.tools ?? (await findMediaTools());
  if (thumbnails) await makeFolder(thumbnails.folder);
  const decoder = startProcess(tools.ffmpeg, await decodeArguments(info, options, tools), {
    signal,
    cwd: thumbnails?.folder,
  });
  // Points of the grid before the first picture are padded by ffmpeg, so that frame n of its output is point n.
  const first = Math.floor(info.videoStartSec * fps + 1e-9);
  let point = 0;
  let shown: Uint8Array | undefined;
  let jump: number | undefined;
  const clock = new ClockJump(info, tools, signal);
  try {
    const sheet = new FrameSheet([options, ...(options.more ?? [])]);
    for await (const pixels of readFrames(decoder, sheet.bytes, options)) {
      const stands = shown !== undefined && Buffer.compare(shown, pixels) === 0;
      jump = await clock.at(point / fps, stands);
      if (jump !== undefined) break;
      if (point >= first) yield { time: point / fps, ...sheet.cut(pixels) };
      point++;
      shown = pixels;
      throwIfCancelled(signal);
    }
    if (jump !== undefined) decoder.kill();
    const end = await decoder.ended;
    throwIfCancelled(signal);
    const frames = Math.max(0, point - first);
    if (jump === undefined) checkEnd(file, decoder, end, frames);
    const cut = jump ?? truncation(info, point / fps, fps, decoder.stderr(), end.code);
    if (shown && cut === undefined)
      for (const time of heldPoints(info, point, fps)) {
        yield { time, ...sheet.cut(shown) };
        point++;
        throwIfCancelled(signal);
      }
    finish({
      frames: Math.max(0, point - first),
      truncatedAt: cut,
      complaints: decoder.stderr().trim(),
      thumbnails: thumbnails ? await listThumbnails(thumbnails) : [],
    });
  } catch (error) {
    throwIfCancelled(signal);
    throw error;
  } finally {
    decoder.kill();
    // Nothing is written into the thumbnails' folder once this has settled.
    await decoder.ended.catch(() => {});
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

async function decodeArguments(
  info: VideoInfo,
  { fps, width, height, more = [], thumbnails }: SampleOptions,
  tools: MediaTools,
): Promise<string[]> {
  const tone = await toneFilters(info.light);
  // Times are the file's own, less its start: what ffmpeg makes of them itself depends on the container and version.
  const own = `settb=1/1000000,setpts=PTS-${(info.startSec + clockSlackSec).toFixed(6)}/TB`;
  // round=up: a picture counts from the first point that is not before it. start_time=0 pads from the timeline's start.
  const grid = `[0:${info.streamIndex}]${own},fps=fps=${fps}:round=up:start_time=0`;
  const frames = sheetFilter([{ width, height }, ...more], tone);
  const graph = thumbnails
    ? `${grid},split=2[a][b];[a]${frames};[b]${thumbnailFilter(info, thumbnails, tone)}[thumbnails]`
    : `${grid},${frames}`;
  // Timestamps have been made by the filters; the outputs must neither repeat nor drop any frame.
  return [
    ...['-v', 'error', '-nostdin', '-hide_banner'],
    // A change of size midway must not restart the filters, which would begin to count time anew.
    ...['-reinit_filter', '0', '-copyts'],
    ...inputArguments(info),
    ...['-filter_complex', graph],
    ...['-map', '[frames]', ...asTheyCome(tools.version), '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
    ...(thumbnails ? ['-map', '[thumbnails]', ...asTheyCome(tools.version), ...thumbnailArguments] : []),
  ];
}

async function* readFrames(
  decoder: RunningProcess,
  size: number,
  { stallTimeoutMs = 120_000 }: SampleOptions,
): AsyncGenerator<Uint8Array, void, void> {
  let stalled = false;
  const onStall = () => {
    stalled = true;
    decoder.kill();
  };
  yield* readChunks(decoder.child.stdout as Readable, size, { stallTimeoutMs, onStall });
  if (stalled) throw tooSlow('ffmpeg', stallTimeoutMs, decoder.stderr());
}

function checkEnd(
  file: string,
  decoder: RunningProcess,
  end: { code: number | null; signal: NodeJS.Signals | null },
  frames: number,
): void {
  const stderr = decoder.stderr();
  if (/No space left on device/i.test(stderr))
    throw new LongviewError(
      'disk-full',
      'The disk is full; thumbnails could not be written.',
      'Free some space, then index again.',
      { details: { path: file, stderr } },
    );
  if (end.signal)
    throw new LongviewError(
      'ffmpeg-failed',
      `ffmpeg was ended by ${end.signal} while it read ${quote(file)}.`,
      'Close other programs if memory is short, then try again.',
      { details: { path: file, stderr } },
    );
  if (frames === 0) throw noFrames(file, stderr);
}

/** Points after the last picture's own end, where the sound goes on for a while: players let it stand. */
function heldPoints(info: VideoInfo, from: number, fps: number): number[] {
  const rest = info.durationSec - from / fps;
  if (rest < leastHeldSec) return [];
  return Array.from({ length: Math.floor(rest * fps - 1e-9) + 1 }, (_, index) => (from + index) / fps);
}

/**
 * Where a file that was cut off stops, or undefined for a whole one. When the container tells the length of the video
 * stream itself, ending early is enough; when only the whole length is known (sound may be longer than the picture),
 * ffmpeg must have complained too.
 */
function truncation(
  info: VideoInfo,
  reached: number,
  fps: number,
  complaints: string,
  code: number | null,
): number | undefined {
  const expected = info.videoEndSec ?? info.durationSec;
  const tolerance = Math.max(1, 2 / fps, expected * 0.01);
  if (reached >= expected - tolerance) return undefined;
  const certain = info.videoEndSec !== undefined || complaints.trim() !== '' || code !== 0;
  return certain ? reached : undefined;
}

async function listThumbnails({ folder }: ThumbnailOptions): Promise<string[]> {
  return (await readdir(folder)).filter((name) => thumbnailPattern.test(name)).sort();
}
