import type { PositionVariant } from '../protocol/bundle.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { Store } from '../library/ports/index.ts';
import type { TrackSearch } from '../library/track-search.ts';
import type { Letterbox } from '../core/frames.ts';
import type { Like } from '../protocol/requests.ts';
import type { Model } from '../inference/types.ts';
import type { MatchNouns } from '../language/parsed-query.ts';
import type { PromptPrefixReuse } from './prompt-prefix-reuse.ts';
import type { VisualTokenCache } from './visual-token-cache.ts';

/** The part of the store that finding and asking read and write. */
export type SearchStore = Pick<
  Store,
  | 'indexedVideos'
  | 'videoFor'
  | 'patchTable'
  | 'libraryTable'
  | 'patchWindow'
  | 'nearest'
  | 'bestSeen'
  | 'similarityAt'
  | 'textHits'
  | 'lines'
  | 'videoCount'
  | 'objects'
  | 'objectsOf'
  | 'cuts'
  | 'hasTokens'
  | 'patchTokens'
  | 'cachedAnswer'
  | 'keepAnswer'
  | 'setting'
  | 'setSetting'
  | 'series'
>;

/** A bundle, known before it is loaded. */
export interface ModelHandle {
  readonly id: string;
  readonly fingerprint: string;
  /** Changes with how it words queries and what its scores are taken to mean; answers depend on it, indexes don't. */
  readonly reading?: string;
  /** Classes that its detector knows: none where it detects nothing, so that it has no opinion on objects. */
  readonly labels?: readonly string[];
  /** Languages that it can be asked in, ISO 639-1; any where absent. */
  readonly languages?: readonly string[] | undefined;
  /** Further languages in which it knows what things are called. */
  readonly names?: readonly string[] | undefined;
  /** Languages of its own words, that the others are put into; all of `languages` where absent. */
  readonly own?: readonly string[] | undefined;
  /** The time scales that its decoder was trained with; the usual ones where it doesn't say. */
  readonly trainedGammas?: readonly number[];
  /** Its decoder's encoding: only some are changed by gamma. */
  readonly variant?: PositionVariant;
  /** Loads it (once). Nothing of a runtime is imported before this is called. */
  open(): Promise<Model>;
}

/** Another bundle than the library's own that answers: a checkpoint that brings its own vision encoder. */
export interface Answering {
  model: ModelHandle;
  /** The pictures at some times of a video that lie close together, letterboxed: RGB [height, width, 3] each. */
  framesAt: (
    video: IndexedVideo,
    times: readonly number[],
    size: { width: number; height: number },
    signal?: AbortSignal,
  ) => Promise<Uint8Array[]>;
  /** What was looked at for earlier questions. */
  kept: VisualTokenCache;
  /** Which temporal patches were read for them. */
  earlier: PromptPrefixReuse;
}

/** What find and ask work with. */
export interface SearchDeps {
  store: SearchStore;
  /** The bundle that the library is indexed with; it also reads. */
  model: ModelHandle;
  /** How tracks are searched that are neither text nor embeddings. */
  trackSearches?: readonly TrackSearch[];
  /** Further frame encoders whose embeddings the library may hold, by fingerprint; undefined for one not at hand. */
  encoders?: (fingerprint: string) => Promise<ModelHandle | undefined>;
  /** Another bundle that answers questions, where one was chosen. */
  answering?: Answering;
  /** A picture to look like, in the middle of a grey frame of a size, and where it lies in it. */
  pictureOf?: (
    like: Like,
    size: { width: number; height: number },
  ) => Promise<{ pixels: Uint8Array; letterbox: Letterbox }>;
  /** What of a query a detector of some classes knows. */
  match: MatchNouns;
  /** Whether a video's footage is still what was indexed; not looked at where absent. */
  footageState?: (video: Pick<IndexedVideo, 'id'>) => Promise<'missing' | 'changed' | undefined>;
}
