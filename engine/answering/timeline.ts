import { basename } from 'node:path';
import { clock } from '../protocol/clock.ts';
import { shotsIn, type Footage } from '../search/footage.ts';
import type { TokensOf } from './answering.ts';
import type { Hit } from '../search/hit.ts';
import type { Segment } from '../search/select.ts';
import type { Shot } from '../vision/shots.ts';
import type { PatchTable } from '../library/patch-types.ts';
import type { SeenObject } from '../core/frames.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { SearchStore } from '../search/types.ts';

/** One video of a {@link ConcatenatedTimeline}. */
export interface TimelinePart extends Footage {
  /** Its first temporal patch, and one past its last, in the timeline. */
  first: number;
  past: number;
  /** Where its second 0 lies in the timeline. */
  origin: number;
}

/** Where a recording lies in a timeline. */
export type Stretch = Pick<TimelinePart, 'first' | 'past' | 'origin'>;

/** Seconds of nothing between two videos: more than any gap that is bridged. */
const apart = 600;

/**
 * Videos laid one after the other, so that a question about several is answered like one about a single video.
 * Temporal patches and seconds of the timeline are those of its only video where there is but one.
 */
export class ConcatenatedTimeline {
  readonly parts: readonly TimelinePart[];
  /** The same by recording: what a camera wrote as several files is one. */
  readonly recordings: readonly Stretch[];
  readonly table: PatchTable;
  readonly shots: readonly Shot[];
  readonly #store: SearchStore;
  readonly #tokensOf: TokensOf;
  readonly #tokens = new Map<number, Float32Array>();

  /**
   * @param footage at least one video
   * @param tokensOf where visual tokens come from; the library where absent
   */
  constructor(store: SearchStore, footage: readonly Footage[], tokensOf?: TokensOf) {
    this.#store = store;
    this.#tokensOf = tokensOf ?? (async ({ id }, _, patches) => store.patchTokens(id, patches));
    let first = 0;
    let origin = 0;
    this.parts = footage.map((one, index) => {
      const part = { ...one, first, past: first + one.table.starts.length, origin };
      first = part.past;
      origin += Math.max(one.video.durationSec, one.table.ends.at(-1) ?? 0);
      if (!goesOn(one.video, footage[index + 1]?.video)) origin += apart;
      return part;
    });
    this.recordings = this.parts.reduce<Stretch[]>((stretches, part, index) => {
      const before = this.parts[index - 1];
      if (before && goesOn(before.video, part.video)) stretches.at(-1)!.past = part.past;
      else stretches.push({ first: part.first, past: part.past, origin: part.origin });
      return stretches;
    }, []);
    this.table = this.parts.length === 1 ? this.parts[0].table : joined(this.parts);
    this.shots = this.parts.flatMap((part) =>
      shotsIn(store, part).map((shot) => ({
        start: shot.start + part.origin,
        end: shot.end + part.origin,
        first: shot.first + part.first,
        past: shot.past + part.first,
      })),
    );
  }

  /** The video that a temporal patch belongs to. */
  partOf(patch: number): TimelinePart {
    return this.parts.findLast(({ first }) => first <= patch) ?? this.parts[0];
  }

  /** The recording that a temporal patch belongs to: its video, or all parts of what several files hold. */
  recordingOf(patch: number): Stretch {
    return this.recordings.findLast(({ first }) => first <= patch) ?? this.recordings[0];
  }

  /** A time of the timeline as a video and the seconds in it. */
  locate(time: number): { video: IndexedVideo; seconds: number } {
    const part = this.parts.findLast(({ origin }) => origin <= time) ?? this.parts[0];
    return { video: part.video, seconds: time - part.origin };
  }

  /** A moment found in one of the videos, in the timeline's temporal patches and seconds. */
  place(hit: Hit): Hit {
    const part = this.parts.find(({ video }) => video.id === hit.video.id);
    if (!part) throw new Error(`${hit.video.id} is not in the timeline`);
    return {
      ...hit,
      first: hit.first + part.first,
      past: hit.past + part.first,
      peak: hit.peak + part.first,
      start: hit.start + part.origin,
      end: hit.end + part.origin,
    };
  }

  /** A stretch as people write it, with the file where there are several. */
  clock(start: number, end: number): string {
    const from = this.locate(start);
    const text = `${clock(from.seconds)} to ${clock(from.seconds + end - start)}`;
    return this.parts.length === 1 ? text : `${basename(from.video.path)} ${text}`;
  }

  /** What the detector saw of these labels, of any where absent. */
  objects(labels?: readonly string[]): SeenObject[] {
    return this.parts.flatMap(({ video, first }) =>
      this.#store.objects(video.id, labels).map((seen) => ({ ...seen, patch: seen.patch + first })),
    );
  }

  /** All that the detector saw in a stretch of temporal patches of one video. */
  seenIn({ first, past }: Segment): SeenObject[] {
    const { video, first: from } = this.partOf(first);
    return this.#store
      .objects(video.id, undefined, { from: first - from, past: past - from })
      .map((seen) => ({ ...seen, patch: seen.patch + from }));
  }

  /**
   * Visual tokens by the timeline's temporal patches. Kept, because every gamma and every question of one ask wants
   * them again.
   */
  async patchTokens(_: string, patches: readonly number[]): Promise<Float32Array[]> {
    for (const part of this.parts) {
      const wanted = patches.filter(
        (patch) => patch >= part.first && patch < part.past && !this.#tokens.has(patch),
      );
      if (wanted.length === 0) continue;
      const local = wanted.map((patch) => patch - part.first);
      const found = await this.#tokensOf(part.video, part.table, local);
      found.forEach((tokens, i) => this.#tokens.set(wanted[i], tokens));
    }
    return patches.map((patch) => this.#tokens.get(patch)!);
  }

  /** When temporal patches are, in seconds of their own video: the middle between a temporal patch's two frames. */
  patchTimes(patches: readonly number[]): number[] {
    const { starts, ends } = this.table;
    return patches.map((patch) => {
      const { seconds } = this.locate(starts[patch]);
      return seconds + (ends[patch] - starts[patch]) / 4;
    });
  }
}

/** Whether a video is the next part of the recording that another is a part of. */
function goesOn({ recording: one }: IndexedVideo, next: IndexedVideo | undefined): boolean {
  const other = next?.recording;
  return one !== undefined && one.recording === other?.recording && other.part === one.part + 1;
}

function joined(parts: readonly TimelinePart[]): PatchTable {
  const rows = parts.at(-1)!.past;
  const { embeddingSize } = parts[0].table;
  const starts = new Float64Array(rows);
  const ends = new Float64Array(rows);
  const embeddings = new Float32Array(rows * embeddingSize);
  for (const { table, first, origin } of parts) {
    table.starts.forEach((start, i) => (starts[first + i] = start + origin));
    table.ends.forEach((end, i) => (ends[first + i] = end + origin));
    embeddings.set(table.embeddings, first * embeddingSize);
  }
  return { starts, ends, embeddings, embeddingSize };
}
