import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeHeights } from './backgrounds/index.ts';
import { drawIcon } from './icons.ts';
import objects from './objects.json' with { type: 'json' };
import { filmFps, planFilm, truthOf } from './plan.ts';
import { storyboard } from './storyboard.ts';
import { truthSchema } from './truth.ts';
import type { Style } from './types.ts';

const options = { seed: 1, durationSec: 600, heights: placeHeights };
const plan = planFilm(storyboard, options);
const truth = truthSchema.parse(truthOf(plan, 'sample.mp4'));

test('the scenes fill the film without gaps, 6 to 20 seconds each', () => {
  assert.ok(storyboard.length >= 40 && storyboard.length <= 60);
  let end = 0;
  for (const scene of truth.scenes) {
    assert.equal(scene.start, end);
    end = scene.end;
    const length = scene.end - scene.start;
    assert.ok(length >= 6 && length <= 20, `${scene.background}: ${length} s`);
  }
  assert.equal(end, 600);
  assert.equal(plan.frames, 600 * filmFps);
});

test('every object is seen for a while, inside its scene, and in at most two scenes', () => {
  for (const scene of truth.scenes)
    for (const object of scene.objects) {
      assert.ok(object.start >= scene.start && object.end <= scene.end, object.name);
      assert.ok(object.end - object.start >= 3, `${object.name}: ${object.end - object.start} s`);
    }
  for (const { name, moments } of truth.events) assert.ok(moments.length <= 2, name);
});

test('the events are the objects of the scenes', () => {
  const ofScenes = truth.scenes.flatMap((scene) => scene.objects.map(({ name, start, end }) => `${name} ${start} ${end}`));
  const ofEvents = truth.events.flatMap(({ name, moments }) => moments.map(({ start, end }) => `${name} ${start} ${end}`));
  assert.deepEqual(ofEvents.toSorted(), ofScenes.toSorted());
});

test('what is said to be absent is nowhere in the film', () => {
  const shown = new Set(storyboard.flatMap((scene) => scene.actors.map(({ name }) => name)));
  assert.ok(truth.absent.length >= 5);
  for (const name of truth.absent) assert.ok(!shown.has(name), name);
});

test('objects.json lists what the film shows, and its icons exist', async () => {
  const key = ({ name, style }: { name: string; style: string }) => `${name} (${style})`;
  const shown = storyboard.flatMap((scene) => scene.actors.map(key));
  assert.deepEqual(objects.objects.map(key).toSorted(), [...new Set(shown)].toSorted());
  for (const { icon, style } of objects.objects) {
    const canvas = await drawIcon(style as Style, icon, 32, false);
    const { data } = canvas.getContext('2d').getImageData(0, 0, 32, 32);
    assert.ok(data.some((value, index) => index % 4 === 3 && value > 128), `${icon} is drawn`);
  }
});

test('the same seed gives the same film, another seed another', () => {
  assert.deepEqual(planFilm(storyboard, options), plan);
  const other = planFilm(storyboard, { ...options, seed: 2 });
  assert.notEqual(other.recipe, plan.recipe);
  assert.notDeepEqual(truthOf(other, 'sample.mp4').events, truth.events);
});
