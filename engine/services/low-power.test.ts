import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gentleEyes } from './low-power.ts';
import type { Eyes } from '../inference/types.ts';

function eyesThatNote(): { eyes: Eyes; looks: number[] } {
  const looks: number[] = [];
  const eyes: Eyes = {
    width: 4,
    height: 4,
    framesPerPatch: 2,
    grid: [1, 1],
    hiddenSize: 1,
    embeddingSize: 1,
    batchPatches: 3,
    async look(patches) {
      looks.push(patches.length);
      return [];
    },
  };
  return { eyes, looks };
}
const box = { x: 0, y: 0, width: 4, height: 4 };

test('gentle eyes are the same eyes, and look at everything', async () => {
  const { eyes, looks } = eyesThatNote();
  const gentle = gentleEyes(eyes, () => true);
  assert.deepEqual([gentle.width, gentle.batchPatches, gentle.grid], [4, 3, [1, 1]]);
  assert.deepEqual(await gentle.look([], box), []);
  assert.deepEqual(looks, [0]);
});

test('whether to rest is asked after every look, since a laptop may be plugged in meanwhile', async () => {
  const { eyes } = eyesThatNote();
  let asked = 0;
  const gentle = gentleEyes(eyes, () => (asked++, false));
  await gentle.look([], box);
  await gentle.look([], box);
  assert.equal(asked, 2);
});

test('a cancellation cuts the rest short and does not lose what was seen', async () => {
  const { eyes } = eyesThatNote();
  const gentle = gentleEyes(eyes, () => true);
  assert.deepEqual(await gentle.look([], box, AbortSignal.abort()), []);
});

test('what the eyes throw comes through', async () => {
  const { eyes } = eyesThatNote();
  const broken = { ...eyes, look: () => Promise.reject(new Error('blind')) };
  await assert.rejects(gentleEyes(broken, () => true).look([], box), /blind/);
});
