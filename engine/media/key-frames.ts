import type { Readable } from 'node:stream';
import type { Letterbox, RgbFrame } from '../core/frames.ts';
import { badArgument, throwIfCancelled } from '../protocol/errors.ts';
import { checkFile } from './file-check.ts';
import { framesAt } from './frames-at.ts';
import { asTheyCome, inputArguments } from './input.ts';
import { letterboxFilter, letterboxFor } from './letterbox.ts';
import { toneFilters } from './light/tone-map.ts';
import { startProcess } from './process.ts';
import { readChunks } from './read-chunks.ts';
import { cannotSeek } from './seeking/place.ts';
import { findMediaTools, type MediaTools } from './tools.ts';
import type { VideoInfo } from './video-info.ts';

/** How a video is looked at here and there. */
export interface KeyFrameOptions {
  /** Pictures are at least so many seconds apart. */
  everySec: number;
  /** Size of the letterboxed frames, in pixels. */
  width: number;
  height: number;
  signal?: AbortSignal;
  /** Default: what `findMediaTools` finds. */
  tools?: MediaTools;
}

/** Pictures to iterate over once, in time order, each with its presentation time. Leaving early ends the decoder. */
export interface KeyFrames extends AsyncIterable<RgbFrame> {
  readonly letterbox: Letterbox;
}

/**
 * How the pictures of a first look are got: by decoding key frames alone, or by a seek for each; undefined where neither is
 * cheaper than decoding everything.
 */
export type KeyFrameWay = 'keys' | 'seeks' | undefined;

/** Decoders that skip what is no key frame when they are told so. Others (VP9, AV1 before ffmpeg 7) decode it all. */
const skipping = ['h264', 'hevc', 'mpeg1video', 'mpeg2video', 'mpeg4', 'vp8'];
/** Key frames this close, seconds: nearly every picture is one, and skipping saves nothing. */
const dense = 0.4;
/** Further apart, a seek decodes so much that all of it may as well be decoded in one go. */
const sparse = 12;
/** So many times the distance that was asked for without a picture: key frames went missing. */
const mostMissing = 3;
/** ffmpeg is given up when it delivers nothing for so long while it is being waited for. */
const stallTimeoutMs = 120_000;

/** See {@link KeyFrameWay}. docs/speed.md has it codec by codec. */
export function keyFrameWay(
  info: Pick<VideoInfo, 'codec' | 'container' | 'pixelFormat' | 'keyEverySec' | 'parts'>,
): KeyFrameWay {
  if (info.parts || cannotSeek(info)) return undefined;
  const { keyEverySec: every } = info;
  if (every !== undefined && every > sparse) return undefined;
  const denseOnes = every !== undefined && every < dense;
  // ffmpeg tells an AVI's key frames seconds late when it skips what lies between.
  if (skipping.includes(info.codec) && !denseOnes && !/^avi\b/.test(info.container)) return 'keys';
  return every === undefined ? undefined : 'seeks';
}

/**
 * Pictures here and there of a video, much cheaper than sampling it: key frames that are at least `everySec` apart, or what
 * is on screen every so many seconds. Where key frames turn out to be missing (open groups of pictures lose most of
 * theirs; an index may lie), the rest is got by seeks. The same file gives the same pictures.
 * @returns undefined where that isn't cheaper
 * @throws LongviewError at once: `bad-argument`; while iterating: `cancelled`, `ffmpeg-missing`, `ffmpeg-failed`, and
 * the file errors of `probe`.
 */
export function keyFrames(file: string, info: VideoInfo, options: KeyFrameOptions): KeyFrames | undefined {
  if (!(Number.isFinite(options.everySec) && options.everySec > 0))
    throw badArgument('everySec', 'a number of seconds above 0', options.everySec);
  const letterbox = letterboxFor(info, options.width, options.height);
  const way = keyFrameWay(info);
  if (way === undefined) return undefined;
  return {
    letterbox,
    [Symbol.asyncIterator]: () => (way === 'keys' ? keys(file, info, options) : sought(info, options)),
  };
}

async function* keys(
  file: string,
  info: VideoInfo,
  options: KeyFrameOptions,
): AsyncGenerator<RgbFrame, void, void> {
  const { everySec, width, height, signal } = options;
  throwIfCancelled(signal);
  await checkFile(file);
  const tools = options.tools ?? (await findMediaTools());
  // Where the first packets don't tell how far key frames are apart, they may well be as far as they are.
  const known = info.keyEverySec !== undefined;
  const mostApart = known ? mostMissing * Math.max(everySec, info.keyEverySec!) : Infinity;
  const times = new PrintedTimes();
  const filters = letterboxFilter(width, height, await toneFilters(info.light));
  const decoder = startProcess(
    tools.ffmpeg,
    [
      ...['-v', 'error', '-nostdin', '-hide_banner', '-reinit_filter', '0', '-copyts'],
      ...['-skip_frame', 'nokey', ...inputArguments(info)],
      ...['-filter_complex', `[0:${info.streamIndex}]${thinned(everySec)},${filters}[frames]`],
      ...['-map', '[frames]', ...asTheyCome(tools.version), '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
    ],
    { signal, readStderr: (text) => times.read(text) },
  );
  void decoder.ended.catch(() => undefined).then(() => times.end());
  let reached = 0;
  try {
    const chunks = readChunks(decoder.child.stdout as Readable, width * height * 3, {
      stallTimeoutMs,
      onStall: () => decoder.kill(),
    });
    for await (const pixels of chunks) {
      throwIfCancelled(signal);
      const time = Math.max(0, (await times.next()) - info.startSec);
      if (time - reached > mostApart) break;
      reached = time;
      yield { time, pixels };
    }
  } finally {
    decoder.kill();
    times.end();
    await decoder.ended.catch(() => {});
  }
  throwIfCancelled(signal);
  const end = info.videoEndSec ?? info.durationSec;
  if (end - reached > mostApart) yield* sought(info, options, reached);
}

/** Every so many seconds what is on screen, by a seek each; from after a time on. */
async function* sought(
  info: VideoInfo,
  { everySec, width, height, signal, tools }: KeyFrameOptions,
  after = -Infinity,
): AsyncGenerator<RgbFrame, void, void> {
  const end = info.videoEndSec ?? info.durationSec;
  for (let point = 0; point * everySec < end; point++) {
    const time = Math.max(info.videoStartSec, point * everySec);
    if (time < after + everySec) continue;
    throwIfCancelled(signal);
    const [pixels] = await framesAt(info, [time], { width, height }, { signal, tools });
    yield { time, pixels };
  }
}

/** A filter that lets key frames pass that are so far apart, and tells their times. */
function thinned(everySec: number): string {
  // ld(0): one was let pass; ld(1): when. A picture that is no key frame comes from decoders that don't skip.
  const due = `gte(t,ld(1)+${everySec})`;
  return `select='if(key*if(ld(0),${due},1),st(0,1)+0*print(st(1,t),8),0)'`;
}

/** Times as `print` of libavutil's expressions tells them on the error output: a number alone in a line. */
class PrintedTimes {
  readonly #times: number[] = [];
  #rest = '';
  #ended = false;
  #wake = () => {};

  /** @returns what is left for the log */
  read(text: string): string {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    const others = lines.filter((line) => {
      const told = /^(?:\[[^\]]*\] )?(-?\d+\.\d{6})$/.exec(line.trimEnd())?.[1];
      if (told !== undefined) this.#times.push(Number(told));
      return told === undefined;
    });
    this.#wake();
    return others.map((line) => `${line}\n`).join('');
  }

  /** The next one; it is told before its picture is written, but may be read later. */
  async next(): Promise<number> {
    while (this.#times.length === 0 && !this.#ended) await new Promise<void>((wake) => (this.#wake = wake));
    return this.#times.shift() ?? NaN;
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }
}
