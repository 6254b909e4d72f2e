import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { test } from 'node:test';
import { LongviewError } from '../protocol/errors.ts';
import { givenPath } from './given-path.ts';

const home = '/home/me';
const posix = { skip: process.platform === 'win32' && 'paths of another system' };

test('home, addresses of files and whole paths are understood', posix, () => {
  assert.equal(givenPath('~', { home }), '/home/me');
  assert.equal(givenPath('~/Videos/', { home }), '/home/me/Videos/');
  assert.equal(givenPath('file:///films/a%20b.mp4'), '/films/a b.mp4');
  assert.equal(givenPath('FILE:///films'), '/films');
  assert.equal(givenPath('/films/../other/a.mp4'), '/other/a.mp4');
  assert.equal(givenPath('/films/~/a.mp4', { home }), '/films/~/a.mp4');
  assert.ok(givenPath('~').startsWith(homedir()));
});

test('where there is a folder to begin at, a relative path begins there', posix, () => {
  assert.equal(givenPath('Videos', { from: '/home/ada' }), '/home/ada/Videos');
  assert.equal(givenPath('./a.mp4', { from: '/home/ada' }), '/home/ada/a.mp4');
  assert.equal(givenPath('~backup', { from: '/home/ada' }), '/home/ada/~backup');
});

test('what can’t be understood is quoted, with what to write instead', () => {
  for (const text of [
    'Videos',
    './Videos',
    '../a.mp4',
    '~bob/Videos',
    'file://server/films',
    'https://a.example/b.mp4',
    '',
  ])
    assert.throws(
      () => givenPath(text, { home }),
      (error) =>
        error instanceof LongviewError &&
        error.code === 'bad-argument' &&
        error.message.includes(JSON.stringify(text)) &&
        error.remedy.length > 10,
      text,
    );
});
