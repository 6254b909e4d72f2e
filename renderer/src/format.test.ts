import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, clock, exactClock, fileName, folderOf, percent, piecesOf, span } from './format.ts';

test('times read like a player’s clock', () => {
  assert.equal(clock(0), '0:00');
  assert.equal(clock(62.9), '1:02');
  assert.equal(clock(3723), '1:02:03');
  assert.equal(exactClock(59.96), '1:00.0');
  assert.equal(span(4, 68), '0:04 – 1:08');
  assert.equal(span(39, 39.2), '0:39 – 0:40', 'never an empty stretch');
});

test('a share is never rounded up to certainty or down to nothing', () => {
  assert.equal(percent(0.999), '>99%');
  assert.equal(percent(0.001), '<1%');
  assert.equal(percent(1), '100%');
  assert.equal(percent(0), '0%');
});

test('sizes are in the largest fitting unit', () => {
  assert.equal(bytes(999), '999 B');
  assert.equal(bytes(23_400_000), '23.4 MB');
});

test('paths of either system are taken apart', () => {
  assert.equal(fileName('/a/b c/d.mp4'), 'd.mp4');
  assert.equal(fileName('C:\\films\\d.mp4'), 'd.mp4');
  assert.equal(folderOf('/a/b c/d.mp4'), '/a/b c');
});

test('times in an answer can be clicked, other numbers can’t', () => {
  assert.deepEqual(piecesOf('At 0:01:02.5 two people meet.'), [
    { text: 'At ' },
    { text: '0:01:02.5', time: 62.5 },
    { text: ' two people meet.' },
  ]);
  assert.deepEqual(piecesOf('12:34'), [{ text: '12:34', time: 754 }]);
  assert.deepEqual(piecesOf('after 42.5 s'), [{ text: 'after ' }, { text: '42.5 s', time: 42.5 }]);
  assert.deepEqual(piecesOf('3 dogs, 2 sofas'), [{ text: '3 dogs, 2 sofas' }]);
  assert.deepEqual(piecesOf(''), []);
});
