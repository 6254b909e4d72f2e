import type { FileHandle } from 'node:fs/promises';
import { clockDistance, programStamps, transportStamps, type Stamp } from './stamps.ts';

/** A stretch of an MPEG stream on one clock. */
export interface ClockedStretch {
  from: number;
  to: number;
  durationSec: number;
}

/** As ffmpeg has it: a clock that goes on by less was only interrupted. */
const longestGapSec = 10;
/** Decoding times never go back; so little may be a rounding. */
const backSlackSec = 0.05;
/** Files up to this size are read whole; larger ones at places so far apart that they hold a few seconds each. */
const wholeBytes = 400_000_000;
const mostPlaces = 600;
const placeBytes = 262_144;
const readBytes = 8_388_608;
/** A packet's head, and one packet more, so that nothing is missed between two pieces. */
const overlapBytes = 512;

/**
 * Where the clock of an MPEG stream starts anew: recordings that were joined byte for byte, a camera that was
 * restarted, a disc's cells. One stretch where it doesn't.
 * @param size the file's, in bytes
 */
export async function clockedStretches(
  file: FileHandle,
  size: number,
  kind: 'transport' | 'program',
  signal?: AbortSignal,
): Promise<ClockedStretch[]> {
  const stampsIn = kind === 'transport' ? transportStamps : programStamps;
  const read = async (from: number, to: number) => {
    signal?.throwIfAborted();
    const piece = Buffer.alloc(Math.max(0, Math.min(size, to) - from));
    const { bytesRead } = await file.read(piece, 0, piece.length, from);
    return stampsIn(piece.subarray(0, bytesRead), from);
  };
  const tracks = new Tracks();
  if (size <= wholeBytes) await readAll(read, 0, size, tracks);
  else await readHereAndThere(read, size, tracks);
  return tracks.stretches(size);
}

type Read = (from: number, to: number) => Promise<Stamp[]>;

async function readAll(read: Read, from: number, to: number, tracks: Tracks): Promise<void> {
  for (let at = from; at < to; at += readBytes) {
    const end = Math.min(to, at + readBytes);
    for (const stamp of await read(at, end + overlapBytes)) if (stamp.at < end) tracks.add(stamp);
  }
}

/** Looks at places far apart, and reads all that lies between two whose times don't fit. */
async function readHereAndThere(read: Read, size: number, tracks: Tracks): Promise<void> {
  const apart = Math.max(4 * placeBytes, Math.ceil(size / mostPlaces));
  const places: Stamp[][] = [];
  for (let at = 0; at < size; at += apart) places.push(await read(at, at + placeBytes));
  const last = Math.max(0, size - 2 * placeBytes);
  places.push((await read(last, size)).filter((stamp) => stamp.at >= (places.at(-1)?.at(-1)?.at ?? 0)));
  const steps = places.slice(1).map((place, index) => stepBetween(places[index], place));
  const known = steps.filter((step) => step !== undefined).sort((a, b) => a - b);
  const usual = known[Math.floor(known.length / 2)] ?? 0;
  for (const [index, place] of places.entries()) {
    const step = index > 0 ? steps[index - 1] : usual;
    const begin = places[index - 1]?.at(-1)?.at;
    const odd = step === undefined || step < 0 || step > Math.max(longestGapSec, 3 * usual);
    if (odd && begin !== undefined && place.length > 0) await readAll(read, begin, place[0].at, tracks);
    for (const stamp of place) tracks.add(stamp);
    // Stamps far apart are no gap.
    if (!odd || index === 0) tracks.farApart();
  }
}

/** Seconds between two places, by a stream that both have. */
function stepBetween(a: readonly Stamp[], b: readonly Stamp[]): number | undefined {
  for (const stamp of b) {
    const before = a.findLast((other) => other.stream === stamp.stream);
    if (before) return clockDistance(before.time, stamp.time);
  }
  return undefined;
}

/** One clock's stretch while it is followed. */
interface Stretch {
  /** Where its first packet begins, in bytes. */
  from: number;
  /** Its earliest presentation time on its own clock, and how long it is from there. */
  first: number;
  /** When its last picture ends, and its last packet of any kind, from its first on. */
  pictureEnd: number;
  end: number;
  /** Of each stream: the last decoding time, and the distance between two. */
  tracks: Map<number, { time: number; every: number }>;
  /** The latest decoding time of any stream. */
  latest: number;
}

/** Follows the clocks of a file's streams. */
class Tracks {
  readonly #stretches: Stretch[] = [];
  /** Stamps that don't fit: a new clock, or damage. */
  #odd: Stamp[] = [];
  #farApart = false;

  add(stamp: Stamp): void {
    const now = this.#stretches.at(-1) ?? this.#begin(stamp);
    const before = this.#odd.findLast(({ stream }) => stream === stamp.stream);
    if (before && fits(clockDistance(before.time, stamp.time))) {
      // Two that fit each other and not what was before: the clock is a new one.
      const odd = this.#odd;
      const next = this.#begin(odd[0]);
      for (const one of [...odd, stamp]) this.#take(next, one);
      return;
    }
    if (!this.#goesOn(now, stamp)) {
      this.#odd.push(stamp);
      return;
    }
    if (before) this.#odd = this.#odd.filter(({ stream }) => stream !== stamp.stream);
    this.#take(now, stamp);
  }

  /** What comes next lies farther behind than what was read. */
  farApart(): void {
    this.#farApart = true;
  }

  stretches(size: number): ClockedStretch[] {
    return this.#stretches.map(({ from, pictureEnd, end }, index) => ({
      from: index === 0 ? 0 : from,
      to: this.#stretches[index + 1]?.from ?? size,
      // Sound packets hold more than is left of it: where the pictures end is known better.
      durationSec: pictureEnd > 0 ? pictureEnd : end,
    }));
  }

  #goesOn(now: Stretch, stamp: Stamp): boolean {
    const track = now.tracks.get(stamp.stream);
    if (track && clockDistance(track.time, stamp.time) < -backSlackSec) return false;
    const ahead = now.tracks.size > 0 ? clockDistance(now.latest, stamp.time) : 0;
    return Math.abs(ahead) <= longestGapSec || (ahead > 0 && this.#farApart);
  }

  #take(now: Stretch, stamp: Stamp): void {
    const track = now.tracks.get(stamp.stream);
    const step = track && !this.#farApart ? clockDistance(track.time, stamp.time) : 0;
    const every = step > 0 ? Math.min(step, track?.every || step) : (track?.every ?? 0);
    now.tracks.set(stamp.stream, { time: stamp.time, every });
    now.latest = stamp.time;
    this.#farApart = false;
    const shown = clockDistance(now.first, stamp.shown);
    // At the beginning the other stream may be a little earlier.
    if (shown < 0 && stamp.at - now.from < readBytes) {
      now.end -= shown;
      if (now.pictureEnd > 0) now.pictureEnd -= shown;
      now.first = stamp.shown;
    }
    const end = clockDistance(now.first, stamp.shown) + every;
    now.end = Math.max(now.end, end);
    if (stamp.picture) now.pictureEnd = Math.max(now.pictureEnd, end);
  }

  #begin(stamp: Stamp): Stretch {
    const stretch: Stretch = {
      from: stamp.at,
      first: stamp.shown,
      pictureEnd: 0,
      end: 0,
      tracks: new Map(),
      latest: stamp.time,
    };
    this.#odd = [];
    this.#stretches.push(stretch);
    return stretch;
  }
}

/** Whether a stamp can follow another of its stream on one clock. */
function fits(ahead: number): boolean {
  return ahead >= -backSlackSec && ahead <= longestGapSec;
}
