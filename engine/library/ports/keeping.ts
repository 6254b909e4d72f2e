/** A collection of moments. */
export interface Bin {
  number: number;
  name: string;
  moments: number;
}

/** A stretch of a content that somebody keeps. */
export interface KeptStretch {
  contentHash: string;
  /** Where the content lay when it was kept. */
  path: string;
  /** Seconds, to the millisecond. */
  start: number;
  end: number;
  title: string;
}

/** A kept stretch with what was put to it. */
export interface StoredKept extends KeptStretch {
  number: number;
  note: string;
  favourite: boolean;
  /** By name. */
  tags: string[];
  /** Numbers of the bins that it is in, ascending. */
  bins: number[];
  /** Milliseconds since 1970. */
  keptAt: number;
}

/** What is to be otherwise with kept moments. */
export interface KeptChange {
  favourite?: boolean | undefined;
  note?: string | undefined;
  addTags?: readonly string[] | undefined;
  removeTags?: readonly string[] | undefined;
  addTo?: number | undefined;
  removeFrom?: number | undefined;
}

/**
 * Moments that somebody keeps. They belong to contents, not to videos or indexes: removing, moving and indexing again
 * leave them alone.
 */
export interface KeepingPort {
  /** The bins by name. */
  bins(): Bin[];
  /** Makes a bin; one of the same name, whatever its case, is that one. @returns its number */
  makeBin(name: string): number;
  /** @returns false where another bin has that name, or there is no such bin */
  renameBin(bin: number, name: string): boolean;
  /** Removes a bin, and the moments that nothing else holds. */
  removeBin(bin: number): void;
  /** Everything that is kept, newest first. */
  kept(): StoredKept[];
  /** Keeps some stretches; one that is kept already stays as it is. Numbers that don't exist are ignored in `change`. @returns their numbers */
  keep(stretches: readonly KeptStretch[], change: KeptChange): number[];
  /** Changes some moments; those that nothing holds any more (bin, favourite, tag, note) go. */
  changeKept(numbers: readonly number[], change: KeptChange): void;
  /** Forgets some moments. */
  forgetKept(numbers: readonly number[]): void;
}
