import type { AskResult } from '../protocol/results.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { DetectedObject } from '../core/frames.ts';
import type { Track } from './track-types.ts';

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
  /** Where the file's own clock begins, in seconds, in containers whose recorders let it go on from file to file (MPEG-TS). */
  clockStart?: number;
}

/** Which part of a recording a video is, where a camera wrote one recording as several files. */
export interface RecordingPlace {
  /** Id of its first part. */
  recording: string;
  /** From 0. */
  part: number;
  /** Ids of all parts, in order. */
  ids: readonly string[];
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
  /** Set where it is one of several parts; of a video that was asked for alone it isn't looked up. */
  recording?: RecordingPlace;
  /** Everything that is known of it, whole or being made. */
  tracks: readonly Track[];
  /** The pass over its frames that is searched first. */
  index: IndexPass | undefined;
  /** A newer one that isn't whole. */
  unfinished: IndexPass | undefined;
}

/** What a pass over a video's frames is made with: the same video with the same settings need not be looked at again. */
export interface PassSettings {
  modelId: string;
  modelFingerprint: string;
  /** Sampled frames per second of video. */
  fps: number;
  /** [rows, columns] of visual tokens of one temporal patch. */
  grid: readonly [number, number];
  /** 0 where the frame encoder makes no visual tokens. */
  hiddenSize: number;
  embeddingSize: number;
}

/** One walk of a frame encoder over a video's sampled frames. */
export interface IndexPass extends PassSettings {
  id: string;
  /** Temporal patches stored so far. */
  patches: number;
  /** Milliseconds since 1970. */
  startedAt: number;
  completedAt: number | undefined;
}

/** A frame encoder's embeddings of a video, on their own grid of temporal patches. */
export interface EncodedVideo {
  /** The pass that made them; changes with every (re-)indexing. */
  indexRun: string;
  extractor: string;
  modelId: string;
  modelFingerprint: string;
  patches: number;
  fps: number;
  /** False while it is being made. */
  whole: boolean;
}

/** A video that can be searched. */
export interface IndexedVideo {
  id: string;
  path: string;
  /** Everywhere it lies, `path` too; absent where nobody asked. */
  copies?: readonly string[];
  contentHash: string;
  /** Changes with every (re-)indexing. */
  indexRun: string;
  modelFingerprint: string;
  durationSec: number;
  patches: number;
  fps: number;
  /** When it was recorded; else when its file was last modified, where that is known. Milliseconds since 1970. */
  date?: number;
  /** Set where it is one of several parts of a recording. */
  recording?: RecordingPlace;
  /** Set where it is only indexed up to here yet, in seconds. */
  reachedSec?: number;
  /** True where only key frames were looked at yet: where something begins and ends is known to some seconds. */
  rough?: boolean;
  /** What other frame encoders made of it, on grids of their own. */
  others?: readonly EncodedVideo[];
}

/** A temporal patch on its way into the library. */
export interface StoredPatch {
  /** Presentation time of its first frame, and where its footage ends, in seconds. */
  start: number;
  end: number;
  /** Presentation times of its two frames. */
  frameTimes: readonly [number, number];
  /** How much each frame differs from the one before it, 0 to 1 (cutScore of engine/vision). */
  cutScores: readonly [number, number];
  /** The objects of each of its two frames. */
  objects: readonly (readonly DetectedObject[])[];
  /** Visual tokens [rows * columns, hiddenSize]. */
  tokens: Float32Array;
  /** [embeddingSize], unit length. */
  embedding: Float32Array;
}

/** A still of a video. */
export interface Thumbnail {
  time: number;
  /** Absolute path of a JPEG. */
  path: string;
}

/** What identifies an answer; another gamma, model or index is another answer. */
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

/** Every setting that an indexing was given. */
export interface JobSettings {
  model?: string;
  fps?: number;
  force?: boolean;
  with?: string[];
  without?: string[];
}

/** A file that is to be indexed, or that failed. */
export interface Job {
  path: string;
  state: JobState;
  /** Queue order, ascending. */
  position: number;
  settings: JobSettings;
  error: ErrorData | undefined;
  /** How often a process ended in the decoder or the frame encoder at the same place of it. */
  crashes: number;
  updatedAt: number;
}

/** What `saveFile` found out about a path. */
export interface SavedFile {
  videoId: string;
  /** True where the content was known, but not at this path. */
  moved: boolean;
}
