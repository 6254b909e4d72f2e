import { recordingsOf } from '../core/recordings.ts';
import type { RecordingPlace, VideoFacts } from './types.ts';

/** What tells of a video whether it is a part of a recording. */
export type FilmedFile = { id: string; path: string } & Pick<
  VideoFacts,
  'sizeBytes' | 'durationSec' | 'width' | 'height' | 'frameRate' | 'codec' | 'clockStart'
>;

/**
 * Where videos have their place in recordings that a camera wrote as several files (see `recordingsOf`).
 * @returns by id; those that are a recording by themselves are not in it
 */
export function recordingPlaces(videos: readonly FilmedFile[]): Map<string, RecordingPlace> {
  const files = videos
    .filter(({ path }) => path !== '')
    .map((video) => ({
      id: video.id,
      path: video.path,
      bytes: video.sizeBytes,
      form: [video.codec, video.width, video.height, video.frameRate.toFixed(1)].join(' '),
      ...(video.clockStart !== undefined && {
        clock: { start: video.clockStart, end: video.clockStart + video.durationSec },
      }),
    }));
  const places = new Map<string, RecordingPlace>();
  for (const { parts } of recordingsOf(files)) {
    if (parts.length === 1) continue;
    const ids = parts.map(({ id }) => id);
    parts.forEach(({ id }, part) => places.set(id, { recording: parts[0].id, part, ids }));
  }
  return places;
}

/** Videos in the order given, but for the parts of one recording, which follow on each other where the first of them came. */
export function inRecordings<Video extends { id: string; recording?: RecordingPlace }>(
  videos: readonly Video[],
): Video[] {
  const byRecording = Map.groupBy(videos, ({ id, recording }) => recording?.recording ?? id);
  return [...byRecording.values()].flatMap((parts) =>
    parts.toSorted((a, b) => (a.recording?.part ?? 0) - (b.recording?.part ?? 0)),
  );
}
