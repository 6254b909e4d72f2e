import type { FootageLine, Stretch, TrackKey, TrackKind } from '../track-types.ts';
import type { PassSettings, VideoFacts } from '../types.ts';

/** A track as it goes from one library to another. */
export interface TrackHead extends TrackKey {
  id: string;
  state: 'making' | 'whole';
  coverage: readonly Stretch[];
  reachedSec: number;
  /** Temporal patches, lines or values. */
  items: number;
  /** Milliseconds since 1970, by the clock of whoever made it. */
  startedAt: number;
  completedAt: number | undefined;
}

/** A pass as it goes from one library to another. */
export interface PassHead extends PassSettings {
  id: string;
  extractor: string;
  state: 'making' | 'whole';
  patches: number;
  tracks: TrackHead[];
}

/** What there is of a video: passes of frame encoders, and tracks of lines or values. */
export interface VideoHead {
  facts: VideoFacts;
  passes: PassHead[];
  tracks: TrackHead[];
}

/** Objects of one label in one batch, packed as the library keeps them. */
export interface ObjectBatch {
  label: string;
  count: number;
  best: number;
  bytes: Uint8Array;
}

/** Consecutive temporal patches, packed as the library keeps them. */
export interface PatchBatch {
  first: number;
  count: number;
  /** float64 [count, 4]. */
  times: Uint8Array;
  /** float32 [count, 2]. */
  cuts: Uint8Array;
  /** float16 [count, embeddingSize]. */
  embeddings: Uint8Array;
  objects: ObjectBatch[];
}

/** Consecutive values of a series, float32. */
export interface SeriesBatch {
  first: number;
  count: number;
  start: number;
  step: number;
  data: Uint8Array;
}

/** A still as a file. */
export interface StillFile {
  time: number;
  file: string;
  data: Uint8Array;
}

/** Where a video lies as another library says. */
export interface TakenPlace {
  /** Absolute here; or what names a place that can't be reached from here. */
  path: string;
  present: boolean;
  modifiedMs: number | undefined;
}

/** A pass that comes from another library, as far as it is here. */
export interface PassTaker {
  /** Temporal patches that are here. */
  readonly patches: number;
  /** Stores the next batches; `tokens` holds the visual tokens of just these, packed. */
  append(batches: readonly PatchBatch[], tokens: Uint8Array | undefined): void;
  /** Stores stills, and makes its tracks those that are searched. */
  complete(stills: readonly StillFile[]): void;
  close(): void;
}

/** What a library that follows a hub is still to tell it. */
export interface OutboxEntry {
  number: number;
  what: 'remove' | 'correct' | 'answer';
  contentHash: string;
  body: unknown;
}

/** An answer as it goes from one library to another. */
export interface AnswerRow {
  contentHash: string;
  indexRun: string;
  modelFingerprint: string;
  questionKey: string;
  gamma: number;
  sampling: string;
  /** An {@link AskResult} as JSON. */
  result: string;
}

/** Brings tracks from one library to another as they are, without looking at any footage. */
export interface ExchangePort {
  /** What there is of a content; undefined where it isn't known. */
  headOf(contentHash: string): VideoHead | undefined;
  /** Batches of a pass from a temporal patch on which one begins, at most so many. */
  patchBatches(passId: string, from: number, most: number): PatchBatch[];
  /** The packed visual tokens of temporal patches [from, past); undefined where the cache doesn't hold them. */
  tokenBytes(passId: string, from: number, past: number): Uint8Array | undefined;
  stillFiles(passId: string): StillFile[];
  trackLines(trackId: string): FootageLine[];
  seriesBatches(trackId: string, from: number): SeriesBatch[];
  /** Notes a video, and that it lies in just these places. @returns its id */
  takeVideo(facts: VideoFacts, places: readonly TakenPlace[]): string;
  /**
   * Begins to take a pass in, or goes on with it. One that is being made here in the same slot goes.
   * @param kinds its tracks that are wanted here; visual tokens need not be among them
   */
  takePass(contentHash: string, pass: PassHead, kinds: readonly TrackKind[]): PassTaker;
  /** Takes a track of lines or values in, in place of what there is in its slot. */
  takeTrack(
    contentHash: string,
    track: TrackHead,
    content: { lines: readonly FootageLine[]; series: readonly SeriesBatch[] },
  ): void;
  /** Forgets a pass or track by its id. */
  dropPart(id: string): void;
  /** Forgets a video here alone: the hub keeps it. */
  forgetVideo(contentHash: string): void;
  /** As `removeVideo`, because the hub says so. */
  dropVideo(contentHash: string, removedBy: string): void;
  /** Contents that `dropVideo` removed, and by whose word. */
  droppedVideos(): { contentHash: string; removedBy: string }[];
  /** Notes for the hub what a person did; nothing where this library follows none. */
  tellHub(what: OutboxEntry['what'], contentHash: string, body: unknown): void;
  outbox(): OutboxEntry[];
  /** Takes an entry off the outbox. */
  told(number: number): void;
  /** Notes how much of its tracks the hub has. */
  markShared(tracks: readonly Pick<TrackHead, 'id' | 'state' | 'items'>[]): void;
  /** Whether the hub has of a track what is here. */
  isShared(trackId: string): boolean;
  /** Contents with a whole track that the hub hasn't. */
  unshared(): string[];
  /** Forgets what the hub has: it is another one, or was put back to an earlier state. */
  forgetShared(): void;
  answerRow(number: number): AnswerRow | undefined;
  takeAnswer(row: AnswerRow): void;
}
