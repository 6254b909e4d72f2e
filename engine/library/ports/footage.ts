import type { IndexedVideo, SavedFile, StoredVideo, Thumbnail, VideoFacts } from '../types.ts';

/** The videos and where they lie. */
export interface FootagePort {
  readonly folder: string;
  /** Moves whenever a track becomes visible or goes away, in this process or another. */
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
  /** The id of the video that was found at a path, where the file has neither changed its size nor been modified since. */
  unchangedFile(path: string, sizeBytes: number, modifiedMs: number): string | undefined;
  /** Videos that lay at a path before another content did, and lie nowhere else. */
  videosOnceAt(path: string): StoredVideo[];
  /** Size and time of modification (milliseconds since 1970) of every file that was indexed as it lies there, by path. */
  indexedFiles(): Map<string, { sizeBytes: number; modifiedMs: number }>;
  /**
   * Notes that a content lies at a path, as a new video or as a known one.
   * @param modifiedMs the file's time of modification before it was hashed, milliseconds since 1970
   */
  saveFile(path: string, facts: VideoFacts, modifiedMs?: number): SavedFile;
  /** Notes that videos no longer lie at these paths. */
  forgetPaths(paths: readonly string[]): void;
  /** Forgets a video with its tracks, stills, features and answers. The footage itself is never touched. */
  removeVideo(id: string): void;
  /** Videos of the library, those that wait in the queue included. */
  videoCount(): number;
  /**
   * Videos that can be searched, those that are being indexed for the first time with as much as is stored of them; the
   * same array until something changes.
   */
  indexedVideos(): readonly IndexedVideo[];
  /** As {@link FootagePort.video}, of one that can be searched. @throws LongviewError `video-not-in-library`, `video-not-indexed`. */
  videoFor(idOrPath: string): IndexedVideo;
  /** The stills of one video, ascending by time. */
  thumbnails(videoId: string): Thumbnail[];
}
