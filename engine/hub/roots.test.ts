import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathOf, placeOf, shownPlace } from './roots.ts';

test('a file is at the same place of its root on every machine', () => {
  const place = { root: 'footage', path: 'lectures/first.mp4' };
  for (const [mount, path] of [
    ['/mnt/footage', '/mnt/footage/lectures/first.mp4'],
    ['/Volumes/footage/', '/Volumes/footage/lectures/first.mp4'],
    ['Z:\\', 'Z:\\lectures\\first.mp4'],
    ['\\\\server\\footage', '\\\\server\\footage\\lectures\\first.mp4'],
    ['/', '/lectures/first.mp4'],
  ] as const) {
    assert.deepEqual(placeOf(path, { footage: mount }), place, mount);
    assert.equal(pathOf(place, { footage: mount }), path, mount);
  }
});

test('the nearest root counts, and what lies in none has no place', () => {
  const mounts = { all: '/mnt', footage: '/mnt/footage' };
  assert.equal(placeOf('/mnt/footage/a.mp4', mounts)?.root, 'footage');
  assert.equal(placeOf('/mnt/other/a.mp4', mounts)?.root, 'all');
  assert.equal(placeOf('/mnt', mounts), undefined);
  assert.equal(placeOf('/home/a.mp4', { footage: '/mnt/footage' }), undefined);
  assert.equal(placeOf('/mnt/footage2/a.mp4', { footage: '/mnt/footage' }), undefined);
  assert.equal(placeOf('D:\\a.mp4', { footage: 'Z:\\' }), undefined);
});

test('what another machine wrote leads out of no root', () => {
  for (const path of ['../secret', 'a/../../secret', '/etc/passwd', 'a//b', '', 'a/\0b', './a'])
    assert.equal(pathOf({ root: 'footage', path }, { footage: '/mnt/footage' }), undefined, path);
  for (const path of ['a\\..\\..\\b', 'C:x', 'a/D:b'])
    assert.equal(pathOf({ root: 'footage', path }, { footage: 'Z:\\' }), undefined, path);
  assert.equal(pathOf({ root: 'toString', path: 'a' }, {}), undefined);
});

test('what can not be reached from here is named by its root', () => {
  assert.equal(shownPlace({ root: 'footage', path: 'a.mp4' }), 'footage:/a.mp4');
});
