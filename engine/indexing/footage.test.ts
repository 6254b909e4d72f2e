// The same pipeline on real files, read by a real ffmpeg; only the frame encoder is made.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { textQuery } from '../language/text-match.ts';
import { madeFrameEncoder, madeModel } from '../../tests/fixtures/footage.ts';
import { temporaryFolder } from '../../tests/fixtures/library.ts';
import * as media from '../media/index.ts';
import { makeCodedVideo, readNumber } from '../media/testing/coded-video.ts';
import { openStore } from '../library/index.ts';
import type { FrameEncoder } from '../inference/types.ts';
import { indexVideos, type IndexOptions } from './index.ts';

/** A frame encoder that read the number that each frame shows into the first two tokens. */
function numberFrameEncoder(onLook: () => void = () => {}): FrameEncoder {
  const { width, height } = { width: 128, height: 96 };
  return {
    ...madeFrameEncoder(),
    width,
    height,
    async analyse(patches, letterbox) {
      onLook();
      return patches.map((frames) => {
        const [a, b] = frames.map((frame) => readNumber(frame, width, letterbox));
        return {
          objects: [[], []],
          tokens: Float32Array.of(a, b, 0, 0, 0, 0),
          embedding: Float32Array.of(Math.cos(a), Math.sin(a), 0, 0),
        };
      });
    },
  };
}

function setting(t: TestContext) {
  const [library, films] = [temporaryFolder(t), temporaryFolder(t)];
  const store = openStore(library);
  t.after(() => store.close());
  const index = async (paths: string[], frameEncoder: FrameEncoder, options?: IndexOptions) =>
    (await indexVideos({ store, media, model: madeModel(frameEncoder) }, paths, options)).videos;
  return { store, films, index };
}

const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];

test('each patch holds the two frames that are on screen at its times', async (t) => {
  const { store, films, index } = setting(t);
  const path = join(films, 'a.mp4');
  makeCodedVideo(path, { frames: 190, output: h264 });
  const [row] = await index([path], numberFrameEncoder());
  assert.deepEqual([row.status, row.patches], ['indexed', 8]);
  const numbers = store
    .patchTokens(row.id!, [0, 1, 2, 3, 4, 5, 6, 7])
    .map((tokens) => [...tokens.slice(0, 2)].map(Math.round));
  // 25 frames a second: at 0.5 s frame 12 is on screen. The last second has both its frames too.
  assert.deepEqual(
    numbers,
    [0, 1, 2, 3, 4, 5, 6, 7].map((second) => [second * 25, second * 25 + 12]),
  );
  assert.ok(Math.abs(store.patchTable(row.id!).ends[7] - 7.6) < 0.05);
  const stills = store.thumbnails(row.id!);
  assert.deepEqual(
    stills.map((still) => still.time),
    [0, 5],
  );
  for (const { path: still } of stills) assert.equal(readFileSync(still).readUInt16BE(0), 0xffd8, 'a JPEG');
  const video = store.video(row.id!);
  assert.deepEqual([video.width, video.height, video.codec, video.frameRate], [64, 36, 'h264', 25]);
});

test('an interrupted index becomes the same as one made in one go', async (t) => {
  const { store, films, index } = setting(t);
  const path = join(films, 'a.mp4');
  makeCodedVideo(path, { frames: 300, output: h264 });
  const stop = new AbortController();
  let looks = 0;
  const stopping = numberFrameEncoder(() => ++looks === 3 && stop.abort());
  const [cancelled] = await index([path], stopping, { signal: stop.signal });
  assert.equal(cancelled.status, 'cancelled');
  const stored = store.video(path).unfinished!.patches;
  assert.ok(stored > 0 && stored < 12);
  const [row] = await index([path], numberFrameEncoder());
  const all = Array.from({ length: 12 }, (_, number) => number);
  const resumed = { tokens: store.patchTokens(row.id!, all), table: store.patchTable(row.id!) };
  const frames = store.frames(row.id!);
  await index([path], numberFrameEncoder(), { force: true });
  assert.deepEqual(store.patchTokens(row.id!, all), resumed.tokens);
  assert.deepEqual(store.patchTable(row.id!), resumed.table);
  assert.deepEqual(store.frames(row.id!), frames);
});

test('a truncated file, an empty one and a poem fail by name; the good one beside them does not', async (t) => {
  const { store, films, index } = setting(t);
  const good = join(films, "it's -a 🎬.mkv");
  makeCodedVideo(good, { frames: 200, output: [...h264, '-f', 'matroska'] });
  const bytes = readFileSync(good);
  writeFileSync(join(films, 'cut.mkv'), bytes.subarray(0, Math.floor(bytes.length / 2)));
  writeFileSync(join(films, 'empty.mp4'), '');
  writeFileSync(join(films, 'poem.mp4'), 'Shall I compare thee to a summer’s day?');
  const rows = await index([films], numberFrameEncoder());
  const codes = Object.fromEntries(
    rows.map((row) => [row.path.split('/').at(-1), row.error?.code ?? row.status]),
  );
  assert.deepEqual(codes, {
    'cut.mkv': 'file-truncated',
    'empty.mp4': 'file-empty',
    "it's -a 🎬.mkv": 'indexed',
    'poem.mp4': 'not-a-video',
  });
  for (const { path, error } of rows)
    if (error) assert.ok(error.message.includes(path.split('/').at(-1)!), error.message);
  const partly = store.indexedVideos().filter(({ reachedSec }) => reachedSec !== undefined);
  assert.deepEqual(
    partly.map(({ path }) => path.split('/').at(-1)),
    ['cut.mkv'],
    'what comes before the break can be searched',
  );
  assert.equal(store.indexedVideos().length, 2);
});

test('the subtitles beside any copy of a video are its own, however often it is indexed', async (t) => {
  const { store, films, index } = setting(t);
  const at = (name: string) => join(films, name);
  mkdirSync(at('a'));
  mkdirSync(at('b'));
  makeCodedVideo(at('a/film.mp4'), { frames: 50, output: h264 });
  copyFileSync(at('a/film.mp4'), at('b/film.mp4'));
  writeFileSync(at('b/film.srt'), '1\n00:00:01,000 --> 00:00:02,000\nthe capercaillie sings\n');
  writeFileSync(at('b/film.stl'), 'x');
  for (let round = 0; round < 3; round++) {
    const rows = await index([films], numberFrameEncoder());
    assert.deepEqual(
      store.textHits(textQuery('capercaillie'), 10).map(({ start, end }) => [start, end]),
      [[1, 2]],
      `${round}`,
    );
    // What can't be read is told when it is found, not with every look.
    const told = rows.flatMap(({ problems = [] }) => problems.map(({ error }) => error.message));
    assert.deepEqual(
      told,
      round === 0 ? ['The subtitles "film.stl" are of a kind that Longview can’t read.'] : [],
    );
  }
  assert.deepEqual(store.indexedVideos()[0].copies?.toSorted(), [at('a/film.mp4'), at('b/film.mp4')]);
});

test('what a drone writes down with its pictures is a track of its own, no speech', async (t) => {
  const { store, films, index } = setting(t);
  const at = (name: string) => join(films, name);
  makeCodedVideo(at('DJI_0042.MP4'), { frames: 100, output: h264 });
  const cue = (frame: number) => {
    const time = (ms: number) =>
      `00:00:${String(Math.floor(ms / 1000)).padStart(2, '0')},${String(ms % 1000).padStart(3, '0')}`;
    const said = `FrameCnt: ${frame}\n[iso: 100] [shutter: 1/640.0] [color_md: default] [latitude: 47.36] [longitude: 8.54] [rel_alt: 31.2]`;
    return `${frame}\n${time(frame * 40)} --> ${time(frame * 40 + 40)}\n${said}\n\n`;
  };
  writeFileSync(at('DJI_0042.SRT'), Array.from({ length: 100 }, (_, frame) => cue(frame)).join(''));
  const [row] = await index([films], numberFrameEncoder());
  assert.deepEqual(store.textHits(textQuery('default'), 10), []);
  const track = () => store.tracks(row.id!).find(({ kind }) => kind === 'telemetry');
  const samples = track()!.settings.samples as { time: number; latitude: number }[];
  assert.deepEqual([samples.length, samples[0].latitude, track()!.state], [4, 47.36, 'whole']);
  writeFileSync(at('DJI_0042.SRT'), '1\n00:00:01,000 --> 00:00:02,000\nhello\n');
  await index([films], numberFrameEncoder());
  assert.deepEqual([track(), store.textHits(textQuery('hello'), 10).length], [undefined, 1]);
});

test('a recording that grows is one video, however often it is indexed meanwhile', async (t) => {
  const { store, films, index } = setting(t);
  const path = join(films, 'rec.ts');
  makeCodedVideo(path, { frames: 500, output: [...h264, '-g', '25', '-f', 'mpegts'] });
  const whole = readFileSync(path);
  for (const share of [0.4, 0.7, 1]) {
    writeFileSync(path, whole.subarray(0, Math.floor(whole.length * share)));
    const [row] = await index([path], numberFrameEncoder());
    assert.equal(row.status, 'indexed', `${share}`);
    assert.deepEqual(
      store.videos().map(({ id }) => id),
      [row.id],
    );
  }
  assert.ok(Math.abs(store.videos()[0].durationSec - 20) < 0.2);
  // Another film at its place is another video; what is known of the first is kept.
  makeCodedVideo(path, { frames: 50, output: [...h264, '-f', 'mpegts'] });
  await index([path], numberFrameEncoder());
  assert.equal(store.videos().length, 2);
});

test('what a recorder writes while it is looked at fails nothing', async (t) => {
  const { store, films, index } = setting(t);
  const path = join(films, 'rec.ts');
  makeCodedVideo(path, { frames: 200, output: [...h264, '-g', '25', '-f', 'mpegts'] });
  const whole = readFileSync(path);
  writeFileSync(path, whole.subarray(0, Math.floor(whole.length / 2)));
  const [row] = await index(
    [path],
    numberFrameEncoder(() => writeFileSync(path, whole)),
  );
  assert.equal(row.status, 'indexed');
  const [again] = await index([path], numberFrameEncoder());
  assert.deepEqual([again.status, again.patches, store.videos().length], ['indexed', 8, 1]);
});

test('chapters of one recording are found in its order, whatever they are called', async (t) => {
  const { store, films, index } = setting(t);
  const names = ['GH010001.MP4', 'GH010002.MP4', 'GH020001.MP4'];
  for (const [number, name] of names.entries())
    makeCodedVideo(join(films, name), { frames: 50 + number, output: h264 });
  const rows = await index([films], numberFrameEncoder());
  const inOrder = ['GH010001.MP4', 'GH020001.MP4', 'GH010002.MP4'];
  assert.deepEqual(
    rows.map(({ path }) => path),
    inOrder.map((name) => join(films, name)),
  );
  const ids = rows.slice(0, 2).map(({ id }) => id!);
  for (const videos of [store.videos(), store.indexedVideos()]) {
    const places = videos.flatMap(({ id, recording }) => (recording ? [[id, recording]] : []));
    assert.deepEqual(Object.fromEntries(places), {
      [ids[0]]: { recording: ids[0], part: 0, ids },
      [ids[1]]: { recording: ids[0], part: 1, ids },
    });
  }
  const listed = store.videos().map(({ id }) => id);
  assert.equal(listed.indexOf(ids[1]), listed.indexOf(ids[0]) + 1);
});

test('files whose clock goes on are one recording, as AVCHD cameras write them', async (t) => {
  const { store, films, index } = setting(t);
  const stream = join(films, 'BDMV', 'STREAM');
  mkdirSync(stream, { recursive: true });
  const make = (name: string, offset: number, frames: number) =>
    makeCodedVideo(join(stream, name), {
      frames,
      output: [...h264, '-output_ts_offset', String(offset), '-f', 'mpegts', '-mpegts_m2ts_mode', '1'],
    });
  make('00000.MTS', 10, 50);
  make('00001.MTS', 12, 51);
  make('00002.MTS', 10, 52);
  await index([films], numberFrameEncoder());
  const parts = store.indexedVideos().map(({ recording }) => recording?.part);
  assert.deepEqual(parts, [0, 1, undefined]);
});
