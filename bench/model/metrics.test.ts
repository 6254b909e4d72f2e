import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hitAt, recallAt, shareInOrder, Tally } from './metrics.ts';

const only = (right: number) => (candidate: number) => candidate === right;

test('the best right candidate counts, wherever the others stand', () => {
  assert.equal(
    recallAt(1, [0.1, 0.9, 0.5], (i) => i > 0),
    1,
  );
  assert.equal(recallAt(1, [0.1, 0.9, 0.5], only(2)), 0);
  assert.equal(recallAt(2, [0.1, 0.9, 0.5], only(2)), 1);
});

test('a tie is a hit as often as a random order makes it one', () => {
  assert.equal(recallAt(1, [0, 0, 0, 0], only(3)), 0.25);
  assert.equal(recallAt(3, [0, 0, 0, 0], only(3)), 0.75);
  assert.equal(recallAt(5, [0, 0, 0, 0], only(3)), 1);
  // One place left behind the better one, two tied for it.
  assert.equal(recallAt(2, [1, 0, 0], only(2)), 0.5);
  assert.equal(
    recallAt(1, [0, 0, 0, 0], (i) => i > 1),
    0.5,
  );
});

test('what no candidate shows is never found', () => {
  assert.equal(
    recallAt(1, [1, 2], () => false),
    0,
  );
  assert.equal(
    recallAt(5, [], () => true),
    0,
  );
});

test('a moment is a hit from an intersection over union of a half on', () => {
  const truth = [{ start: 10, end: 14 }];
  assert.ok(hitAt(1, [{ start: 10, end: 12 }], truth));
  assert.ok(!hitAt(1, [{ start: 10, end: 11.9 }], truth));
  const second = [
    { start: 0, end: 4 },
    { start: 10, end: 14 },
  ];
  assert.ok(!hitAt(1, second, truth));
  assert.ok(hitAt(2, second, truth));
});

test('names count as far as they stand in the right order, by any of their names', () => {
  const expected = [['dog'], ['car', 'automobile'], ['cat']];
  assert.equal(shareInOrder(['dog', 'automobile', 'cat'], expected), 1);
  assert.equal(shareInOrder(['cat', 'dog'], expected), 1 / 3);
  assert.equal(shareInOrder(['dog', 'tree', 'cat'], expected), 2 / 3);
  assert.equal(shareInOrder([], expected), 0);
});

test('a tally keeps shares by every label', () => {
  const tally = new Tally();
  tally.add(true, { gamma: '1', style: 'noto' });
  tally.add(false, { gamma: '1' });
  tally.add(0.5, { gamma: '1.5' });
  assert.deepEqual(tally.share, { value: 0.5, n: 3 });
  assert.deepEqual(tally.by.gamma, { '1': { value: 0.5, n: 2 }, '1.5': { value: 0.5, n: 1 } });
  assert.deepEqual(tally.by.style, { noto: { value: 1, n: 1 } });
});
