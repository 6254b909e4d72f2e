import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readPicture } from './picture.ts';
import { writeStillAt } from './still-at.ts';
import { h264, makeCodedVideo, readNumber } from './testing/coded-video.ts';

const folder = mkdtempSync(join(tmpdir(), 'longview-still-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('the picture at a time is written, whole or not at all', async () => {
  const film = join(folder, 'f 100 %.mp4');
  makeCodedVideo(film, { frames: 100, width: 640, height: 360, output: h264 });
  const target = join(folder, 'at-2000.jpg');
  await writeStillAt(film, 2, target);
  const size = { width: 320, height: 180 };
  const frame = await readPicture(target, size);
  assert.equal(readNumber(frame, size.width, { x: 0, y: 0, ...size }), 50);

  await assert.rejects(writeStillAt(film, 60, join(folder, 'none.jpg')), { code: 'no-frames' });
  assert.deepEqual(readdirSync(folder).toSorted(), ['at-2000.jpg', 'f 100 %.mp4']);
});
