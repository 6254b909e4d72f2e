import { changedTiles, type Trace } from './trace.ts';

/** What happened in the picture since it was last looked at. */
export interface Change {
  /** How many tiles show something new which stands still. */
  settled: number;
  /** Which ones they are, row by row. */
  where: Uint8Array;
  /** Tiles that differ from the sample before. */
  moving: number;
  /** Tiles of a picture. */
  tiles: number;
}

/** How fast a tile's unrest is forgotten, a sample; above this it is restless: a face, a film, a running clock. */
const forget = 0.25;
const restless = 0.45;

/** Tells what is new in a picture from what is merely in motion, tile by tile. */
export class Stillness {
  #last: Trace | undefined;
  #looked: Trace | undefined;
  #unrest: Float32Array | undefined;

  /** The next sample. */
  push(trace: Trace): Change {
    const moving = this.#last && changedTiles(this.#last, trace);
    const fresh = this.#looked && changedTiles(this.#looked, trace);
    this.#last = trace;
    const tiles = (moving ?? fresh)?.length ?? 1;
    const where = new Uint8Array(tiles);
    if (!moving || !fresh) return { settled: tiles, where: where.fill(1), moving: tiles, tiles };
    const unrest = (this.#unrest ??= new Float32Array(tiles));
    let [settled, all] = [0, 0];
    for (let i = 0; i < tiles; i++) {
      unrest[i] += (moving[i] - unrest[i]) * forget;
      all += moving[i];
      where[i] = fresh[i] && !moving[i] && unrest[i] < restless ? 1 : 0;
      settled += where[i];
    }
    return { settled, where, moving: all, tiles };
  }

  /** The last sample was looked at: only what is new after it counts. */
  looked(): void {
    this.#looked = this.#last;
  }

  /** Another shot began: what was restless says nothing any more. */
  cut(): void {
    this.#unrest = undefined;
  }
}
