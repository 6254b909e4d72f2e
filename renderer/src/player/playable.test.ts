import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playsDirectly } from './playable.ts';

/** What Chromium answers without the codecs that it has to pay for elsewhere. */
const chromium = (type: string) =>
  /^video\/(mp4; codecs="(avc1|av01|vp09)[^"]*"|webm; codecs="(vp8|vp09|av01)[^"]*")$/.test(type) &&
  !/hvc1/.test(type)
    ? 'probably'
    : '';

test('what the browser plays is played as it is', () => {
  assert.ok(playsDirectly({ path: '/a.mp4', codec: 'h264' }, chromium));
  assert.ok(playsDirectly({ path: '/A.MOV', codec: 'h264', audioCodec: 'aac' }, chromium));
  assert.ok(playsDirectly({ path: '/a.webm', codec: 'vp9', audioCodec: 'opus' }, chromium));
});

test('a container, picture or sound that the browser lacks is not', () => {
  for (const path of ['/a.avi', '/a.mxf', '/a.ts', '/a', '/a.mkv'])
    assert.ok(!playsDirectly({ path, codec: 'h264' }, chromium), path);
  for (const codec of ['prores', 'mpeg4', 'hevc', 'dnxhd'])
    assert.ok(!playsDirectly({ path: '/a.mov', codec }, chromium), codec);
  assert.ok(!playsDirectly({ path: '/a.mp4', codec: 'h264', audioCodec: 'dts' }, chromium));
});
