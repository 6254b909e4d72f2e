import type { Detail } from '../reading/text-reader.ts';
import { standsStill, type Change } from './stillness.ts';

/** What is known about a sample before it is looked at. */
export interface Sample {
  time: number;
  /** It is the first of its shot, or of the video. */
  newShot: boolean;
  change: Change;
  /** Lines that were on screen aren't any more, or letters of theirs have changed. */
  lost: boolean;
}

/** When pictures are looked at. Seconds of the video, but for the costs. */
export interface AttentionSettings {
  /** Between two glances while the picture moves: where words came over moving pictures lately, usually, and where none came for long. */
  overMotion: { known: number; usual: number; barren: number };
  /** Words over moving pictures are "known" for so long. */
  remembered: number;
  /** After so long without words in a moving picture it is barren. */
  barrenAfter: number;
  /** Seconds of both cores that a second of video may cost in the long run, and what may be saved up. */
  allowance: { perSecond: number; most: number };
  /** What work costs, in seconds of both cores of the machine that it was measured on; by it, not by the clock, work is rationed. */
  costs: { glance: number; full: number; line: number };
}

/** 0.02 s a second are 72 s an hour; costs as measured by `bench screen-text`. */
export const usualAttention: AttentionSettings = {
  overMotion: { known: 1, usual: 2, barren: 4 },
  remembered: 30,
  barrenAfter: 20,
  allowance: { perSecond: 0.02, most: 20 },
  costs: { glance: 0.018, full: 0.07, line: 0.035 },
};

/** Something new in no more than this share of the tiles may be a pointer that was moved: a glance will tell. */
const smallShare = 0.008;
/** A picture is in motion when more than this share of its tiles moves. */
const motionShare = 0.1;

/**
 * Decides which pictures are looked at, and how closely. A new shot gets a glance; what stands still and is new is
 * looked at fully if the whole picture stands still (a slide) and it is more than a pointer, otherwise at a glance; a picture in motion is glanced
 * at now and then. More than the allowance isn't spent: what waits then is looked at later, if it still stands.
 */
export class Attention {
  readonly #settings: AttentionSettings;
  #saved: number;
  #lastTime: number | undefined;
  #lastLook = -Infinity;
  #wordsOverMotion = -Infinity;
  #wordless = 0;
  #pending = false;

  constructor(settings: AttentionSettings = usualAttention) {
    this.#settings = settings;
    this.#saved = settings.allowance.most;
  }

  /** How to look at a sample; undefined: not at all. */
  decide({ time, newShot, change, lost }: Sample): Detail | undefined {
    const { allowance } = this.#settings;
    const passed = Math.max(0, time - (this.#lastTime ?? time));
    this.#lastTime = time;
    this.#saved = Math.min(allowance.most, this.#saved + passed * allowance.perSecond);
    this.#wordless = newShot ? 0 : this.#wordless + passed;
    this.#pending ||= newShot || lost;
    const detail = this.#wanted(time, newShot, change);
    const { costs } = this.#settings;
    // After a glance there must be enough left to read what it finds.
    const needed = costs.full + (detail === 'glance' ? costs.glance : 0);
    if (detail === undefined || this.#saved < needed) return undefined;
    this.#pending = false;
    this.#lastLook = time;
    return detail;
  }

  #wanted(time: number, newShot: boolean, change: Change): Detail | undefined {
    if (newShot) return 'glance';
    const still = standsStill(change);
    if (still && (this.#pending || change.unread > smallShare * change.tiles)) return 'full';
    if (this.#pending || change.settled > 0) return 'glance';
    const inMotion = change.moving > motionShare * change.tiles;
    return inMotion && time - this.#lastLook >= this.#interval(time) ? 'glance' : undefined;
  }

  #interval(time: number): number {
    const { overMotion, remembered, barrenAfter } = this.#settings;
    // Samples don't come at even times: what is due within a tenth of the interval is due.
    const almost = 0.9;
    if (time - this.#wordsOverMotion <= remembered) return overMotion.known * almost;
    return (this.#wordless > barrenAfter ? overMotion.barren : overMotion.usual) * almost;
  }

  /** Tells what was done. @param lines that the recogniser read */
  spent(detail: Detail, lines = 0): void {
    const { costs } = this.#settings;
    this.#saved -= costs[detail] + lines * costs.line;
  }

  /** Tells that words were read at a time. */
  found(time: number, change: Change): void {
    this.#wordless = 0;
    if (change.moving > motionShare * change.tiles) this.#wordsOverMotion = time;
  }
}
