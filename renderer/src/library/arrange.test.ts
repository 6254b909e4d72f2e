import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arranged, foldersOf } from './arrange.ts';
import type { LibraryVideo } from '../../../engine/protocol/results.ts';

const video = (
  path: string,
  status: LibraryVideo['status'],
  durationSec: number,
  day: number,
): LibraryVideo => ({
  id: path,
  path,
  durationSec,
  status,
  patches: 0,
  model: null,
  addedAt: `2026-01-0${day}T00:00:00.000Z`,
});
const videos = [
  video('/films/clip 10.mp4', 'indexed', 30, 1),
  video('/films/clip 9.mp4', 'failed', 90, 2),
  video('/films/alps/clip 1.mp4', 'missing', 60, 3),
  video('/films2/clip 2.mp4', 'pending', 10, 4),
];
const paths = (how: Parameters<typeof arranged>[1]) => arranged(videos, how).map(({ path }) => path);

test('numbers in names sort as numbers', () => {
  assert.deepEqual(paths({ show: 'all', folder: '', sort: 'name' }), [
    '/films/alps/clip 1.mp4',
    '/films2/clip 2.mp4',
    '/films/clip 9.mp4',
    '/films/clip 10.mp4',
  ]);
});

test('the newest comes first, or the longest', () => {
  assert.equal(paths({ show: 'all', folder: '', sort: 'added' })[0], '/films2/clip 2.mp4');
  assert.equal(paths({ show: 'all', folder: '', sort: 'duration' })[0], '/films/clip 9.mp4');
});

test('a folder holds what lies in it and beneath it, not what merely begins like it', () => {
  assert.deepEqual(paths({ show: 'all', folder: '/films', sort: 'name' }), [
    '/films/alps/clip 1.mp4',
    '/films/clip 9.mp4',
    '/films/clip 10.mp4',
  ]);
});

test('ready, unready and missing videos are told apart', () => {
  assert.deepEqual(paths({ show: 'ready', folder: '', sort: 'name' }), ['/films/clip 10.mp4']);
  assert.deepEqual(paths({ show: 'unready', folder: '', sort: 'name' }), [
    '/films2/clip 2.mp4',
    '/films/clip 9.mp4',
  ]);
  assert.deepEqual(paths({ show: 'missing', folder: '', sort: 'name' }), ['/films/alps/clip 1.mp4']);
});

test('folders are listed with how many videos they hold', () => {
  assert.deepEqual(foldersOf(videos), [
    { folder: '/films', count: 2 },
    { folder: '/films/alps', count: 1 },
    { folder: '/films2', count: 1 },
  ]);
});
