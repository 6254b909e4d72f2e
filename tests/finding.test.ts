// The main job on the real built-in bundle and a made film of half a minute: what it shows and says is found where it is.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { intersectionOverUnion } from '../demo/questions.ts';
import { makeSample, type Truth } from '../demo/sample/index.ts';
import { storyboard } from '../demo/sample/storyboard.ts';
import { createEngine, type LongviewEngine } from '../engine/engine.ts';
import { findMediaTools } from '../engine/media/index.ts';
import type { FindResult } from '../engine/protocol/results.ts';

const bundle = join(import.meta.dirname, '..', 'models', 'builtin');
const things = ['camel', 'tent', 'rocket', 'teapot'];
const skip = existsSync(join(bundle, 'eyes.onnx')) ? false : 'set-up has not made the bundle’s eyes yet';

suite('finding in a made film, with the built-in bundle', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'longview-finding-'));
  let engine: LongviewEngine;
  let truth: Truth;
  let film: string;

  before(async () => {
    const scenes = things.map((thing) =>
      storyboard.find(({ actors }) => actors.some(({ name }) => name === thing))!,
    );
    const sample = await makeSample({ dir: folder, scenes, durationSec: 32 });
    truth = sample.truth;
    film = join(folder, 'Our journey.mp4');
    renameSync(sample.video, film);
    writeFileSync(
      join(folder, 'Our journey.en.srt'),
      '1\n00:00:05,000 --> 00:00:07,000\nThe photosynthesis of "cacti" (AND others)\n\n2\n00:00:20,000 --> 00:00:22,000\n有人弹吉他\n',
    );
    engine = createEngine({ libraryDir: join(folder, 'library') });
    const { videos } = await engine.index({ paths: [film] });
    assert.deepEqual(
      videos.map(({ status }) => status),
      ['indexed'],
    );
  });

  after(async () => {
    await engine?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  const find = (query: string, more = {}) => engine.find({ query, ...more });
  const overlap = ({ moments }: FindResult, spans: readonly { start: number; end: number }[]) =>
    Math.max(0, ...spans.map((span) => (moments[0] ? intersectionOverUnion(moments[0], span) : 0)));

  test('things that the model knows are found first, where they are', async () => {
    const overlaps = new Map<string, number>();
    for (const thing of things) {
      const { moments } = truth.events.find(({ name }) => name === thing)!;
      overlaps.set(thing, overlap(await find(`a ${thing}`), moments));
    }
    const found = [...overlaps.values()].filter((one) => one >= 0.3);
    assert.ok(found.length >= 3, JSON.stringify([...overlaps]));
  });

  test('the same is found by Chinese names, and as surely', async () => {
    const chinese = { camel: '骆驼', tent: '帐篷', rocket: '火箭', teapot: '茶壶' };
    for (const [thing, query] of Object.entries(chinese)) {
      const [one, other] = [await find(`a ${thing}`), await find(query)];
      const seen = ({ moments }: FindResult) =>
        moments
          .filter(({ source }) => source === 'object' || source === 'scene')
          .map(({ start, end, confidence }) => ({ start, end, confidence }));
      assert.deepEqual(seen(other), seen(one), query);
      assert.equal(other.words?.as, `a ${thing}`);
    }
  });

  test('words that nobody knows are never sure, and are told', async () => {
    for (const query of [
      'a handshake',
      'a surgeon',
      'a waterfall',
      'a wedding ceremony',
      '握手',
      '瀑布',
      'ein Wasserfall',
    ]) {
      const { confident, words } = await find(query);
      assert.equal(confident, false, query);
      // A surgeon is a person, which the detector knows: that is told at the moments.
      if (query !== 'a surgeon') assert.ok((words?.unknown.length ?? 0) > 0 || words?.languages, query);
    }
  });

  test('a picture of a thing finds where it is, and a moment others like it', async () => {
    const [{ start, end }] = truth.events.find(({ name }) => name === 'rocket')!.moments;
    const picture = join(folder, 'rocket.png');
    const { ffmpeg } = await findMediaTools();
    execFileSync(ffmpeg, [
      '-v',
      'error',
      '-ss',
      String((start + end) / 2),
      '-i',
      film,
      '-frames:v',
      '1',
      picture,
    ]);
    const { moments, confident } = await engine.find({ like: { file: picture } });
    assert.ok(confident);
    assert.ok(
      moments[0].start < end && start < moments[0].end,
      `${moments[0].start} is not in ${start} to ${end}`,
    );
    const id = moments[0].videoId;
    const others = await engine.find({ like: { video: id, at: (start + end) / 2 } });
    assert.ok(
      others.moments.every((one) => one.end <= start + 1 || one.start >= end - 1),
      'the others are elsewhere',
    );
  });

  test('what the detector knows and is not there is not found', async () => {
    for (const thing of ['a giraffe', 'a stop sign', 'two buses'])
      assert.equal((await find(thing)).confident, false, thing);
  });

  test('what is said is found, in words and in Chinese, whatever the query’s punctuation', async () => {
    for (const query of ['photosynthesis', '"photosynthesis" AND', 'photosynthesis*) OTHERS']) {
      const result = await find(query);
      assert.deepEqual(
        [result.moments[0].source, result.moments[0].start, result.moments[0].end],
        ['said', 5, 7],
        query,
      );
      assert.equal(result.confident, true);
    }
    const [first] = (await find('吉他')).moments;
    assert.deepEqual([first.source, first.start], ['said', 20]);
  });

  test('a changed subtitle file is read again without looking at the film again', async () => {
    writeFileSync(join(folder, 'Our journey.en.srt'), '1\n00:00:09,000 --> 00:00:10,000\nChlorophyll\n');
    const { videos } = await engine.index({ paths: [film] });
    assert.equal(videos[0].status, 'unchanged');
    assert.equal((await find('chlorophyll')).moments[0].start, 9);
    const gone = await find('photosynthesis', { sources: ['said'] });
    assert.deepEqual(gone.moments, []);
  });

  test('the file’s name is found; filters leave out what doesn’t fit', async () => {
    const named = await find('our journey', { sources: ['name'] });
    assert.deepEqual(named.moments[0].why?.[0], { code: 'file-name', text: 'Our journey' });
    const filtered = await find('a camel', { minSeconds: 60 });
    assert.deepEqual([filtered.examined.videos, filtered.moments], [0, []]);
  });

  test('footage that changed or vanished since is said to have', async () => {
    const state = async () => (await find('a camel')).moments[0].footage;
    assert.equal(await state(), undefined);
    renameSync(film, `${film}.away`);
    assert.equal(await state(), 'missing');
    writeFileSync(film, 'another film');
    assert.equal(await state(), 'changed');
  });
});
