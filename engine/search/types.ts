import type { Model } from '../vlm/types.ts';
import type { AskResult } from '../protocol/results.ts';

/** A video that is completely indexed, as the search sees it. */
export interface IndexedVideo {
  id: string;
  path: string;
  /** Hash of the file's content; the same for a moved file. */
  contentHash: string;
  /** Changes with every (re-)indexing. */
  indexRun: string;
  /** Fingerprint of the bundle that it was indexed with. */
  modelFingerprint: string;
  durationSec: number;
  /** Number of temporal patches. */
  patches: number;
  /** Sampled frames per second. */
  fps: number;
}

/** The temporal patches of a video, by number. */
export interface PatchTable {
  /** Presentation time of each patch's first frame, ascending. [n] */
  starts: Float64Array;
  /** Where the footage of each patch ends: the next patch's start, or the video's end. [n] */
  ends: Float64Array;
  /** Unit vectors, row-major [n, embeddingSize]. */
  embeddings: Float32Array;
  embeddingSize: number;
}

/** An object that the detector saw in one frame of a temporal patch. */
export interface SeenObject {
  patch: number;
  /** Which of the patch's two frames. */
  frame: 0 | 1;
  label: string;
  /** The detector's own confidence, 0 to 1. */
  score: number;
  /** [x1, y1, x2, y2] as shares of the picture. */
  box: readonly [number, number, number, number];
}

/** What identifies an answer; another gamma, model or index run is another answer. */
export interface AnswerKey {
  contentHash: string;
  indexRun: string;
  modelFingerprint: string;
  /** Normalised; see normaliseQuestion. */
  question: string;
  gamma: number;
  /** How it was generated and how much was read: "greedy;48". */
  sampling: string;
}

/** The part of the store that finding and asking read and write. All calls are synchronous (SQLite, local files). */
export interface SearchStore {
  /** Completely indexed videos. */
  indexedVideos(): IndexedVideo[];
  /** One video by id, a beginning of an id that fits one only, or path. @throws LongviewError `video-not-in-library`, `video-not-indexed`. */
  videoFor(idOrPath: string): IndexedVideo;
  patchTable(videoId: string): PatchTable;
  /** The objects of these labels, ascending by patch. */
  objects(videoId: string, labels: readonly string[]): SeenObject[];
  /** Times of the shot cuts in seconds, ascending; neither 0 nor the end. */
  cuts(videoId: string): readonly number[];
  /**
   * Visual tokens [tokensPerPatch * hiddenSize] of the given patches from the feature cache, in their order.
   * @throws LongviewError `video-not-indexed` where the cache was deleted.
   */
  patchTokens(videoId: string, patches: readonly number[]): Float32Array[];
  cachedAnswer(key: AnswerKey): AskResult | undefined;
  keepAnswer(key: AnswerKey, answer: AskResult): void;
}

/** A bundle, known before it is loaded. */
export interface ModelHandle {
  readonly id: string;
  readonly fingerprint: string;
  /** Loads it (once). Nothing of a runtime is imported before this is called. */
  open(): Promise<Model>;
}

/** What find and ask work with. */
export interface SearchDeps {
  store: SearchStore;
  /** The bundle that the library is indexed with. */
  model: ModelHandle;
  /** The bundle that answers; the same where absent. */
  reader?: ModelHandle;
}
