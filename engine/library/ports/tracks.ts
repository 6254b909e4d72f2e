import type { SeenObject, StoredFrame } from '../../core/frames.ts';
import type {
  LibraryTable,
  Nearest,
  PatchPlace,
  PatchRange,
  PatchTable,
  PatchWindow,
  SeenTogether,
} from '../patch-types.ts';
import type { Series, Track, TrackKey, TrackKind, TrackWriter } from '../track-types.ts';
import type { IndexPass, PassSettings, StoredPatch } from '../types.ts';

/**
 * The tracks of one pass over the frames, being written together. Nothing takes the place of older tracks before
 * `complete`; what was appended survives a crash and is found again by `beginPass` with the same video and settings.
 */
export interface PassWriter {
  readonly run: IndexPass;
  /** Temporal patches that an interrupted pass left behind: go on after them. */
  readonly resumedPatches: number;
  /** Where the stills of this pass belong; the folder exists. */
  readonly thumbnailFolder: string;
  /** Stores consecutive temporal patches in one transaction. */
  append(patches: readonly StoredPatch[]): void;
  /** Notes the stills; `file` is a name in `thumbnailFolder`. */
  setThumbnails(stills: readonly { time: number; file: string }[]): void;
  /**
   * Makes its tracks those of their extractors that are searched.
   * @param durationSec what the pass covers; becomes the video's length where the file named none
   */
  complete(durationSec?: number): void;
  /** Forgets the pass; the video stays. */
  discard(): void;
  /** Leaves the pass as it is, to be taken up again; safe to call after `complete` and `discard`. */
  close(): void;
}

/** Which tracks a pass makes, and who makes them. */
export interface PassTracks {
  /** "frames" where absent: the library's own frame encoder. */
  extractor?: string;
  /** All five of a frame encoder that also detects and makes visual tokens, where absent. */
  kinds?: readonly TrackKind[];
}

/** Reads tracks that were made of frames; video ids as they are listed. */
export interface FrameTracksPort {
  /** The temporal patches of one video; the same arrays as long as its index stays. */
  patchTable(videoId: string, modelFingerprint?: string): PatchTable;
  /** The temporal patches of all whole embedding tracks of a bundle; kept, and extended when videos are added. */
  libraryTable(modelFingerprint: string): LibraryTable;
  /** Some temporal patches of one video, compared with a unit vector and with labels where those are given. */
  patchWindow(
    videoId: string,
    window: PatchRange,
    wanted: { query: Float32Array | undefined; labels: readonly string[] },
  ): PatchWindow;
  /**
   * The temporal patches whose embeddings are nearest to a unit vector, of a library of any size, by codes in memory.
   * Makes or completes the file of codes where that is needed (`npm run -s bench -- search`). Similarities are within a
   * few thousandths. Only whole tracks are looked at.
   * @param videos ids of the videos to look in; all where absent
   */
  nearest(modelFingerprint: string, query: Float32Array, count: number, videos?: readonly string[]): Nearest;
  /**
   * Similarity of a unit vector to the embeddings of some temporal patches, within a few thousandths, in their order.
   */
  similarityAt(modelFingerprint: string, query: Float32Array, places: readonly PatchPlace[]): Float64Array;
  /** Where the detector saw one of these labels best, best first, with what it saw there of all of them. */
  bestSeen(
    modelFingerprint: string,
    labels: readonly string[],
    count: number,
    videos?: readonly string[],
  ): SeenTogether[];
  /**
   * The objects of these labels (all where absent) in one video, ascending by temporal patch and frame; of some
   * temporal patches only where they are given.
   */
  objects(videoId: string, labels?: readonly string[], window?: PatchRange): SeenObject[];
  /** The objects of these labels in many videos; videos without any are left out. */
  objectsOf(videoIds: readonly string[], labels: readonly string[]): ReadonlyMap<string, SeenObject[]>;
  /** Labels seen in one video with the number of times, most frequent first. */
  labels(videoId: string): { label: string; count: number }[];
  /** The sampled frames of one video: two a temporal patch, the last possibly twice. */
  frames(videoId: string): StoredFrame[];
  /** Times of the shot cuts of one video in seconds, ascending; neither 0 nor the end. */
  cuts(videoId: string): number[];
  /** Whether the feature cache still holds one video's visual tokens. */
  hasTokens(videoId: string): boolean;
  /**
   * Visual tokens [rows * columns * hiddenSize] of the given temporal patches, in their order, as 8 bits keep them.
   * @throws LongviewError `video-not-indexed` where the cache was deleted.
   */
  patchTokens(videoId: string, patches: readonly number[]): Float32Array[];
}

/** Makes tracks and reads those that aren't made of frames. */
export interface TracksPort extends FrameTracksPort {
  /** Every track of a video. */
  tracks(videoId: string): Track[];
  /** Whether a video has a track whole, made just so. */
  hasTrack(videoId: string, key: TrackKey): boolean;
  /** Begins the tracks of a pass, or goes on with an interrupted one of the same settings. */
  beginPass(videoId: string, settings: PassSettings, tracks?: PassTracks): PassWriter;
  /** Begins a track of lines or values, or goes on with an interrupted one of the same key. */
  beginTrack(videoId: string, key: TrackKey): TrackWriter;
  /** Takes an extractor's tracks of a video away, or of all videos. @returns how many went. */
  removeTracks(extractor: string, videoId?: string): number;
  /** The whole track of values of an extractor; undefined where there is none. */
  series(videoId: string, kind: TrackKind): Series | undefined;
  /** Videos that have a whole track of a kind. */
  videosWith(kind: TrackKind): string[];
}
