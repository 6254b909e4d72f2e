import type { FrameEncoder } from '../inference/types.ts';
import type { Store } from '../library/index.ts';
import type {
  FootageTexts,
  FoundVideos,
  KeyFrames,
  SampledFrames,
  SoundReader,
  ThumbnailOptions,
  VideoInfo,
} from '../media/index.ts';
import type { OnProgress } from '../protocol/progress.ts';
import type { Extractor } from './extractors/extractor.ts';

interface Stoppable {
  signal?: AbortSignal;
}

/** What indexing needs of engine/media; that room's functions as they are, with its tools chosen. */
export interface IndexingMedia {
  findVideos(paths: readonly string[], options: Stoppable): Promise<FoundVideos>;
  /** `first`: of so many bytes from its beginning. */
  contentId(file: string, options: { first?: number } & Stoppable): Promise<string>;
  probe(file: string, options: Stoppable): Promise<VideoInfo>;
  sampleFrames(
    file: string,
    info: VideoInfo,
    options: {
      fps: number;
      width: number;
      height: number;
      /** Further sizes of every frame, in the same decode. */
      more?: readonly { width: number; height: number }[];
      thumbnails?: ThumbnailOptions;
    } & Stoppable,
  ): SampledFrames;
  /**
   * Pictures here and there, much cheaper than sampling; undefined where it isn't, absent where there are none: then no
   * video is looked at in advance.
   */
  keyFrames?(
    file: string,
    info: VideoInfo,
    options: { everySec: number; width: number; height: number } & Stoppable,
  ): KeyFrames | undefined;
  /** Reads the sound that a player plays; absent where sound can't be read. */
  readSound?(
    file: string,
    info: VideoInfo,
    options: { stream: number; from: number } & Stoppable,
  ): SoundReader;
  readText(
    file: string,
    info: VideoInfo,
    options: { copies?: readonly string[] } & Stoppable,
  ): Promise<FootageTexts>;
  textSignature(file: string, copies?: readonly string[]): Promise<string>;
}

/** A bundle to look with, known before it is loaded. */
export interface IndexingModel {
  readonly id: string;
  readonly fingerprint: string;
  /** Sampled frames per second that it was made for. */
  readonly fps: number;
  /** Whether it names objects. */
  readonly detects: boolean;
  /** Loads it, once. */
  frameEncoder(): Promise<FrameEncoder>;
}

/** What indexing works with. */
export interface IndexingDeps {
  store: Store;
  media: IndexingMedia;
  /** The library's own bundle. */
  model: IndexingModel;
  /** Whatever else is to be made of each video. */
  extractors?: readonly Extractor[];
  /** Where other machines may be indexing the same content. */
  team?: TeamClaims;
}

/** Keeps several machines from indexing the same content. */
export interface TeamClaims {
  /**
   * Takes the right to index a content, and brings what others have of it.
   * @returns "taken" where another machine has it; undefined where nobody need be asked
   */
  claim(contentHash: string, path: string): Promise<TeamClaim | 'taken' | undefined>;
}

/** A content that this machine may index. */
export interface TeamClaim {
  /** Aborted where another machine has taken over. */
  readonly lost: AbortSignal;
  /** Hands over what was made. */
  release(outcome: 'made' | 'failed' | 'cancelled'): Promise<void>;
}

/** How to index. */
export interface IndexOptions {
  /** Sampled frames per second of video; where absent, what the bundle was made for, or what an index at hand has. */
  fps?: number;
  /** Index again what is already indexed. */
  force?: boolean;
  /** The names of the extractors that are to run; all where absent. */
  only?: readonly string[];
  signal?: AbortSignal;
  onProgress?: OnProgress;
}
