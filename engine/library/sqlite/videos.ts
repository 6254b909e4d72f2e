import { resolve } from 'node:path';
import { LongviewError, quote } from '../../protocol/errors.ts';
import type { LibraryDatabase } from './database.ts';
import { keyFramePass } from '../names.ts';
import { passOf, searchedPasses, trackedPasses, type TrackedPass } from './pass-rows.ts';
import { trackOf, type TrackRow } from './track-rows.ts';
import { inRecordings, recordingPlaces } from '../recording-places.ts';
import type { SavedFile, StoredVideo, VideoFacts } from '../types.ts';
import { plural } from '../../protocol/plural.ts';

interface VideoRow {
  num: number;
  id: string;
  content_hash: string;
  size_bytes: number;
  duration_sec: number;
  width: number;
  height: number;
  frame_rate: number;
  codec: string;
  recorded_at: number | null;
  clock_start: number | null;
  added_at: number;
}

interface FileRow {
  video: number;
  path: string;
  present: number;
}

/** Characters of a content's hash that make a video's id, and the fewest that a user may type of it. */
const idLength = 10;
const shortestPrefix = 4;

/** The videos of the library and where they lie. */
export class Videos {
  readonly #db: LibraryDatabase;

  constructor(db: LibraryDatabase) {
    this.#db = db;
  }

  /** Every video, newest first; parts of a recording stand together, in its order. */
  all(): StoredVideo[] {
    return this.#db.snapshot(() => {
      const files = Map.groupBy(this.#db.all<FileRow>(`SELECT * FROM files ${filesInOrder}`), byVideo);
      const passes = Map.groupBy(this.#db.all<TrackedPass>(trackedPasses), byVideo);
      const tracks = Map.groupBy(this.#db.all<TrackRow>('SELECT * FROM tracks ORDER BY num'), byVideo);
      const videos = this.#db
        .all<VideoRow>('SELECT * FROM videos ORDER BY added_at DESC, num DESC')
        .map((row) =>
          videoOf(row, files.get(row.num) ?? [], passes.get(row.num) ?? [], tracks.get(row.num) ?? []),
        );
      const places = recordingPlaces(videos);
      return inRecordings(
        videos.map((video) => {
          const recording = places.get(video.id);
          return recording ? { ...video, recording } : video;
        }),
      );
    });
  }

  /** A video by id, the beginning of an id, or path. @throws LongviewError `video-not-in-library`. */
  find(idOrPath: string): StoredVideo {
    return this.#db.snapshot(() => this.#video(this.row(idOrPath)));
  }

  /** The video of a content. */
  byContent(contentHash: string): StoredVideo | undefined {
    return this.#db.snapshot(() => {
      const row = this.#rowByContent(contentHash);
      return row && this.#video(row);
    });
  }

  /** The id of the video that was found at a path, where the file has neither changed its size nor been modified since. */
  unchanged(path: string, sizeBytes: number, modifiedMs: number): string | undefined {
    return this.#db.get<{ id: string }>(
      `SELECT videos.id FROM files JOIN videos ON num = video
       WHERE path = ? AND present = 1 AND size_bytes = ? AND modified_at = ?`,
      ...[path, sizeBytes, modifiedMs],
    )?.id;
  }

  /** Videos that lay at a path before another content did, and lie nowhere else. */
  onceAt(path: string): StoredVideo[] {
    return this.#db.snapshot(() =>
      this.#db
        .all<VideoRow>(
          `SELECT videos.* FROM files JOIN videos ON num = video WHERE path = ? AND present = 0
             AND EXISTS (SELECT 1 FROM files AS now WHERE now.path = files.path AND now.present = 1)
             AND NOT EXISTS
               (SELECT 1 FROM files AS other WHERE other.video = files.video AND other.present = 1)`,
          path,
        )
        .map((row) => this.#video(row)),
    );
  }

  /** What every file that was indexed was like. */
  indexedFiles(): Map<string, { sizeBytes: number; modifiedMs: number }> {
    const rows = this.#db.all<{ path: string; sizeBytes: number; modifiedMs: number }>(
      `SELECT files.path, videos.size_bytes AS sizeBytes, files.modified_at AS modifiedMs
       FROM files JOIN videos ON videos.num = files.video
       WHERE files.present = 1 AND files.modified_at IS NOT NULL AND EXISTS (SELECT 1 FROM tracks
         WHERE tracks.video = files.video AND tracks.state = 'whole' AND tracks.kind = 'embedding')`,
    );
    return new Map(rows.map(({ path, ...stamp }) => [path, stamp]));
  }

  /** The row of a video by id, the beginning of an id, or path. @throws LongviewError `video-not-in-library`. */
  row(idOrPath: string): VideoRow {
    const exact = this.#db.get<VideoRow>('SELECT * FROM videos WHERE id = ?', idOrPath);
    if (exact) return exact;
    const [atPath] = this.#db.all<VideoRow>(
      'SELECT videos.* FROM files JOIN videos ON num = video WHERE path = ? ORDER BY present DESC, seen_at DESC',
      resolve(idOrPath),
    );
    if (atPath) return atPath;
    const fitting =
      idOrPath.length < shortestPrefix
        ? []
        : this.#db.all<VideoRow>(
            'SELECT * FROM videos WHERE substr(id, 1, ?) = ?',
            idOrPath.length,
            idOrPath,
          );
    if (fitting.length === 1) return fitting[0];
    throw notInLibrary(idOrPath, fitting.length);
  }

  /** Notes that a content lies at a path. */
  saveFile(path: string, facts: VideoFacts, modifiedMs?: number): SavedFile {
    return this.#db.write(() => {
      const known = this.#rowByContent(facts.contentHash);
      const video = known ?? this.#insert(facts);
      const here = this.#db.get('SELECT 1 FROM files WHERE video = ? AND path = ?', video.num, path);
      this.#leave(path, video.num);
      this.#db.run(
        `INSERT INTO files (video, path, present, seen_at, modified_at) VALUES (?, ?, 1, ?, ?)
         ON CONFLICT DO UPDATE SET present = 1, seen_at = excluded.seen_at, modified_at = excluded.modified_at`,
        video.num,
        path,
        Date.now(),
        modifiedMs ?? null,
      );
      return { videoId: video.id, moved: known !== undefined && here === undefined };
    });
  }

  /** Notes a content, wherever it lies. @returns its id */
  take(facts: VideoFacts): string {
    return (this.#rowByContent(facts.contentHash) ?? this.#insert(facts)).id;
  }

  /** Notes that videos no longer lie at these paths. */
  forgetPaths(paths: readonly string[]): void {
    this.#db.write(() => {
      for (const path of paths) this.#leave(path, -1);
    });
  }

  /**
   * Whoever lies at a path, save one video, no longer does. A video's last known place is kept, unless there is
   * nothing to know of it: it was never indexed to its end (a recording that grows) nor asked about.
   */
  #leave(path: string, except: number): void {
    this.#db.run(
      `DELETE FROM files WHERE path = ? AND video <> ?
         AND EXISTS (SELECT 1 FROM files AS other WHERE other.video = files.video AND other.path <> files.path)`,
      path,
      except,
    );
    this.#db.run('UPDATE files SET present = 0 WHERE path = ? AND video <> ?', path, except);
    this.#db.run(
      `DELETE FROM videos WHERE num IN (SELECT video FROM files WHERE path = ? AND present = 0)
         AND NOT EXISTS (SELECT 1 FROM tracks WHERE tracks.video = videos.num
           AND tracks.state = 'whole' AND tracks.kind <> 'captions')
         AND NOT EXISTS (SELECT 1 FROM answer_videos WHERE answer_videos.video = videos.num)`,
      path,
    );
  }

  #rowByContent(contentHash: string): VideoRow | undefined {
    return this.#db.get<VideoRow>('SELECT * FROM videos WHERE content_hash = ?', contentHash);
  }

  #insert(facts: VideoFacts): VideoRow {
    return this.#db.get<VideoRow>(
      `INSERT INTO videos
         (id, content_hash, size_bytes, duration_sec, width, height, frame_rate, codec, recorded_at, clock_start,
          added_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
      this.#freeId(facts.contentHash),
      facts.contentHash,
      facts.sizeBytes,
      facts.durationSec,
      facts.width,
      facts.height,
      facts.frameRate,
      facts.codec,
      facts.recordedAt ?? null,
      facts.clockStart ?? null,
      Date.now(),
    )!;
  }

  /** The beginning of the content's hash: the same video has the same id in every library. */
  #freeId(contentHash: string): string {
    for (let length = Math.min(idLength, contentHash.length); length < contentHash.length; length++) {
      const id = contentHash.slice(0, length);
      if (!this.#db.get('SELECT 1 FROM videos WHERE id = ?', id)) return id;
    }
    return contentHash;
  }

  #video(row: VideoRow): StoredVideo {
    const files = this.#db.all<FileRow>(`SELECT * FROM files WHERE video = ? ${filesInOrder}`, row.num);
    return videoOf(
      row,
      files,
      this.#db.all<TrackedPass>(`${trackedPasses} AND passes.video = ?`, row.num),
      this.#db.all<TrackRow>('SELECT * FROM tracks WHERE tracks.video = ? ORDER BY num', row.num),
    );
  }
}

/** Where a video lies comes before where it lay. */
const filesInOrder = 'ORDER BY present DESC, seen_at DESC, path';
const byVideo = ({ video }: { video: number }) => video;

function videoOf(
  row: VideoRow,
  files: readonly FileRow[],
  passes: readonly TrackedPass[],
  tracks: readonly TrackRow[],
): StoredVideo {
  const index = searchedPasses(passes).find(
    ({ state, extractor }) => state === 'whole' && extractor !== keyFramePass,
  );
  const making = passes.find(({ state, extractor }) => state === 'making' && extractor === 'frames');
  const rough = passes.find(({ extractor, patches }) => extractor === keyFramePass && patches > 0);
  const unfinished = making && making.patches > 0 ? making : (rough ?? making);
  return {
    id: row.id,
    contentHash: row.content_hash,
    sizeBytes: row.size_bytes,
    durationSec: row.duration_sec,
    width: row.width,
    height: row.height,
    frameRate: row.frame_rate,
    codec: row.codec,
    ...(row.recorded_at === null ? {} : { recordedAt: row.recorded_at }),
    ...(row.clock_start === null ? {} : { clockStart: row.clock_start }),
    path: files[0]?.path ?? '',
    paths: files.filter((file) => file.present === 1).map((file) => file.path),
    addedAt: row.added_at,
    tracks: tracks.map(trackOf),
    index: index && passOf(index),
    unfinished: unfinished && passOf(unfinished),
  };
}

function notInLibrary(idOrPath: string, fitting: number): LongviewError {
  return fitting > 1
    ? new LongviewError(
        'video-not-in-library',
        `${plural(fitting, 'video')} in the library have an id that begins with ${quote(idOrPath)}.`,
        'Type more of the id.',
        { details: { video: idOrPath } },
      )
    : new LongviewError(
        'video-not-in-library',
        `There is no video ${quote(idOrPath)} in the library.`,
        'Index it first, or choose an id or path from the list of the library.',
        { details: { video: idOrPath } },
      );
}
