import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { madeFrameEncoder, madeModel } from '../../../tests/fixtures/footage.ts';
import { temporaryFolder } from '../../../tests/fixtures/library.ts';
import { textQuery } from '../../language/text-match.ts';
import { openStore, type Store, type StoredLine } from '../../library/index.ts';
import * as media from '../../media/index.ts';
import { createListener, type Listener } from '../../speech/index.ts';
import { silence, tones } from '../../speech/testing/made-sound.ts';
import { marks } from '../../speech/testing/simple-ears.ts';
import { indexVideos, type IndexOptions } from '../index.ts';
import { loudness } from './loudness.ts';
import { speech } from './speech.ts';

const program = fileURLToPath(new URL('../../speech/testing/stand-in-child.ts', import.meta.url));
const spec = { kind: 'whisper' as const, nemo: false, files: { tokens: '' }, vad: '', threads: 1 };
/** Several pieces; the stand-in takes each tone for a word. */
const talk = tones(
  [
    { at: 2, count: 4, pitch: 400 },
    { at: 30, count: 30, pitch: 500 },
    { at: 60, count: 3, pitch: 600 },
    { at: 90, count: 20, pitch: 700 },
  ],
  100,
);

interface Stage {
  store: Store;
  listener: Listener;
  film: (name: string, sound: Float32Array | undefined, seconds: number) => Promise<string>;
  index: (paths: readonly string[], options?: IndexOptions) => ReturnType<typeof indexVideos>;
  heard: (id: string) => StoredLine[];
}

function stage(t: TestContext, files: Record<string, string> = spec.files): Stage {
  const [library, films] = [temporaryFolder(t), temporaryFolder(t)];
  const store = openStore(library);
  const listener = createListener({ ...spec, files }, { program });
  t.after(() => {
    listener.close();
    store.close();
  });
  const extractors = [loudness, speech({ model: 'made', version: 'made@1', listener })];
  return {
    store,
    listener,
    async film(name, sound, seconds) {
      const path = join(films, name);
      const { ffmpeg } = await media.findMediaTools();
      const picture = ['-f', 'lavfi', '-i', `testsrc=s=64x36:r=2:d=${seconds}`];
      const raw = sound ? ['-f', 'f32le', '-ar', '16000', '-ac', '1', '-i', 'pipe:0'] : [];
      const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'pcm_f32le'];
      const made = spawnSync(ffmpeg, ['-v', 'error', ...picture, ...raw, ...codecs, path], {
        input: sound ? Buffer.from(sound.buffer) : '',
      });
      assert.equal(made.status, 0, String(made.stderr));
      return path;
    },
    index: (paths, options) =>
      indexVideos({ store, media, model: madeModel(madeFrameEncoder()), extractors }, paths, options),
    heard: (id) => store.lines(id, ['transcript']),
  };
}

const plain = (lines: readonly StoredLine[]) =>
  lines.map(({ kind, start, end, text, language, extra }) => ({ kind, start, end, text, language, extra }));

test('what is said becomes lines with the times of their words, is found, and is heard once', async (t) => {
  const { store, film, index, heard } = stage(t);
  const path = await film('talk.mkv', talk, 100);
  const { videos } = await index([path]);
  assert.deepEqual([videos[0].status, videos[0].problems], ['indexed', undefined]);
  const id = videos[0].id!;
  const lines = heard(id);
  const words = lines.flatMap(({ extra }) => extra!.words as { start: number; end: number; text: string }[]);
  assert.equal(words.length, 4 + 30 + 3 + 20);
  assert.ok(Math.abs(lines[0].start - 2) < 0.3, String(lines[0].start));
  assert.ok(lines.every(({ kind, language }) => kind === 'said' && language === 'en'));
  const track = store.tracks(id).find(({ kind }) => kind === 'transcript')!;
  assert.deepEqual(
    [track.extractor, track.version, track.state, track.settings],
    ['speech', 'made@1', 'whole', { model: 'made' }],
  );
  assert.deepEqual([track.coverage[0][0], track.coverage[0][2]], [0, 0]);
  assert.ok(Math.abs(track.coverage[0][1] - 100) < 0.1);
  const [hit] = store.textHits(textQuery(words[0].text.replace('.', '')), 3);
  assert.deepEqual([hit.source, hit.videoId], ['transcript', id]);
  assert.equal((await index([path])).videos[0].status, 'unchanged');
});

test('silence and a video without sound make a whole track without lines', async (t) => {
  const { store, film, index, heard } = stage(t);
  const quiet = await film('quiet.mkv', silence(20), 20);
  const mute = await film('mute.mkv', undefined, 4);
  const { videos } = await index([quiet, mute]);
  for (const { id, status, problems } of videos) {
    assert.deepEqual([status, problems], ['indexed', undefined]);
    assert.deepEqual(heard(id!), []);
    const track = store.tracks(id!).find(({ kind }) => kind === 'transcript');
    assert.equal(track?.state, 'whole');
  }
  assert.deepEqual(
    (await index([quiet, mute])).videos.map(({ status }) => status),
    ['unchanged', 'unchanged'],
  );
});

test('a hearing that is stopped after any piece goes on with what it would have heard', async (t) => {
  const whole = stage(t);
  const path = await whole.film('talk.mkv', talk, 100);
  const all = plain(whole.heard((await whole.index([path])).videos[0].id!));
  for (const pieces of [1, 2, 3]) {
    const { store, index, heard } = stage(t);
    const control = new AbortController();
    // Stops when so many pieces with words are kept.
    const begin = store.beginTrack.bind(store);
    store.beginTrack = (video, key) => {
      const writer = begin(video, key);
      if (key.kind !== 'transcript') return writer;
      const append = writer.appendLines.bind(writer);
      let kept = 0;
      writer.appendLines = (lines, until) => {
        append(lines, until);
        if (lines.length > 0 && ++kept === pieces) control.abort();
      };
      return writer;
    };
    const [{ status, error }] = (await index([path], { signal: control.signal })).videos;
    assert.deepEqual([status, error?.code], ['cancelled', 'cancelled']);
    store.beginTrack = begin;
    const { id } = store.videos()[0];
    const part = plain(heard(id));
    assert.ok(part.length > 0 && part.length < all.length, `${part.length} of ${all.length}`);
    assert.deepEqual(part, all.slice(0, part.length));
    const { videos } = await index([path]);
    assert.equal(videos[0].problems, undefined);
    assert.deepEqual(plain(heard(id)), all);
  }
});

test('a process that ends in the middle is a problem of speech alone, and keeps what was heard', async (t) => {
  const { store, film, index, heard } = stage(t);
  const crashing = Float32Array.from(talk);
  crashing.fill(marks.crash, 91 * 16_000, 92 * 16_000);
  const broken = await film('crash.mkv', crashing, 100);
  const sound = await film('talk.mkv', talk, 99);
  const { videos } = await index([broken, sound]);
  assert.deepEqual(
    videos[0].problems?.map(({ extractor, error }) => [extractor, error.code]),
    [['speech', 'engine-stopped']],
  );
  assert.deepEqual(
    [videos[0].status, videos[1].status, videos[1].problems],
    ['indexed', 'indexed', undefined],
  );
  assert.equal(store.series(videos[0].id!, 'loudness')?.values.length, 100);
  const kept = heard(videos[0].id!);
  assert.ok(kept.length > 0 && kept.every(({ end }) => end < 90));
  assert.ok(heard(videos[1].id!).some(({ start }) => start > 89));
});

test('a model that does not load is a problem of speech alone', async (t) => {
  const { film, index } = stage(t, { tokens: 'refuse' });
  const path = await film('talk.mkv', talk, 100);
  const { videos } = await index([path]);
  assert.equal(videos[0].status, 'indexed');
  assert.deepEqual(
    videos[0].problems?.map(({ extractor, error }) => [extractor, error.code]),
    [['speech', 'bad-bundle']],
  );
});

test('two indexings at once have the listener one after the other', async (t) => {
  const { film, index, heard } = stage(t);
  const [one, two] = [await film('one.mkv', talk, 100), await film('two.mkv', talk, 99)];
  const both = await Promise.all([index([one]), index([two])]);
  const [a, b] = both.map(({ videos: [{ id, problems }] }) => {
    assert.equal(problems, undefined);
    return plain(heard(id!));
  });
  assert.ok(a.length > 0);
  assert.deepEqual(a, b);
});
