import { positionIds, rotaryTables, type Layout } from '../../engine/hope/index.ts';
import type { PositionVariant } from '../../engine/protocol/bundle.ts';
import { examples } from './examples.ts';
import { median } from '../median.ts';

/** How long one encoding takes over a prompt. */
export interface Cost {
  variant: PositionVariant;
  /** Milliseconds for the position ids, median of all rounds and the slowest of them. */
  positions: number;
  slowest: number;
  /** Milliseconds for the rotary tables of a chunk of 512 tokens, median. */
  tables: number;
}

/** 100,000 tokens: 694 frames of 9 x 16 between words. */
export const long: Layout = [
  ['text', 20],
  ['video', 694, 9, 16],
  ['text', 44],
];

/** Times positions and tables of every encoding, in turns, so that none has the machine to itself. */
export function measure(rounds: number): Cost[] {
  const all = examples();
  const times = all.map(() => ({ positions: [] as number[], tables: [] as number[] }));
  for (let round = 0; round < rounds; round++)
    for (const [index, { positions, geometry }] of all.entries()) {
      const start = performance.now();
      const ids = positionIds(long, positions);
      const laid = performance.now();
      const chunk = { t: ids.t.subarray(0, 512), h: ids.h.subarray(0, 512), w: ids.w.subarray(0, 512) };
      rotaryTables(chunk, geometry);
      times[index].positions.push(laid - start);
      times[index].tables.push(performance.now() - laid);
    }
  return all.map(({ variant }, index) => ({
    variant,
    positions: median(times[index].positions),
    slowest: Math.max(...times[index].positions),
    tables: median(times[index].tables),
  }));
}
