import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asSentence,
  bytes,
  clock,
  exactClock,
  fileName,
  folderOf,
  percent,
  piecesOf,
  span,
} from './format.ts';

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

test('an answer begins with a capital, the name of a file as the file has it', () => {
  assert.equal(asSentence('a bottle.'), 'A bottle.');
  assert.equal(asSentence('yes.'), 'Yes.');
  for (const name of ['clip_3.mp4 shows it', 'clip.mp4', 'b-roll/a.mov', 'gh5 day', '两个人', ''])
    assert.equal(asSentence(name), name);
});

test('times in an answer can be clicked, other numbers can’t', () => {
  assert.deepEqual(piecesOf('At 0:01:02.5 two people meet.'), [
    { text: 'At ' },
    { text: '1:02.5', time: 62.5 },
    { text: ' two people meet.' },
  ]);
  assert.deepEqual(piecesOf('0:00:06.0 to 0:01'), [
    { text: '0:06', time: 6 },
    { text: ' to ' },
    { text: '0:01', time: 1 },
  ]);
  assert.deepEqual(piecesOf('12:34'), [{ text: '12:34', time: 754 }]);
  assert.deepEqual(piecesOf('after 42.5 s'), [{ text: 'after ' }, { text: '42.5 s', time: 42.5 }]);
  assert.deepEqual(piecesOf('3 dogs, 2 sofas'), [{ text: '3 dogs, 2 sofas' }]);
  assert.deepEqual(piecesOf(''), []);
});
