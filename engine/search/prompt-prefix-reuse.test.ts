import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PromptPrefixReuse } from './prompt-prefix-reuse.ts';
import type { PatchTable } from '../library/patch-types.ts';

/** Ten temporal patches of two shots; each looks like the angle given. */
const angles = [0, 0.1, 0.2, 1.2, 1.5, 0, 0.1, 0.2, 1.2, 1.5];
const table = {
  embeddingSize: 2,
  embeddings: Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)])),
} as PatchTable;
const segments = [
  { first: 0, past: 5 },
  { first: 5, past: 10 },
];

test('what was read before is read again where it shows what must be seen', () => {
  const earlier = new PromptPrefixReuse();
  const amended = (key: string, ...must: number[]) => earlier.amended(key, must, segments, table);
  assert.equal(amended('a', 0), undefined, 'nothing was read');
  earlier.keep('a', [1, 3, 8]);
  assert.deepEqual(amended('a', 1), [1, 3, 8], 'itself');
  assert.deepEqual(amended('a', 0, 9), [1, 3, 8], 'the like in the same shot');
  assert.equal(amended('b', 1), undefined, 'other footage or gamma');
});

test('what is missing takes the place of what is not needed: of its shot, or else the nearest', () => {
  const earlier = new PromptPrefixReuse();
  const amended = (...must: number[]) => earlier.amended('a', must, segments, table);
  earlier.keep('a', [1, 3, 8]);
  assert.deepEqual(amended(6), [1, 3, 6], 'the same look in another shot is not the same');
  assert.deepEqual(amended(8, 6), [1, 6, 8], 'what must be seen stays');
  assert.equal(amended(0, 3, 8), undefined, 'more than there is room for is chosen anew');
});

test('of much that is missing the most important is looked at', () => {
  const earlier = new PromptPrefixReuse();
  earlier.keep('a', [0, 1, 2, 3, 4]);
  assert.deepEqual(
    earlier.amended('a', [9, 8, 7, 6], segments, table)?.filter((patch) => patch > 5),
    [8, 9],
  );
});

test('few lists are kept, the latest', () => {
  const earlier = new PromptPrefixReuse();
  for (let i = 0; i < 40; i++) earlier.keep(`${i}`, [0, i % 10]);
  assert.equal(earlier.amended('0', [], segments, table), undefined);
  assert.deepEqual(earlier.amended('39', [9], segments, table), [0, 9]);
});
