import { mkdir, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { LongviewError, quote, throwIfCancelled, type ErrorData } from '../protocol/errors.ts';
import { cannotWrite } from '../protocol/file-errors.ts';
import { clock } from '../protocol/clock.ts';
import { copyWays, cutClip, probe, type CopyWay, type MediaTools, type VideoInfo } from '../media/index.ts';
import { checkTarget, putInPlace, sweepUnfinished, unfinished, type TargetRules } from './target.ts';
import { longestName, shorten } from './names.ts';
import { fileName } from './text.ts';
import type { Clip, Timeline } from './timeline.ts';
import type { CallOptions } from '../protocol/engine.ts';

/** How moments are cut out. */
export interface CutOptions extends CallOptions, TargetRules {
  /** The folder for the clips; made where there is none. */
  folder: string;
  /** Encode again, frame by frame; else the stream is copied from the key frame before each moment. */
  exact?: boolean;
  tools?: MediaTools;
}

/** What became of one moment. */
export interface CutClip {
  number: number;
  path: string;
  videoId: string;
  /** What the clip really holds, in seconds on the video's timeline. */
  start: number;
  end: number;
  /** What of the video is not in the clip, in a user's words. */
  leftOut?: string[];
  error?: ErrorData;
}

/**
 * Cuts each moment of a timeline into a file of its own. A clip that fails is told, the others still get cut; each
 * comes to its place only when it is whole.
 * @param infos what `probe` found, by video id
 * @throws LongviewError `file-exists` and the like before anything is cut; `cancelled`; `ffmpeg-missing`.
 */
export async function cutClips(
  timeline: Timeline,
  infos: ReadonlyMap<string, VideoInfo>,
  options: CutOptions,
): Promise<CutClip[]> {
  const { folder, signal, onProgress } = options;
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw cannotWrite(folder, error);
  });
  await sweepUnfinished(folder);
  const digits = String(timeline.clips.length).length;
  const planned = timeline.clips.map((clip) => {
    const ways = waysOf(clip, infos.get(clip.video.id)!, options.exact);
    return { clip, ways, path: join(folder, clipName(clip, digits, ways[0].extension)) };
  });
  for (const { path } of planned) await checkTarget(path, options);
  const done: CutClip[] = [];
  for (const { clip, ways, path } of planned) {
    throwIfCancelled(signal);
    onProgress?.({ stage: 'cutting clips', fraction: done.length / planned.length, subject: path });
    const about = { number: clip.number, path, videoId: clip.video.id };
    try {
      done.push({
        ...about,
        ...(await cutSomehow(clip, infos.get(clip.video.id)!, { ways, path }, options)),
      });
    } catch (error) {
      if (!(error instanceof LongviewError) || ['cancelled', 'ffmpeg-missing'].includes(error.code))
        throw error;
      done.push({ ...about, start: clip.startSec, end: clip.endSec, error: error.toData() });
    }
  }
  return done;
}

/** Ways to cut a clip, the best first; encoded again there is one. */
function waysOf({ video }: Clip, info: VideoInfo, exact = false): CopyWay[] {
  const ways = copyWays(info, extname(fileName(video.path)).toLowerCase());
  return exact ? [{ ...ways[0], extension: '.mp4' }] : ways;
}

/** Cuts a clip in the first way that works. @throws what the first way failed with where none does. */
async function cutSomehow(
  clip: Clip,
  info: VideoInfo,
  { ways, path }: { ways: readonly CopyWay[]; path: string },
  options: CutOptions,
): Promise<Pick<CutClip, 'path' | 'start' | 'end' | 'leftOut'>> {
  let first: unknown;
  for (const way of ways) {
    const to = path.slice(0, path.length - ways[0].extension.length) + way.extension;
    try {
      const held = await cutOne(clip, info, { way, path: to }, options);
      return { path: to, ...held, ...(way.leftOut.length > 0 ? { leftOut: [...way.leftOut] } : {}) };
    } catch (error) {
      const failed = error instanceof LongviewError && cannotHold.has(error.code);
      if (!failed) throw error;
      first ??= error;
    }
  }
  throw first;
}

/** What a container that doesn't take a stream comes to: ffmpeg fails, or what it wrote is no video. */
const cannotHold = new Set([
  'ffmpeg-failed',
  'not-a-video',
  'no-video-stream',
  'file-empty',
  'file-truncated',
]);

async function cutOne(
  clip: Clip,
  info: VideoInfo,
  { way, path }: { way: CopyWay; path: string },
  options: CutOptions,
): Promise<{ start: number; end: number }> {
  const temporary = unfinished(path);
  const { exact, signal, tools } = options;
  try {
    const span = { start: clip.startSec, end: clip.endSec };
    const start = await cutClip(info, span, temporary, { exact, way, signal, tools });
    // Looking at it again tells how long it became, that it is a video, and that its sound can be read.
    const { durationSec, sounds } = await probe(temporary, { signal, tools });
    if (sounds.filter(({ known }) => known).length < way.sounds.length) throw soundLost(path);
    await putInPlace(temporary, path, options);
    return { start, end: start + durationSec };
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Some containers take any stream without a word, and nobody knows what it is later. */
function soundLost(path: string): LongviewError {
  return new LongviewError(
    'ffmpeg-failed',
    `The sound of ${quote(path)} could not be copied.`,
    'Cut it with --exact, which encodes the sound again.',
    { details: { path } },
  );
}

/** "03 park 0.12.05.500.mp4": a name that every system takes, whatever extension it comes to have. */
function clipName({ number, video, startSec }: Clip, digits: number, extension: string): string {
  const name = fileName(video.path);
  const stem = name
    .slice(0, name.length - extname(name).length)
    .replace(/[\u0000-\u001f<>:"/\\|?*]/g, '_')
    .slice(0, 80)
    .trim();
  const milliseconds = String(Math.floor(Math.round(startSec * 1e6) / 1000) % 1000).padStart(3, '0');
  const at = `${clock(Math.floor(Math.round(startSec * 1e6) / 1e6))
    .slice(0, -2)
    .replaceAll(':', '.')}.${milliseconds}`;
  const [before, behind] = [`${String(number).padStart(digits, '0')} `, ` ${at}`];
  const room = longestName - Buffer.byteLength(before + behind) - longestExtension;
  return `${before}${shorten(stem, room).trim() || 'clip'}${behind}${extension}`;
}

const longestExtension = 5;
