import { readAhead } from './read-ahead.ts';
import type { RgbFrame } from '../core/frames.ts';
import type { StoredVideo } from '../library/index.ts';
import { keyFramePass } from '../library/index.ts';
import type { KeyFrames, VideoInfo } from '../media/index.ts';
import { throwIfCancelled } from '../protocol/errors.ts';
import { cutScore, shotSignature, type ShotSignature } from '../vision/cut-score.ts';
import { keyFrameWork } from './extractors/frames.ts';
import type { FrameWork } from './extractors/extractor.ts';
import { keepsWhatIsMade } from './resuming.ts';
import type { IndexingDeps } from './types.ts';

/** Pictures of a first look are at least so many seconds apart. */
export const firstLookEverySec = 5;
/** A shorter video is indexed as a whole before anybody could ask. */
const leastSec = 120;
/** A picture stands for so many times the usual distance at most: of what comes later, nobody knows anything yet. */
const longest = 3;
/** Pictures that are decoded before they are wanted. */
const ahead = 4;

/** Whether a video should be looked at in advance: nothing that is searched is known of its pictures yet. */
export function needsFirstLook(video: StoredVideo): boolean {
  if (video.durationSec < leastSec) return false;
  const looks = video.tracks.filter(({ kind }) => kind === 'embedding');
  return !looks.some(
    ({ extractor, state, items }) =>
      (extractor === keyFramePass && state === 'whole') ||
      (extractor === 'frames' && (state === 'whole' || items > 0)),
  );
}

/** A first look at one video. */
export interface FirstLook {
  deps: IndexingDeps;
  path: string;
  video: StoredVideo;
  info: VideoInfo;
  signal: AbortSignal | undefined;
  /** Told before each picture that is looked at: when it is shown. */
  onPicture: (seconds: number) => void;
}

/**
 * Looks at a video's key frames, so that it can be searched long before all of it is sampled. What was made until a
 * cancellation is stored, and gone on with; so is what was made of a file that breaks off.
 * @returns whether there is something to search by now; false where key frames cost as much as everything
 * @throws LongviewError `cancelled`, and what decoding and the frame encoder throw.
 */
export async function firstLook(look: FirstLook): Promise<boolean> {
  const { deps, path, video, info, signal } = look;
  const { store, media, model } = deps;
  const encoder = await model.frameEncoder();
  const { width, height } = encoder;
  const pictures = media.keyFrames?.(path, info, { everySec: firstLookEverySec, width, height, signal });
  if (!pictures) return false;
  const work = await keyFrameWork({ store, video, path, signal }, model, firstLookEverySec);
  try {
    const reached = await walk(look, work, pictures);
    throwIfCancelled(signal);
    if (reached === undefined) work.leave(false);
    else work.complete(reached, []);
    return reached !== undefined;
  } catch (error) {
    work.leave(keepsWhatIsMade(signal?.aborted ? undefined : error));
    throwIfCancelled(signal);
    throw error;
  }
}

/** @returns where the last picture's footage ends; undefined where there was none */
async function walk(
  { info, signal, onPicture }: FirstLook,
  work: FrameWork,
  pictures: KeyFrames,
): Promise<number | undefined> {
  const has = 'patches' in work.resumed ? work.resumed.patches : 0;
  let last: ShotSignature | undefined;
  let number = 0;
  let reached: number | undefined;
  const take = async (picture: RgbFrame, next: number | undefined) => {
    const signature = shotSignature(picture, work.width, pictures.letterbox);
    const score = last ? cutScore(last, signature) : 0;
    last = signature;
    const most = picture.time + longest * firstLookEverySec;
    const end = next ?? (info.durationSec > picture.time ? info.durationSec : picture.time);
    reached = Math.min(end, most);
    if (number++ < has) return;
    onPicture(Math.min(picture.time, work.inHand ?? Infinity));
    await work.take(
      [{ frames: [picture, picture], cutScores: [score, 0], end: reached }],
      pictures.letterbox,
    );
  };
  let before: RgbFrame | undefined;
  for await (const picture of readAhead(pictures, ahead)) {
    throwIfCancelled(signal);
    if (before) await take(before, picture.time);
    before = picture;
  }
  if (before) await take(before, undefined);
  await work.settle?.();
  return reached;
}
