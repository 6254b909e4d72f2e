import type { IndexedVideo } from '../library/types.ts';
import type { Store } from '../library/ports/index.ts';
import type { Model } from '../inference/types.ts';
import type { Colour } from '../protocol/colours.ts';
import type { Heading } from '../protocol/headings.ts';
import type { Place } from '../language/vocabulary/match.ts';
import type { EarlierReads } from './prompt-prefix-reuse.ts';
import type { KeptTokens } from './visual-token-cache.ts';

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
>;

/** A bundle, known before it is loaded. */
export interface ModelHandle {
  readonly id: string;
  readonly fingerprint: string;
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
  kept: KeptTokens;
  /** Which patches were read for them. */
  earlier: EarlierReads;
}

/** What find and ask work with. */
export interface SearchDeps {
  store: SearchStore;
  /** The bundle that the library is indexed with; it also reads. */
  model: ModelHandle;
  /** Further frame encoders whose embeddings the library may hold, by fingerprint; undefined for one not at hand. */
  encoders?: (fingerprint: string) => Promise<ModelHandle | undefined>;
  /** Another bundle that answers questions, where one was chosen. */
  answering?: Answering;
  /** What of a query the detector knows. */
  match: (words: string) => WantedObjects;
  /** Whether a video's footage is still what was indexed; not looked at where absent. */
  footageState?: (video: IndexedVideo) => Promise<'missing' | 'changed' | undefined>;
}

/** One thing of a query that the detector knows. */
export interface WantedObject {
  /** Any of these classes will do. */
  labels: readonly string[];
  /** At least so many at once. */
  count: number;
  /** Where in the picture, all of it: ["top", "right"] is a corner. */
  places?: readonly Place[];
  /** Which colours it has, all of them. */
  colours?: readonly Colour[];
  /** Which way it moves. */
  heading?: Heading;
  /** True where the classes are just what the words mean; false for "poodle" (narrower) and "animal" (wider). */
  exact?: boolean;
}

/** What of a query the detector knows. */
export interface WantedObjects {
  objects: readonly WantedObject[];
  /** Words that ask for more than the detector knows. */
  rest: readonly string[];
  /** True where the detector knows everything that the query asks for, so that its silence means "not here". */
  covered: boolean;
}
