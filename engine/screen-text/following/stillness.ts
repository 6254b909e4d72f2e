import { changedTiles, type Trace } from './trace.ts';

/** What happened in the picture since it was last looked at; all numbers count tiles. */
export interface Change {
  /** Tiles that show something which stands still, and didn't at the last look of any kind. */
  settled: number;
  /** The same since the last full look. */
  unread: number;
  /** Which tiles those are, row by row. */
  where: Uint8Array;
  /** Tiles that differ from the sample before. */
  moving: number;
  /** Those of them that don't always. */
  stirring: number;
  /** Tiles that always move: a face, a film, a running clock. */
  restless: number;
  /** Tiles of a picture. */
  tiles: number;
}

/** How fast a tile's unrest is forgotten, a sample; above this it is restless. */
const forget = 0.25;
const restless = 0.45;

/** A picture stands still when no more than this share of its tiles stirs (a pointer may), and most of it is at rest. */
const stillShare = 0.01;
const mostRestless = 0.5;

/** Whether a picture stands still, but for what always moves in a part of it. */
export function standsStill({ stirring, restless: always, tiles }: Change): boolean {
  return stirring <= stillShare * tiles && always <= mostRestless * tiles;
}

/** Tells what is new in a picture from what is merely in motion, tile by tile. */
export class Stillness {
  #last: Trace | undefined;
  #looked: Trace | undefined;
  #read: Trace | undefined;
  #unrest: Float32Array | undefined;

  /** The next sample. */
  push(trace: Trace): Change {
    const moving = this.#last && changedTiles(this.#last, trace);
    const fresh = this.#looked && changedTiles(this.#looked, trace);
    const unread = this.#read === this.#looked ? fresh : this.#read && changedTiles(this.#read, trace);
    this.#last = trace;
    if (!moving) return allNew();
    const tiles = moving.length;
    const unrest = (this.#unrest ??= new Float32Array(tiles));
    const where = new Uint8Array(tiles);
    const change: Change = { settled: 0, unread: 0, where, moving: 0, stirring: 0, restless: 0, tiles };
    for (let i = 0; i < tiles; i++) {
      change.moving += moving[i];
      if (moving[i] && unrest[i] < restless) change.stirring++;
      unrest[i] += (moving[i] - unrest[i]) * forget;
      if (unrest[i] >= restless) change.restless++;
      else if (!moving[i]) {
        change.settled += fresh?.[i] ?? 1;
        where[i] = unread?.[i] ?? 1;
        change.unread += where[i];
      }
    }
    return change;
  }

  /** The last sample was looked at: only what is new after it counts. @param fully not at a glance only */
  looked(fully: boolean): void {
    this.#looked = this.#last;
    if (fully) this.#read = this.#last;
  }

  /** Another shot began: what was restless says nothing any more, and nothing of it was read. */
  cut(): void {
    this.#unrest = undefined;
    this.#read = undefined;
  }
}

function allNew(): Change {
  return { settled: 1, unread: 1, where: new Uint8Array([1]), moving: 1, stirring: 1, restless: 0, tiles: 1 };
}
