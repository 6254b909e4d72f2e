import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asTheyCome } from './input.ts';

test('each ffmpeg is told in the words that it knows that frames keep their times', () => {
  for (const old of ['4.4.2-0ubuntu0.22.04.1', '5.0.3'])
    assert.deepEqual(asTheyCome(old), ['-vsync', 'passthrough']);
  for (const known of ['5.1.9-0+deb12u1', 'n6.1.1', '8.0', 'N-117902-gabcdef'])
    assert.deepEqual(asTheyCome(known), ['-fps_mode', 'passthrough']);
});
