import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patch } from '../../tests/fixtures/library.ts';
import { packObjects, unpackObjects } from './packing.ts';
import { colours, packShares, shareOf } from '../protocol/colours.ts';
import type { SeenObject } from '../core/frames.ts';

function unpacked(bytes: Uint8Array): SeenObject[] {
  const seen: SeenObject[] = [];
  unpackObjects(bytes, 'car', (object) => seen.push(object));
  return seen;
}

test('objects keep their colours', () => {
  const shares = colours.map((_, i) => (i === 3 ? 0.6 : i === 10 ? 0.4 : 0));
  const car = { label: 'car', score: 0.5, box: [0.1, 0.2, 0.3, 0.4] as [number, number, number, number] };
  const frames = [[{ ...car, colours: packShares(shares) }], [car]];
  const [{ bytes, count }] = packObjects([patch(0, { objects: frames })], 7);
  const [first, second] = unpacked(bytes);
  assert.deepEqual([count, first.patch, first.frame, second.frame], [2, 7, 0, 1]);
  assert.equal(shareOf(first.colours!, 'red'), 0.6);
  assert.equal(shareOf(first.colours!, 'brown'), 0.4);
  assert.equal(shareOf(first.colours!, 'blue'), 0);
  assert.equal(second.colours, 0, 'nobody measured');
});

test('objects from before colours were measured are read as they were', () => {
  const bytes = new Uint8Array(2 * 16);
  const view = new DataView(bytes.buffer);
  for (const [index, frame] of [0, 1].entries()) {
    view.setUint32(index * 16, 5 + index, true);
    view.setUint16(index * 16 + 4, frame, true);
    view.setUint16(index * 16 + 6, 65_535, true);
    [0, 0, 65_535, 65_535].forEach((edge, side) => view.setUint16(index * 16 + 8 + side * 2, edge, true));
  }
  const box = [0, 0, 1, 1];
  assert.deepEqual(unpacked(bytes), [
    { patch: 5, frame: 0, label: 'car', score: 1, box },
    { patch: 6, frame: 1, label: 'car', score: 1, box },
  ]);
});

test('every share of every colour is packed apart from the others', () => {
  for (const colour of colours) {
    const packed = packShares(colours.map((one) => (one === colour ? 1 : 0)));
    for (const one of colours) assert.equal(shareOf(packed, one), one === colour ? 1 : 0);
  }
});
