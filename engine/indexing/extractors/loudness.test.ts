import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { madeFrameEncoder, madeModel } from '../../../tests/fixtures/footage.ts';
import { temporaryFolder } from '../../../tests/fixtures/library.ts';
import { parseQuery } from '../../language/parsed-query.ts';
import { openStore } from '../../library/index.ts';
import * as media from '../../media/index.ts';
import { indexVideos } from '../index.ts';
import { loudness, loudnessSearch } from './loudness.ts';

test('a bang in a quiet film and the silence after it are found, and the sound is read once', async (t) => {
  const [library, films] = [temporaryFolder(t), temporaryFolder(t)];
  const store = openStore(library);
  t.after(() => store.close());
  const path = join(films, 'bang.mkv');
  // Seconds: 0 to 10 soft, 10 to 13 loud, 13 to 20 none.
  const sound = 'if(lt(t,10),0.01,if(lt(t,13),0.5,0))*sin(2*PI*440*t)';
  const { ffmpeg } = await media.findMediaTools();
  const made = spawnSync(ffmpeg, [
    ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=s=64x36:r=5:d=20'],
    ...['-f', 'lavfi', '-i', `aevalsrc='${sound}':s=16000:d=20`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'pcm_s16le', path],
  ]);
  assert.equal(made.status, 0, String(made.stderr));
  let read = 0;
  const counting: typeof media.readSound = (...given) => {
    read++;
    return media.readSound(...given);
  };
  const deps = {
    store,
    media: { ...media, readSound: counting },
    model: madeModel(madeFrameEncoder()),
    extractors: [loudness],
  };
  const { videos } = await indexVideos(deps, [path]);
  assert.equal(videos[0].status, 'indexed');
  assert.equal(videos[0].problems, undefined);
  const series = store.series(videos[0].id!, 'loudness')!;
  assert.deepEqual([series.start, series.step, series.values.length], [0, 1, 20]);
  assert.ok(Math.abs(series.values[5] - -43) < 1, String(series.values[5]));
  assert.ok(Math.abs(series.values[11] - -9) < 1, String(series.values[11]));
  assert.equal(series.values[18], -96);
  const find = (words: string) =>
    loudnessSearch
      .find(store, store.indexedVideos(), parseQuery(words))
      .map(({ start, end }) => [start, end]);
  assert.deepEqual(find('a loud bang'), [[10, 13]]);
  assert.deepEqual(find('silence'), [[13, 20]]);
  assert.deepEqual(find('安静'), [[13, 20]]);
  assert.deepEqual(find('a dog'), []);
  const again = await indexVideos(deps, [path]);
  assert.deepEqual([again.videos[0].status, read], ['unchanged', 1]);
});

test('a film without sound has none, and is not asked again', async (t) => {
  const [library, films] = [temporaryFolder(t), temporaryFolder(t)];
  const store = openStore(library);
  t.after(() => store.close());
  const path = join(films, 'mute.mkv');
  const { ffmpeg } = await media.findMediaTools();
  spawnSync(ffmpeg, [
    ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=s=64x36:r=5:d=4'],
    ...['-c:v', 'libx264', path],
  ]);
  const deps = { store, media, model: madeModel(madeFrameEncoder()), extractors: [loudness] };
  const { videos } = await indexVideos(deps, [path]);
  assert.deepEqual([videos[0].status, videos[0].problems], ['indexed', undefined]);
  assert.equal(store.series(videos[0].id!, 'loudness'), undefined);
  assert.equal((await indexVideos(deps, [path])).videos[0].status, 'unchanged');
});
