import { LongviewError, quote } from '../../protocol/errors.ts';
import { recordingPlaces, type FilmedFile } from '../recording-places.ts';
import { keyFramePass } from '../names.ts';
import type { EncodedVideo, IndexedVideo } from '../types.ts';
import type { LibraryDatabase } from './database.ts';
import { searchedPasses, trackedPasses, type TrackedPass } from './pass-rows.ts';
import type { Videos } from './videos.ts';

interface SearchedRow extends TrackedPass {
  video_id: string;
  content_hash: string;
  duration_sec: number;
  recorded_at: number | null;
  size_bytes: number;
  width: number;
  height: number;
  frame_rate: number;
  codec: string;
  clock_start: number | null;
  path: string | null;
  modified_at: number | null;
  /** A JSON array. */
  copies: string;
}

interface Listed {
  version: string;
  /** Each video's searched passes, by id, the one with its cuts first. */
  passes: ReadonlyMap<string, readonly SearchedRow[]>;
  videos: readonly IndexedVideo[];
}

const lastFile = (column: string) =>
  `(SELECT ${column} FROM files WHERE files.video = videos.num ORDER BY present DESC, seen_at DESC, path LIMIT 1)`;
const searchedRows = `
  SELECT own.*, videos.id AS video_id, content_hash, duration_sec, recorded_at,
    size_bytes, width, height, frame_rate, codec, clock_start,
    ${lastFile('path')} AS path, ${lastFile('modified_at')} AS modified_at,
    (SELECT json_group_array(files.path) FROM files WHERE files.video = videos.num AND files.present = 1) AS copies
  FROM (${trackedPasses}) AS own JOIN videos ON videos.num = own.video`;

/** What is searched of the videos, kept as long as nobody writes: a search asks hundreds of times. */
export class SearchedVideos {
  readonly #db: LibraryDatabase;
  readonly #videos: Videos;
  #listed: Listed = { version: '', passes: new Map(), videos: [] };

  constructor(db: LibraryDatabase, videos: Videos) {
    this.#db = db;
    this.#videos = videos;
  }

  /** Every video that can be searched; the same array until something changes. */
  all(): readonly IndexedVideo[] {
    return this.#list().videos;
  }

  /** One of them. @throws LongviewError `video-not-in-library`, `video-not-indexed`. */
  video(idOrPath: string): IndexedVideo {
    return indexedVideo(this.#passes(idOrPath));
  }

  /** The pass that holds a video's cuts, objects and visual tokens. @throws as {@link SearchedVideos.video}. */
  pass(idOrPath: string): TrackedPass {
    return this.#passes(idOrPath)[0];
  }

  /** A bundle's pass over a video. @throws as {@link SearchedVideos.video}. */
  passOf(idOrPath: string, fingerprint: string): TrackedPass {
    const found = this.#passes(idOrPath).find((pass) => pass.model_fingerprint === fingerprint);
    if (!found) throw notIndexed(idOrPath);
    return found;
  }

  #passes(idOrPath: string): readonly SearchedRow[] {
    return this.#db.snapshot(() => {
      const known = this.#listed.passes.get(idOrPath);
      if (known && this.#listed.version === this.#db.version()) return known;
      const { num } = this.#videos.row(idOrPath);
      const rows = searchedPasses(
        this.#db.all<SearchedRow>(`${searchedRows} WHERE videos.num = ?`, num),
      ) as SearchedRow[];
      if (rows.length === 0) throw notIndexed(idOrPath);
      return rows;
    });
  }

  #list(): Listed {
    const version = this.#db.version();
    if (this.#listed.version === version) return this.#listed;
    const rows = this.#db.all<SearchedRow>(`${searchedRows} ORDER BY own.num`);
    const passes = new Map(
      [...Map.groupBy(rows, (row) => row.video_id)]
        .map(([id, some]) => [id, searchedPasses(some) as SearchedRow[]] as const)
        .filter(([, some]) => some.length > 0),
    );
    const first = [...passes.values()].toSorted(([a], [b]) => a.num - b.num);
    const places = recordingPlaces(first.map(([row]) => filmedFile(row)));
    const videos = first.map((some) => {
      const video = indexedVideo(some);
      const recording = places.get(video.id);
      return recording ? { ...video, recording } : video;
    });
    this.#listed = { version, passes, videos };
    return this.#listed;
  }
}

function filmedFile(row: SearchedRow): FilmedFile {
  return {
    id: row.video_id,
    path: row.path ?? '',
    sizeBytes: row.size_bytes,
    durationSec: row.duration_sec,
    width: row.width,
    height: row.height,
    frameRate: row.frame_rate,
    codec: row.codec,
    clockStart: row.clock_start ?? undefined,
  };
}

function indexedVideo([row, ...others]: readonly SearchedRow[]): IndexedVideo {
  const rough = row.extractor === keyFramePass;
  return {
    id: row.video_id,
    path: row.path ?? '',
    copies: JSON.parse(row.copies) as string[],
    contentHash: row.content_hash,
    // What is made of one that grows holds for as much of it.
    indexRun: row.state === 'making' ? `${row.id}+${row.patches}` : row.id,
    modelFingerprint: row.model_fingerprint,
    durationSec: row.duration_sec,
    patches: row.patches,
    fps: row.fps,
    date: row.recorded_at ?? row.modified_at ?? undefined,
    ...(row.state === 'making' && { reachedSec: rough ? row.reached : (row.patches * 2) / row.fps }),
    ...(rough && { rough }),
    // They are laid side by side by the rate of samples, which key frames have none of.
    ...(others.length > 0 && !rough && { others: others.map(encodedVideo) }),
  };
}

function encodedVideo(row: SearchedRow): EncodedVideo {
  return {
    indexRun: row.id,
    extractor: row.extractor,
    modelId: row.model_id,
    modelFingerprint: row.model_fingerprint,
    patches: row.patches,
    fps: row.fps,
    whole: row.state === 'whole',
  };
}

function notIndexed(idOrPath: string): LongviewError {
  return new LongviewError(
    'video-not-indexed',
    `Nothing of the video ${quote(idOrPath)} is indexed yet.`,
    'Index it, or wait until its indexing has begun.',
    { details: { video: idOrPath } },
  );
}
