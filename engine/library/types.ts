import type {
  LibraryTable,
  Nearest,
  PatchPlace,
  PatchRange,
  PatchTable,
  PatchWindow,
  SeenTogether,
} from './patch-types.ts';
import type { AskResult } from '../protocol/results.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { DetectedObject, SeenObject, StoredFrame } from '../core/frames.ts';

/** What is known of a file's content before it is indexed. */
export interface VideoFacts {
  /** Hash of the content; the same for a moved or copied file. */
  contentHash: string;
  sizeBytes: number;
  durationSec: number;
  /** Pixels as shown, after rotation. */
  width: number;
  height: number;
  /** Frames per second, the average where it varies. */
  frameRate: number;
  codec: string;
  /** When it was recorded, in milliseconds since 1970, where the file says so. */
  recordedAt?: number;
}

/** A video of the library. */
export interface StoredVideo extends VideoFacts {
  id: string;
  /** Where its content was last seen. */
  path: string;
  /** Where it lies as far as is known, newest first. Empty where another file took its only place. */
  paths: string[];
  /** Milliseconds since 1970. */
  addedAt: number;
  /** The index that is searched. */
  index: IndexRun | undefined;
  /** A newer index that isn't complete. */
  unfinished: IndexRun | undefined;
}

/** What an index is made with: the same video with the same settings need not be looked at again. */
export interface RunSettings {
  modelId: string;
  modelFingerprint: string;
  /** Sampled frames per second of video. */
  fps: number;
  /** [rows, columns] of visual tokens of one temporal patch. */
  grid: readonly [number, number];
  hiddenSize: number;
  embeddingSize: number;
}

/** One pass of the eyes over a video. */
export interface IndexRun extends RunSettings {
  id: string;
  /** Temporal patches stored so far. */
  patches: number;
  /** Milliseconds since 1970. */
  startedAt: number;
  completedAt: number | undefined;
}

/** A completely indexed video. */
export interface IndexedVideo {
  id: string;
  path: string;
  contentHash: string;
  /** Changes with every (re-)indexing. */
  indexRun: string;
  modelFingerprint: string;
  durationSec: number;
  patches: number;
  fps: number;
  /** When it was recorded; else when its file was last modified, where that is known. Milliseconds since 1970. */
  date?: number;
}

/** A temporal patch on its way into the library. */
export interface StoredPatch {
  /** Presentation time of its first frame, and where its footage ends, in seconds. */
  start: number;
  end: number;
  /** Presentation times of its two frames. */
  frameTimes: readonly [number, number];
  /** How much each frame differs from the one before it, 0 to 1 (cutScore of engine/media). */
  cutScores: readonly [number, number];
  /** The objects of each of its two frames. */
  objects: readonly (readonly DetectedObject[])[];
  /** Visual tokens [rows * columns, hiddenSize]. */
  tokens: Float32Array;
  /** [embeddingSize], unit length. */
  embedding: Float32Array;
}

/** Something that comes with a video as text, in seconds on its own timeline. */
export interface FootageLine {
  /** "said": a subtitle; "chapter": a chapter's title; "title": the recording's own. */
  kind: 'said' | 'chapter' | 'title';
  start: number;
  end: number;
  text: string;
  /** As the file names it: "en", "deu". */
  language?: string | undefined;
}

/** A line that holds some of the words that were looked up. */
export interface TextHit extends FootageLine {
  videoId: string;
}

/** A still of a video. */
export interface Thumbnail {
  time: number;
  /** Absolute path of a JPEG. */
  path: string;
}

/** What identifies an answer; another gamma, model or index run is another answer. */
export interface AnswerKey {
  contentHash: string;
  indexRun: string;
  modelFingerprint: string;
  /** Normalised by the asker. */
  question: string;
  gamma: number;
  /** How it was generated and how much was read: "greedy;48". */
  sampling: string;
}

/** An answer that was given some time. */
export interface StoredAnswer {
  /** Its number in the history. */
  number: number;
  result: AskResult;
  /** Milliseconds since 1970. */
  createdAt: number;
  usedAt: number;
  pinned: boolean;
}

/** Where a file stands in the queue. */
export type JobState = 'waiting' | 'running' | 'paused' | 'failed';

/** A file that is to be indexed, or that failed. */
export interface Job {
  path: string;
  state: JobState;
  /** Queue order, ascending. */
  position: number;
  modelId: string | undefined;
  fps: number | undefined;
  force: boolean;
  error: ErrorData | undefined;
  /** How often the process ended in the middle of it, since anything was last stored of it. */
  crashes: number;
  updatedAt: number;
}

/** What `saveFile` found out about a path. */
export interface SavedFile {
  videoId: string;
  /** True where the content was known, but not at this path. */
  moved: boolean;
}

/**
 * An index that is being written. Nothing of it is visible before `complete`; what was appended survives a crash
 * and is found again by `beginRun` with the same video and settings.
 */
export interface RunWriter {
  readonly run: IndexRun;
  /** Patches that an interrupted run left behind: go on after them. */
  readonly resumedPatches: number;
  /** Where the stills of this run belong; the folder exists. */
  readonly thumbnailFolder: string;
  /** Stores consecutive patches in one transaction. */
  append(patches: readonly StoredPatch[]): void;
  /** Notes the stills; `file` is a name in `thumbnailFolder`. */
  setThumbnails(stills: readonly { time: number; file: string }[]): void;
  /**
   * Makes the run visible in place of the video's previous index.
   * @param durationSec what the index covers; becomes the video's length where the file named none
   */
  complete(durationSec?: number): void;
  /** Forgets the run; the video stays. */
  discard(): void;
  /** Leaves the run as it is, to be taken up again; safe to call after `complete` and `discard`. */
  close(): void;
}

/**
 * The library: synchronous (SQLite and local files), safe to use from several processes at once. Every method may
 * throw LongviewError `library-damaged`, `library-locked`, `disk-full`, `permission-denied` or `disk-failed`.
 * Video ids may be given as `videoFor` takes them only where it says so.
 */
export interface Store {
  readonly folder: string;
  /** Moves whenever an index becomes visible or goes away, in this process or another. */
  generation(): number;

  /** Every video, newest first. */
  videos(): StoredVideo[];
  /**
   * A video by id, a beginning of an id (4 characters or more) that fits one only, or path.
   * @throws LongviewError `video-not-in-library`.
   */
  video(idOrPath: string): StoredVideo;
  /** The video of a content. */
  videoByContent(contentHash: string): StoredVideo | undefined;
  /** The video that was found at a path, where the file has neither changed its size nor been modified since. */
  unchangedFile(path: string, sizeBytes: number, modifiedMs: number): StoredVideo | undefined;
  /**
   * Notes that a content lies at a path, as a new video or as a known one.
   * @param modifiedMs the file's time of modification before it was hashed, milliseconds since 1970
   */
  saveFile(path: string, facts: VideoFacts, modifiedMs?: number): SavedFile;
  /** Notes that videos no longer lie at these paths. */
  forgetPaths(paths: readonly string[]): void;
  /** Forgets a video with its index, stills, features and answers. The footage itself is never touched. */
  removeVideo(id: string): void;

  /** Takes the right to write indexes. @throws LongviewError `library-locked` where another indexing has it. */
  lockForIndexing(): { release(): void };
  /** Begins an index, or goes on with an interrupted one of the same settings. Take `lockForIndexing` first. */
  beginRun(videoId: string, settings: RunSettings): RunWriter;
  /** Deletes what crashes left behind. Take `lockForIndexing` first. */
  cleanUp(): void;

  /** Completely indexed videos; the same array until something changes. */
  indexedVideos(): readonly IndexedVideo[];
  /** Videos of the library, those that wait in the queue included. */
  videoCount(): number;
  /** As {@link Store.video}, of an indexed one. @throws LongviewError `video-not-in-library`, `video-not-indexed`. */
  videoFor(idOrPath: string): IndexedVideo;
  /** The patches of one indexed video; the same arrays as long as its index stays. */
  patchTable(videoId: string): PatchTable;
  /** The patches of all videos that are indexed with a bundle; kept, and extended when videos are added. */
  libraryTable(modelFingerprint: string): LibraryTable;
  /** Some patches of one indexed video, compared with a unit vector and with labels where those are given. */
  patchWindow(
    videoId: string,
    window: PatchRange,
    wanted: { query: Float32Array | undefined; labels: readonly string[] },
  ): PatchWindow;
  /**
   * The patches whose embeddings are nearest to a unit vector, of a library of any size, by codes in memory. Makes or
   * completes the file of codes where that is needed (`npm run -s bench -- search`). Similarities are within a few
   * thousandths.
   * @param videos ids of the videos to look in; all where absent
   */
  nearest(modelFingerprint: string, query: Float32Array, count: number, videos?: readonly string[]): Nearest;
  /** Similarity of a unit vector to the embeddings of some patches, within a few thousandths, in their order. */
  similarityAt(modelFingerprint: string, query: Float32Array, places: readonly PatchPlace[]): Float64Array;
  /** Where the detector saw one of these labels best, best first, with what it saw there of all of them. */
  bestSeen(
    modelFingerprint: string,
    labels: readonly string[],
    count: number,
    videos?: readonly string[],
  ): SeenTogether[];
  /**
   * The objects of these labels (all where absent) in one indexed video, ascending by patch and frame; of some patches
   * only where they are given.
   */
  objects(videoId: string, labels?: readonly string[], window?: PatchRange): SeenObject[];
  /** The objects of these labels in many indexed videos; videos without any are left out. */
  objectsOf(videoIds: readonly string[], labels: readonly string[]): ReadonlyMap<string, SeenObject[]>;
  /** Labels seen in one indexed video with the number of times, most frequent first. */
  labels(videoId: string): { label: string; count: number }[];
  /** The sampled frames of one indexed video: two a patch, the last possibly twice. */
  frames(videoId: string): StoredFrame[];
  /** Times of the shot cuts of one indexed video in seconds, ascending; neither 0 nor the end. */
  cuts(videoId: string): number[];
  /** The stills of one indexed video, ascending by time. */
  thumbnails(videoId: string): Thumbnail[];
  /** Whether the feature cache still holds one indexed video. */
  hasTokens(videoId: string): boolean;
  /**
   * Visual tokens [rows * columns * hiddenSize] of the given patches, in their order, as 8 bits keep them.
   * @throws LongviewError `video-not-indexed` where the cache was deleted.
   */
  patchTokens(videoId: string, patches: readonly number[]): Float32Array[];

  /** What a video's text was read from, as `setText` was told; undefined where it never was read. */
  textSource(videoId: string): string | undefined;
  /** Replaces all text that comes with a video. */
  setText(videoId: string, source: string, lines: readonly FootageLine[]): void;
  /**
   * Lines that hold some of the words, those that hold all of them first. Quotes and operators of a query are plain
   * words to it.
   * @param words as `wordsOf` cuts them
   * @param videos ids of the videos to look in; all where absent
   */
  textHits(words: readonly (readonly string[])[], limit: number, videos?: readonly string[]): TextHit[];

  /** The newest answer of a key. */
  cachedAnswer(key: AnswerKey): AskResult | undefined;
  /** Adds an answer; it is the cached one of its key from now on, older ones stay in the history. */
  keepAnswer(key: AnswerKey, answer: AskResult): void;
  /** Answers given so far, newest first; of one video where its id is given. */
  answers(videoId?: string): StoredAnswer[];
  removeAnswer(number: number): void;
  /** A pinned answer is never removed to save space. */
  pinAnswer(number: number, pinned: boolean): void;
  /** Removes the least recently used answers until all together are at most `maxBytes`. @returns how many went. */
  pruneAnswers(maxBytes: number): number;
  /** Keeps the answers within so many bytes from now on, as {@link Store.pruneAnswers}. @returns how many went. */
  limitAnswers(maxBytes: number): number;
  /** Bytes that the answers take, and may take. */
  answersSize(): { bytes: number; limitBytes: number };

  /** A setting, or undefined. The caller parses it. */
  setting(key: string): unknown;
  /** Keeps a setting as JSON; undefined removes it. */
  setSetting(key: string, value: unknown): void;

  /** Puts files at the end of the queue; those that are in it stay where they are and start afresh. */
  enqueue(paths: readonly string[], how: { modelId?: string; fps?: number; force?: boolean }): void;
  setJob(path: string, state: JobState, error?: ErrorData): void;
  /** Something of a file was stored: {@link Job.crashes} begins anew. */
  jobAdvanced(path: string): void;
  /** Takes files off the queue. */
  endJobs(paths: readonly string[]): void;
  jobs(): Job[];

  close(): void;
}
