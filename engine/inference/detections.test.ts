import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toObjects } from './detections.ts';

const labels = ['person', 'car', 'dog'];
/** 4:3 in a 512x288 frame: bars of 64 pixels left and right. */
const pillarbox = { x: 64, y: 0, width: 384, height: 288 };
const whole = { x: 0, y: 0, width: 512, height: 288 };

function raw(...found: [score: number, label: number, box: [number, number, number, number]][]) {
  return {
    scores: found.map(([score]) => score),
    classes: BigInt64Array.from(found, ([, label]) => BigInt(label)),
    boxes: found.flatMap(([, , box]) => box),
  };
}

describe('detections become objects', () => {
  it('with boxes as shares of the picture without its bars', () => {
    const objects = toObjects(raw([0.8, 1, [64 + 96, 72, 64 + 192, 216]]), labels, pillarbox);
    assert.deepEqual(objects, [{ label: 'car', score: 0.8, box: [0.25, 0.25, 0.5, 0.75] }]);
  });

  it('cut at the edges of the picture', () => {
    const [object] = toObjects(raw([0.8, 0, [-40, -10, 256, 300]]), labels, whole);
    assert.deepEqual(object.box, [0, 0, 0.5, 1]);
  });

  it('but not when they are weak, unless weaker ones are asked for', () => {
    const weak = raw([0.3, 0, [100, 100, 200, 200]], [0.05, 2, [300, 100, 400, 200]]);
    assert.deepEqual(
      toObjects(weak, labels, whole).map((object) => object.label),
      ['person'],
    );
    assert.equal(toObjects(weak, labels, whole, 0).length, 2);
    assert.equal(toObjects(weak, labels, whole, 0.4).length, 0);
  });

  it('but not when they lie in the bars, wholly or mostly', () => {
    const inBars = raw([0.9, 0, [4, 100, 60, 200]], [0.9, 0, [0, 0, 100, 288]], [0.9, 0, [460, 0, 512, 50]]);
    assert.deepEqual(toObjects(inBars, labels, pillarbox), []);
  });

  it('and are kept when a smaller part of them reaches into the bars', () => {
    const [object] = toObjects(raw([0.9, 0, [40, 0, 140, 288]]), labels, pillarbox);
    assert.deepEqual(object.box, [0, 0, 76 / 384, 1]);
  });

  it('once each: a second peak on the same thing is dropped, neighbours and other classes are kept', () => {
    const objects = toObjects(
      raw(
        [0.9, 0, [100, 100, 200, 200]],
        [0.8, 0, [104, 100, 204, 200]],
        [0.7, 2, [104, 100, 204, 200]],
        [0.6, 0, [160, 100, 260, 200]],
      ),
      labels,
      whole,
    );
    assert.deepEqual(
      objects.map((object) => object.score),
      [0.9, 0.7, 0.6],
    );
  });

  it('never from boxes without area, scores that are no numbers, or classes without a name', () => {
    const broken = raw(
      [0.9, 0, [200, 100, 200, 200]],
      [0.9, 0, [300, 100, 200, 200]],
      [NaN, 0, [0, 0, 100, 100]],
      [0.9, 7, [0, 0, 100, 100]],
      [0.9, 0, [NaN, 0, 100, 100]],
    );
    assert.deepEqual(toObjects(broken, labels, whole), []);
  });
});
