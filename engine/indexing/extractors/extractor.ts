import type { Letterbox, RgbFrame } from '../../core/frames.ts';
import type { SoundPiece } from '../../core/sound.ts';
import type { VideoInfo } from '../../media/index.ts';
import type { Store, StoredVideo } from '../../library/index.ts';
import type { ErrorData } from '../../protocol/errors.ts';

/** What an extractor is asked to do. */
export interface ExtractorTask {
  store: Store;
  video: StoredVideo;
  /** Where the video's content lies now. */
  path: string;
  /** Sampled frames a second that somebody asked for. */
  fps?: number;
  signal?: AbortSignal;
}

/** A temporal patch on its way to the extractors: two sampled frames, the second possibly the first once more. */
export interface SampledPatch {
  frames: readonly [RgbFrame, RgbFrame];
  /** How much each differs from the frame before it, 0 to 1. */
  cutScores: readonly [number, number];
  /** Where its footage ends, in seconds. */
  end: number;
}

/** Makes something of the file alone, or of what lies beside it. */
export interface FileWork {
  needs: 'file';
  /** @returns what of it could not be read, where the rest could */
  run(info: VideoInfo): Promise<readonly ErrorData[]>;
}

/** Makes something of sampled frames. */
export interface FrameWork {
  needs: 'frames';
  /** Samples a second (undefined: whatever others take, so that the file is decoded once), and the letterboxed size. */
  fps: number | undefined;
  width: number;
  height: number;
  /** How many temporal patches one `take` should bring for the best speed. */
  batchPatches: number;
  /** Seconds, or temporal patches where it counts those, that an interrupted making has already: they don't come again. */
  resumed: { patches: number } | { seconds: number };
  /** Where stills are to be written in the same decode. */
  stills?: { folder: string; everySec: number };
  /** Takes consecutive temporal patches and stores what it makes of them. @returns when it can take more */
  take(patches: readonly SampledPatch[], letterbox: Letterbox): Promise<void>;
  /** Where what it still works on begins, in seconds; undefined where it is done with all that it took. */
  readonly inHand?: number | undefined;
  /** Waits until it is done with all that it took. */
  settle?(): Promise<void>;
  /** Stores what waits; the making may be interrupted now. */
  flush(): void;
  /** The footage has ended after `endSec` seconds. */
  complete(endSec: number, stills: readonly string[]): void;
  /** The walk was left early: forgets what it made (`keep` false), or leaves it to be taken up again. */
  leave(keep: boolean): void;
}

/** Makes something of the sound, 16 kHz mono. */
export interface SoundWork {
  needs: 'sound';
  /** Index of the sound track in the file; undefined where the video has none. */
  stream: number | undefined;
  /** Sound is wanted from here on: before it, an interrupted making needs none any more. In seconds. */
  resumedSec: number;
  /** Takes the next stretch of sound and stores what it makes of it. */
  take(piece: SoundPiece): Promise<void>;
  /** The sound has ended after `endSec` seconds; 0 where there is none. */
  complete(endSec: number): Promise<void>;
  /** As of {@link FrameWork}. */
  leave(keep: boolean): void;
}

/** What an extractor does for one video. */
export type ExtractorWork = FileWork | FrameWork | SoundWork;

/**
 * Makes tracks of videos. The scheduler gives extractors that need frames the same decode, and those that need sound the
 * same reading. How a track is searched stands beside it in the same file, where it isn't text or an embedding.
 */
export interface Extractor {
  readonly name: string;
  /** True where a video counts as failed when this fails. */
  readonly essential?: boolean;
  /** Whether the video has all that this makes, made just so. */
  isDone(task: ExtractorTask): boolean | Promise<boolean>;
  /** Begins, or goes on with what an interruption left. */
  begin(task: ExtractorTask, info: VideoInfo): Promise<ExtractorWork>;
}
