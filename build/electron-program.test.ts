import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noWindow } from './electron-program.ts';

test('a window needs a display and, for Chromium’s sandbox, a user who is not root', () => {
  assert.match(noWindow('linux', {}, 1000)!, /no display/);
  assert.match(noWindow('linux', { DISPLAY: ':0' }, 0)!, /root/);
  assert.equal(noWindow('linux', { DISPLAY: ':0' }, 1000), undefined);
  assert.equal(noWindow('linux', { WAYLAND_DISPLAY: 'wayland-0' }, 1000), undefined);
});

test('macOS and Windows always have one', () => {
  assert.equal(noWindow('darwin', {}, 0), undefined);
  assert.equal(noWindow('win32', {}, undefined), undefined);
});
