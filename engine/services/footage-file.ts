import { stat } from 'node:fs/promises';
import { LongviewError, quote } from '../protocol/errors.ts';
import { hasGrown, type IndexingMedia } from '../indexing/index.ts';
import type { StoredVideo } from '../library/index.ts';

/** So many files are remembered as looked at. */
const most = 10_000;

/**
 * Where a video's own content lies. What now lies at its path may be another file, or a link to one, so that it is
 * known by its content; size and times of change tell only that a file is as it was when that was looked at.
 */
export function footageFiles(
  media: Pick<IndexingMedia, 'contentId'>,
): (video: StoredVideo) => Promise<string> {
  /** Files whose content was looked at, by path and video. */
  const looked = new Map<string, { as: string; its: boolean }>();

  /** A recording that goes on keeps what was indexed of it. */
  const holds = async (path: string, video: StoredVideo, size: number) =>
    size > video.sizeBytes
      ? hasGrown(media, path, video)
      : (await media.contentId(path, {}).catch(() => undefined)) === video.contentHash;

  const isIts = async (path: string, video: StoredVideo): Promise<boolean | undefined> => {
    const facts = await stat(path).catch(() => undefined);
    if (!facts) return undefined;
    if (!facts.isFile()) return false;
    if (facts.size < video.sizeBytes) return false;
    const as = [facts.dev, facts.ino, facts.size, facts.mtimeMs, facts.ctimeMs, video.contentHash].join(' ');
    let found = looked.get(path);
    if (found?.as !== as) {
      found = { as, its: await holds(path, video, facts.size) };
      if (looked.size >= most) looked.clear();
      looked.set(path, found);
    }
    return found.its;
  };

  return async (video) => {
    let changed: string | undefined;
    for (const path of video.paths) {
      const its = await isIts(path, video);
      if (its) return path;
      if (its === false) changed ??= path;
    }
    throw changed === undefined ? missing(video) : anotherFile(video, changed);
  };
}

function missing(video: StoredVideo): LongviewError {
  return new LongviewError(
    'video-missing',
    `The footage ${quote(video.path)} isn't where it was.`,
    'Connect the disk that holds it, or index the folder that it was moved to.',
    { details: { video: video.id, path: video.path } },
  );
}

function anotherFile(video: StoredVideo, path: string): LongviewError {
  return new LongviewError(
    'video-changed',
    `At ${quote(path)} lies another file than the one that was indexed.`,
    'Index it again.',
    { details: { video: video.id, path } },
  );
}
