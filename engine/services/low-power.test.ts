import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lowPowerFrameEncoder } from './low-power.ts';
import type { FrameEncoder } from '../inference/types.ts';

function frameEncoderThatNotes(): { frameEncoder: FrameEncoder; looks: number[] } {
  const looks: number[] = [];
  const frameEncoder: FrameEncoder = {
    width: 4,
    height: 4,
    framesPerPatch: 2,
    grid: [1, 1],
    hiddenSize: 1,
    embeddingSize: 1,
    batchPatches: 3,
    async analyse(patches) {
      looks.push(patches.length);
      return [];
    },
  };
  return { frameEncoder, looks };
}
const box = { x: 0, y: 0, width: 4, height: 4 };

test('the low-power frame encoder is the same one, and analyses everything', async () => {
  const { frameEncoder, looks } = frameEncoderThatNotes();
  const resting = lowPowerFrameEncoder(frameEncoder, () => true);
  assert.deepEqual([resting.width, resting.batchPatches, resting.grid], [4, 3, [1, 1]]);
  assert.deepEqual(await resting.analyse([], box), []);
  assert.deepEqual(looks, [0]);
});

test('whether to rest is asked after every look, since a laptop may be plugged in meanwhile', async () => {
  const { frameEncoder } = frameEncoderThatNotes();
  let asked = 0;
  const resting = lowPowerFrameEncoder(frameEncoder, () => (asked++, false));
  await resting.analyse([], box);
  await resting.analyse([], box);
  assert.equal(asked, 2);
});

test('a cancellation cuts the rest short and does not lose what was seen', async () => {
  const { frameEncoder } = frameEncoderThatNotes();
  const resting = lowPowerFrameEncoder(frameEncoder, () => true);
  assert.deepEqual(await resting.analyse([], box, AbortSignal.abort()), []);
});

test('what the frame encoder throws comes through', async () => {
  const { frameEncoder } = frameEncoderThatNotes();
  const broken = { ...frameEncoder, analyse: () => Promise.reject(new Error('blind')) };
  await assert.rejects(lowPowerFrameEncoder(broken, () => true).analyse([], box), /blind/);
});
