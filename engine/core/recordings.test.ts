import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingsOf, type ListedFile } from './recordings.ts';

const gib = 2 ** 30;
const partsOf = (files: Record<string, number>) =>
  namesOf(Object.entries(files).map(([path, bytes]) => ({ path, bytes })));
const namesOf = (files: readonly ListedFile[]) =>
  recordingsOf(files).map(({ parts }) => parts.map(({ path }) => path));

test('chapters of a GoPro go by recording, then by chapter', () => {
  const files = {
    'GH010001.MP4': 1,
    'GH010002.MP4': 1,
    'GH020001.MP4': 1,
    'GX010001.MP4': 1,
    'GH010001.LRV': 1,
  };
  assert.deepEqual(partsOf(files), [
    ['GH010001.LRV'],
    ['GH010001.MP4', 'GH020001.MP4'],
    ['GH010002.MP4'],
    ['GX010001.MP4'],
  ]);
  assert.deepEqual(partsOf({ 'GP020017.MP4': 1, 'GOPR0017.MP4': 1, 'GP010017.MP4': 1, 'GOPR0018.MP4': 1 }), [
    ['GOPR0017.MP4', 'GP010017.MP4', 'GP020017.MP4'],
    ['GOPR0018.MP4'],
  ]);
});

test('parts of an Insta360 belong together, its two lenses do not', () => {
  const name = 'VID_20260501_100000';
  assert.deepEqual(
    partsOf({ [`${name}_00_002.insv`]: 1, [`${name}_00_001.insv`]: 1, [`${name}_10_001.insv`]: 1 }),
    [[`${name}_00_001.insv`, `${name}_00_002.insv`], [`${name}_10_001.insv`]],
  );
});

test('a file that ends where the card’s file system does goes on in the next number', () => {
  assert.deepEqual(
    partsOf({
      '00002.MTS': gib,
      '00000.MTS': 2 * gib - 5e6,
      '00001.MTS': 2 * gib - 1e6,
      '00003.MTS': 3 * gib,
    }),
    [['00000.MTS', '00001.MTS', '00002.MTS'], ['00003.MTS']],
  );
  assert.deepEqual(partsOf({ 'C0001.MP4': 4 * gib - 1e6, 'C0003.MP4': gib }), [['C0001.MP4'], ['C0003.MP4']]);
  assert.deepEqual(partsOf({ 'a/C0001.MP4': 4 * gib - 1e6, 'b/C0002.MP4': gib }), [
    ['a/C0001.MP4'],
    ['b/C0002.MP4'],
  ]);
  assert.deepEqual(partsOf({ 'DJI_0007.MP4': 3.9 * gib, 'DJI_0008.MP4': gib, 'film.mp4': 4 * gib }), [
    ['DJI_0007.MP4', 'DJI_0008.MP4'],
    ['film.mp4'],
  ]);
});

test('what only has a number after its name is no chapter', () => {
  assert.deepEqual(partsOf({ 'Trip 001.mp4': 1e6, 'Trip 002.mp4': 1e6 }), [
    ['Trip 001.mp4'],
    ['Trip 002.mp4'],
  ]);
});

test('a clock that goes on from file to file makes them one recording, as AVCHD writes them', () => {
  const file = (path: string, start: number, end: number, form = 'h264 1920x1080') => {
    return { path, bytes: 1e6, clock: { start, end }, form };
  };
  const first = file('STREAM/00000.MTS', 1.4, 61.4);
  const next = file('STREAM/00001.MTS', 61.44, 90);
  assert.deepEqual(namesOf([next, first]), [['STREAM/00000.MTS', 'STREAM/00001.MTS']]);
  const fresh = file('STREAM/00001.MTS', 1.4, 30);
  assert.equal(namesOf([first, fresh]).length, 2, 'its clock begins anew');
  assert.equal(namesOf([first, { ...next, path: 'other/00001.MTS' }]).length, 2, 'another folder');
  assert.equal(namesOf([first, { ...next, form: 'h264 1280x720' }]).length, 2, 'another form');
  assert.equal(namesOf([first, { ...next, path: 'STREAM/00002.MTS' }]).length, 2, 'one is missing');
});

test('a chapter that is missing, or of another form, ends a recording', () => {
  assert.equal(partsOf({ 'GH010001.MP4': 1, 'GH030001.MP4': 1 }).length, 2);
  const files = ['GH010001.MP4', 'GH020001.MP4'].map((path, index) => ({ path, bytes: 1, form: `${index}` }));
  assert.equal(namesOf(files).length, 2);
});
