import type { Store } from '../store/types.ts';
import type { Model } from '../vlm/types.ts';

/** The part of the store that finding and asking read and write. */
export type SearchStore = Pick<
  Store,
  | 'indexedVideos'
  | 'videoFor'
  | 'patchTable'
  | 'libraryTable'
  | 'objects'
  | 'cuts'
  | 'hasTokens'
  | 'patchTokens'
  | 'cachedAnswer'
  | 'keepAnswer'
>;

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
  /** The bundle that the library is indexed with; it also reads. */
  model: ModelHandle;
  /** What of a query the detector knows. */
  match: (words: string) => WantedObjects;
}

/** Where in the picture something is asked for. */
export type Place = 'left' | 'right' | 'top' | 'bottom' | 'middle';

/** One thing of a query that the detector knows. */
export interface WantedObject {
  /** Any of these classes will do. */
  labels: readonly string[];
  /** At least so many at once. */
  count: number;
  place?: Place;
}

/** What of a query the detector knows. */
export interface WantedObjects {
  objects: readonly WantedObject[];
  /** True where the detector knows everything that the query asks for, so that its silence means "not here". */
  covered: boolean;
}
