import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positionVariants } from '../../engine/protocol/bundle.ts';
import { distortions, measureAll, measureVariant } from './measure.ts';
import { plot } from './plot.ts';

test('hope keeps the upper bound at every distance, all others lose it', () => {
  for (const one of measureAll(3000)) {
    assert.equal(one.variant === 'hope', one.least.sum === one.pairs, `${one.geometry} ${one.variant}`);
    if (one.variant === 'hope') assert.deepEqual([one.firstFailure, one.failing], [null, 0]);
  }
});

test('the first failure is where the sum is negative for the first time, counted in ids and in patches', () => {
  const { firstFailure, firstFailurePatches, least, failing } = measureVariant('Qwen2-VL', 'm-rope', 3000);
  assert.ok(firstFailure !== null && firstFailure <= least.distance);
  assert.equal(firstFailurePatches, firstFailure);
  assert.ok(least.sum < 0 && failing > 0);
  assert.equal(measureVariant('Qwen2-VL', 'm-rope', firstFailure - 1).firstFailure, null);
});

test('flattening moves the next patch away by the resolution of the frame', () => {
  const paper = distortions().find(({ grid }) => grid === '9 x 16');
  assert.deepEqual(paper, { grid: '9 x 16', time: 144, column: 16, row: 1 });
});

test('the plot has both geometries, and a bold and a thin line for each variant', () => {
  const svg = plot(measureAll(1000), 1000);
  assert.equal(svg.match(/<polyline/g)?.length, 2 * 2 * positionVariants.length);
  assert.match(svg, /Qwen2-VL/);
  assert.match(svg, /Longview/);
  assert.doesNotMatch(svg, /NaN/);
});
