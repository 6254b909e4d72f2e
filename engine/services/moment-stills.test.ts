import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { momentStills } from './moment-stills.ts';
import type { StoredVideo } from '../library/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'longview-moments-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const video = { id: 'v', paths: [join(folder, 'film.mp4')] } as unknown as StoredVideo;
writeFileSync(video.paths[0], 'a film');

test('a still of a moment is made once, one after the other', async () => {
  const written: number[] = [];
  let atOnce = 0;
  const stills = momentStills(async (_path, time, target) => {
    assert.equal(++atOnce, 1);
    await new Promise(setImmediate);
    written.push(time);
    writeFileSync(target, 'a picture');
    atOnce--;
  });
  const asked = [23, 23, 41.5, 23].map((time) => stills.still(video, time, folder));
  assert.deepEqual(
    await Promise.all(asked),
    [23000, 23000, 41500, 23000].map((time) => join(folder, `at-${time}.jpg`)),
  );
  await stills.still(video, 23, folder);
  assert.deepEqual(written, [23, 41.5]);
});

test('where it can’t be made there is none, and the next try makes it', async () => {
  let fails = true;
  const stills = momentStills(async (_path, _time, target) => {
    if (fails) throw new Error('no picture');
    writeFileSync(target, 'a picture');
  });
  assert.equal(await stills.still(video, 7, folder), undefined);
  assert.equal(await stills.still({ ...video, paths: [join(folder, 'gone.mp4')] }, 7, folder), undefined);
  fails = false;
  assert.equal(await stills.still(video, 7, folder), join(folder, 'at-7000.jpg'));
});
