import type { SeenObject } from '../core/frames.ts';

/** The temporal patches of a video, by number. */
export interface PatchTable {
  /** Presentation time of each temporal patch's first frame, ascending. [n] */
  starts: Float64Array;
  /** Where the footage of each temporal patch ends. [n] */
  ends: Float64Array;
  /** Unit vectors, row-major [n, embeddingSize]. */
  embeddings: Float32Array;
  embeddingSize: number;
}

/** Temporal patches `from` to `past` - 1 of a video. */
export interface PatchRange {
  from: number;
  past: number;
}

/** Temporal patches `from` to `past` - 1 of a video, compared with what is looked for. */
export interface PatchWindow extends PatchRange {
  /** As in a {@link PatchTable}. [past - from] */
  starts: Float64Array;
  ends: Float64Array;
  /** Times of the shot cuts among them, ascending. */
  cuts: readonly number[];
  /** Cosine with the query, within a few thousandths; zeros where there is none. [past - from] */
  similarity: Float32Array;
  /** What was seen of the labels, by the video's own temporal patch numbers; ascending by temporal patch and frame. */
  objects: readonly SeenObject[];
}

/** A temporal patch of the library. */
export interface PatchPlace {
  videoId: string;
  patch: number;
}

/**
 * What was seen of some labels in temporal patches that were stored together, ascending by temporal patch and frame;
 * at least one.
 */
export interface SeenTogether {
  videoId: string;
  objects: readonly SeenObject[];
}

/**
 * The temporal patches whose embeddings are nearest to a query's, and what the query's similarity is like elsewhere.
 */
export interface Nearest {
  /** Best first. */
  patches: (PatchPlace & { similarity: number })[];
  /** Over a sample of the library. */
  background: { mean: number; deviation: number };
}

/** The rows of one video in a {@link LibraryTable}. */
export interface LibrarySlice {
  videoId: string;
  indexRun: string;
  firstRow: number;
  rows: number;
}

/** The temporal patches of every video that is indexed with one bundle, in one piece. */
export interface LibraryTable extends PatchTable {
  rows: number;
  slices: readonly LibrarySlice[];
  /** Index into `slices` of each row. [rows] */
  sliceOfRow: Uint32Array;
  /** {@link Store.generation} when it was read. */
  generation: number;
}
