import { join } from 'node:path';
import { cocoLabels } from '../../engine/language/vocabulary/match.ts';
import { makeSample as make } from '../../demo/sample/index.ts';

const ways = ['a %', 'two %s', 'a % on the left', 'a red %', 'somebody with a %', '% at night'];

/** Queries of everyday words, all different: what the detector knows, with a number, with a place, and with more. */
export function everydayObjects(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const label = cocoLabels[(index * 7) % cocoLabels.length];
    return ways[Math.floor((index * 7) / cocoLabels.length) % ways.length].replace('%', label);
  });
}

/** Path of the demo's sample recording, made where it isn't there. */
export async function makeSample(root: string): Promise<string> {
  return (await make({ dir: join(root, 'sample') })).video;
}
