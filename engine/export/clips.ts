import { mkdir, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { LongviewError, throwIfCancelled, type ErrorData } from '../protocol/errors.ts';
import { clock } from '../protocol/clock.ts';
import { cutClip, probe, type MediaTools, type VideoInfo } from '../media/index.ts';
import { cannotWrite, checkTarget, putInPlace, unfinished, type TargetRules } from './target.ts';
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
  error?: ErrorData;
}

/** Containers that take a copy of their own streams back; everything else goes into Matroska, which takes all. */
const takesCopies = new Set(['.mp4', '.m4v', '.mov', '.mkv', '.webm', '.ts']);

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
  const digits = String(timeline.clips.length).length;
  const planned = timeline.clips.map((clip) => ({
    clip,
    path: join(folder, clipName(clip, digits, options.exact)),
  }));
  for (const { path } of planned) await checkTarget(path, options);
  const done: CutClip[] = [];
  for (const { clip, path } of planned) {
    throwIfCancelled(signal);
    onProgress?.({ stage: 'cutting clips', fraction: done.length / planned.length, subject: path });
    const about = { number: clip.number, path, videoId: clip.video.id };
    try {
      done.push({ ...about, ...(await cutOne(clip, infos.get(clip.video.id)!, path, options)) });
    } catch (error) {
      if (!(error instanceof LongviewError) || ['cancelled', 'ffmpeg-missing'].includes(error.code))
        throw error;
      done.push({ ...about, start: clip.startSec, end: clip.endSec, error: error.toData() });
    }
  }
  return done;
}

async function cutOne(
  clip: Clip,
  info: VideoInfo,
  path: string,
  options: CutOptions,
): Promise<{ start: number; end: number }> {
  const temporary = unfinished(path);
  const { exact, signal, tools } = options;
  try {
    const span = { start: clip.startSec, end: clip.endSec };
    const start = await cutClip(info, span, temporary, { exact, signal, tools });
    // Looking at it again tells how long it became, and that it is a video.
    const { durationSec } = await probe(temporary, { signal, tools });
    await putInPlace(temporary, path, options);
    return { start, end: start + durationSec };
  } finally {
    await rm(temporary, { force: true });
  }
}

/** "03 park 0.12.05.500.mp4": a name that every system takes. */
function clipName({ number, video, startSec }: Clip, digits: number, exact = false): string {
  const name = fileName(video.path);
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  const safe =
    stem
      .replace(/[\u0000-\u001f<>:"/\\|?*]/g, '_')
      .slice(0, 80)
      .trim() || 'clip';
  const copied = extension.toLowerCase();
  const milliseconds = String(Math.floor(Math.round(startSec * 1e6) / 1000) % 1000).padStart(3, '0');
  const at = `${clock(Math.floor(Math.round(startSec * 1e6) / 1e6))
    .slice(0, -2)
    .replaceAll(':', '.')}.${milliseconds}`;
  const ending = exact ? '.mp4' : takesCopies.has(copied) ? copied : '.mkv';
  return `${String(number).padStart(digits, '0')} ${safe} ${at}${ending}`;
}
