import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { madeFrameEncoder, madeMedia, makeVideo } from '../tests/fixtures/footage.ts';
import { planResultSchema } from './protocol/asking.ts';
import { temporaryFolder } from '../tests/fixtures/library.ts';
import { createEngine } from './engine.ts';
import type { BundleManifest } from './protocol/bundle.ts';
import type { LongviewError } from './protocol/errors.ts';
import {
  askResultSchema,
  doctorResultSchema,
  findResultSchema,
  libraryResultSchema,
  modelsResultSchema,
  removeResultSchema,
} from './protocol/results.ts';
import {
  answersResultSchema,
  objectsResultSchema,
  relevanceSchema,
  storageResultSchema,
  videoDetailsSchema,
} from './protocol/view.ts';
import type { Model, Decoder } from './inference/types.ts';

/** A bundle folder that can be read but holds no graphs. */
function makeBundle(folder: string, id: string, change: Partial<BundleManifest> = {}): string {
  mkdirSync(folder, { recursive: true });
  const names = ['eyes.onnx', 'head.onnx', 'text.onnx', 'decoder.onnx', 'embedding.onnx', 'tokenizer.json'];
  for (const name of names) writeFileSync(join(folder, name), name);
  const manifest: BundleManifest = {
    format: 1,
    id,
    name: `Made ${id}`,
    architecture: 'longview',
    precision: 'fp32',
    can: ['detect', 'embed', 'read'],
    eyes: {
      graph: 'eyes.onnx',
      headGraph: 'head.onnx',
      width: 64,
      height: 32,
      framesPerSecond: 2,
      grid: [1, 2],
      labels: ['dog'],
    },
    text: { graph: 'text.onnx', embeddingSize: 4, headDim: 8, theta: 10_000, maxTokens: 16 },
    decoder: {
      graph: 'decoder.onnx',
      embeddingGraph: 'embedding.onnx',
      hiddenSize: 3,
      layers: 1,
      heads: 1,
      kvHeads: 1,
      headDim: 8,
      vocabSize: 10,
      cacheType: 'float32',
      positions: { variant: 'hope', sections: [1, 1, 2], theta: 10_000, trainedGammas: [1] },
      maxContext: 100,
    },
    tokens: { stop: [0], userPrefix: '', answerPrefix: '' },
    files: names.map((path) => ({
      path,
      bytes: path.length,
      sha256: createHash('sha256').update(path).digest('hex'),
    })),
    licence: 'MIT',
    provenance: 'made by a test',
    ...change,
  };
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(manifest));
  return folder;
}

/** A reader that says yes to everything and counts how often it was asked. */
function madeDecoder(): Decoder & { asked: number } {
  return {
    variant: 'hope',
    trainedPatches: 12,
    asked: 0,
    async read({ onText }) {
      this.asked++;
      onText?.('a dog');
      return { text: 'a dog', confidence: 0.9, promptTokens: 10, tokens: 2, prefillMs: 1, decodeMs: 1 };
    },
    async score(_request, answers) {
      this.asked++;
      return answers.map((_, index) => ({ logProbability: index === 0 ? -0.1 : -2, exact: index === 0 }));
    },
  };
}

function setting(t: TestContext) {
  const [library, films, shipped] = [temporaryFolder(t), temporaryFolder(t), temporaryFolder(t)];
  makeBundle(shipped, 'builtin');
  const decoder = madeDecoder();
  const loads: string[] = [];
  let disposed = 0;
  const openModel = async (folder: string): Promise<Model> => {
    loads.push(folder);
    const { id } = JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8')) as { id: string };
    return {
      id,
      fingerprint: 'not looked at',
      frameEncoder: madeFrameEncoder(),
      text: { embeddingSize: 4, embed: async (texts) => texts.map(() => Float32Array.of(1, 0, 0, 0)) },
      decoder,
      async [Symbol.asyncDispose]() {
        disposed++;
      },
    };
  };
  const start = () => {
    const engine = createEngine(
      { libraryDir: library, builtinModel: shipped },
      { openModel, media: madeMedia() },
    );
    t.after(() => engine.close());
    return engine;
  };
  return { library, films, shipped, loads, decoder, start, engine: start(), disposed: () => disposed };
}

suite('the engine', () => {
  test('indexes, lists, finds, answers, forgets', async (t) => {
    const { engine, films } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 20, first: 90 });
    const { videos, realtimeFactor } = await engine.index({ paths: [films] });
    assert.equal(videos[0].status, 'indexed');
    assert.ok(realtimeFactor > 0);
    const listed = libraryResultSchema.parse(await engine.library());
    assert.deepEqual(
      listed.videos.map(({ id, status, patches, model }) => [id, status, patches, model]),
      [[videos[0].id, 'indexed', 20, 'builtin']],
    );
    const found = findResultSchema.parse(await engine.find({ query: 'a dog' }));
    assert.equal(found.moments[0].path, path);
    assert.equal(found.moments[0].source, 'object');
    const answer = askResultSchema.parse(await engine.ask({ question: 'Is there a dog?', in: path }));
    assert.equal(answer.cached, false);
    const removed = removeResultSchema.parse(await engine.remove({ video: path }));
    assert.equal(removed.removed.id, videos[0].id);
    assert.deepEqual((await engine.library()).videos, []);
    assert.ok(existsSync(path));
  });

  test('answers what it answered before without loading a model, for the same gamma and index only', async (t) => {
    const { engine, films, start, loads, decoder } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 20, first: 90 });
    await engine.index({ paths: [path] });
    const first = await engine.ask({ question: 'Is there a dog?', in: path });
    await engine.close();
    const again = start();
    loads.length = 0;
    const second = await again.ask({ question: 'is there a  dog', in: path });
    assert.deepEqual([second.cached, second.answer], [true, first.answer]);
    assert.deepEqual(loads, []);
    const asked = decoder.asked;
    assert.equal((await again.ask({ question: 'Is there a dog?', in: path, gamma: 0.75 })).cached, false);
    assert.equal((await again.ask({ question: 'Is there a dog?', in: path, fresh: true })).cached, false);
    assert.ok(decoder.asked > asked);
    await again.index({ paths: [path], force: true });
    assert.equal((await again.ask({ question: 'Is there a dog?', in: path })).cached, false);
  });

  test('loads a model once and frees it when it is closed', async (t) => {
    const { engine, films, loads, disposed } = setting(t);
    await engine.index({ paths: [makeVideo(films, 'a.mp4', { durationSec: 4, first: 0 })] });
    await Promise.all([engine.find({ query: 'a dog' }), engine.find({ query: 'the sea' })]);
    assert.deepEqual([loads.length, disposed()], [1, 0]);
    await engine.close();
    await engine.close();
    assert.equal(disposed(), 1);
    await assert.rejects(engine.library(), { code: 'engine-stopped' });
    await assert.rejects(engine.find({ query: 'a dog' }), { code: 'engine-stopped' });
  });

  test('stops what is running when it is closed', async (t) => {
    const { engine, films } = setting(t);
    makeVideo(films, 'a.mp4', { durationSec: 10_000, first: 0 });
    let closed: Promise<void> | undefined;
    const onProgress = ({ fraction }: { fraction: number }) => {
      if (fraction > 0.01) closed ??= engine.close();
    };
    const { videos } = await engine.index({ paths: [films] }, { onProgress });
    await closed;
    assert.equal(videos[0].status, 'cancelled');
  });

  test('knows a video at the place that it was moved to', async (t) => {
    const { engine, films } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 4, first: 0 });
    const { videos } = await engine.index({ paths: [path] });
    const moved = join(films, 'b.mp4');
    renameSync(path, moved);
    assert.equal((await engine.library()).videos[0].status, 'missing');
    assert.equal((await engine.ask({ question: 'Is there a dog?', in: moved })).videoId, videos[0].id);
    assert.deepEqual(
      (await engine.library()).videos.map((video) => [video.path, video.status]),
      [[moved, 'indexed']],
    );
  });

  test('says what is wrong with its arguments', async (t) => {
    const { engine, films } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 4, first: 0 });
    await engine.index({ paths: [path] });
    const wrong: [() => Promise<unknown>, string, RegExp][] = [
      [() => engine.find({ query: '' }), 'bad-argument', /query must be some words/],
      [() => engine.find({ query: 'x', gamma: 0 }), 'bad-argument', /gamma must be .* got 0/],
      [
        () => engine.ask({ question: 'x', in: path, gamma: 'fast' as never }),
        'bad-argument',
        /gamma .* got "fast"/,
      ],
      [() => engine.ask({ question: 'x', in: '/nowhere.mp4' }), 'video-not-in-library', /"\/nowhere.mp4"/],
      [() => engine.index({ paths: [path], model: 'gpt' }), 'unknown-model', /"gpt"/],
      [() => engine.index({ paths: [path], fps: 1000 }), 'bad-argument', /fps .* got 1000/],
      [() => engine.index({ paths: [] }), 'bad-argument', /paths/],
      [() => engine.remove({ video: 'zzzz' }), 'video-not-in-library', /"zzzz"/],
    ];
    for (const [call, code, message] of wrong)
      await assert.rejects(
        call(),
        (error: LongviewError) => error.code === code && message.test(error.message),
        code,
      );
    assert.throws(() => createEngine({ libraryDir: '' }), { code: 'bad-argument' });
  });

  test('refuses a cancelled call before it begins', async (t) => {
    const { engine } = setting(t);
    await assert.rejects(engine.find({ query: 'a dog' }, { signal: AbortSignal.abort() }), {
      code: 'cancelled',
    });
  });
});

suite('bundles', () => {
  test('are listed with what they can do, broken ones with the reason', async (t) => {
    const { engine, library } = setting(t);
    makeBundle(join(library, 'models', 'second'), 'second', { can: ['read'] });
    makeBundle(join(library, 'models', 'third'), 'third');
    rmSync(join(library, 'models', 'third', 'eyes.onnx'));
    mkdirSync(join(library, 'models', 'fourth'));
    const { models } = modelsResultSchema.parse(await engine.models());
    assert.deepEqual(
      models.map(({ id, builtin, active, can, problem }) => [id, builtin, active, can.length, problem?.code]),
      [
        ['builtin', true, true, 3, undefined],
        ['fourth', false, false, 0, 'bad-bundle'],
        ['second', false, false, 1, undefined],
        ['third', false, false, 3, 'bad-bundle'],
      ],
    );
    await assert.rejects(engine.index({ paths: ['/x.mp4'], model: 'second' }), { code: 'bad-argument' });
    await assert.rejects(engine.index({ paths: ['/x.mp4'], model: 'third' }), { code: 'bad-bundle' });
    await assert.rejects(engine.index({ paths: ['/x.mp4'], model: 'fourth' }), { code: 'bad-bundle' });
  });

  test('that a library was last indexed with are the ones that it is searched with', async (t) => {
    const { engine, films, library, loads } = setting(t);
    const second = makeBundle(join(library, 'models', 'second'), 'second');
    const [a, b] = ['a.mp4', 'b.mp4'].map((name, first) => makeVideo(films, name, { durationSec: 4, first }));
    await engine.index({ paths: [a, b] });
    await engine.index({ paths: [a], model: 'second' });
    const found = await engine.find({ query: 'a dog' });
    assert.deepEqual([found.model, found.examined.videos, found.skipped], ['second', 2, 0]);
    assert.deepEqual(
      new Set(found.moments.map((moment) => moment.path)),
      new Set([a, b]),
      'the old index is searched until the new one is there',
    );
    assert.deepEqual(
      (await engine.library()).videos.map(({ path, status, model }) => [path, status, model]).sort(),
      [
        [a, 'indexed', 'second'],
        [b, 'pending', 'builtin'],
      ],
    );
    assert.ok(loads.includes(second));
    assert.deepEqual(
      (await engine.models()).models.filter((model) => model.active).map((model) => model.id),
      ['second'],
    );
  });

  test('that fail to load are tried again', async (t) => {
    const { library, films, shipped } = setting(t);
    let tries = 0;
    const openModel = async (): Promise<Model> => {
      if (++tries === 1) throw new Error('Out of luck.');
      const noModel = { id: 'builtin', fingerprint: '', text: undefined, decoder: undefined };
      return { ...noModel, frameEncoder: madeFrameEncoder(), [Symbol.asyncDispose]: async () => {} };
    };
    const engine = createEngine(
      { libraryDir: library, builtinModel: shipped },
      { openModel, media: madeMedia() },
    );
    t.after(() => engine.close());
    const path = makeVideo(films, 'a.mp4', { durationSec: 4, first: 0 });
    await assert.rejects(engine.index({ paths: [path] }), /Out of luck/);
    assert.equal((await engine.index({ paths: [path] })).videos[0].status, 'indexed');
  });

  test('that are missing do not hide the library', async (t) => {
    const { engine, films, shipped } = setting(t);
    await engine.index({ paths: [makeVideo(films, 'a.mp4', { durationSec: 4, first: 0 })] });
    rmSync(join(shipped, 'bundle.json'));
    assert.equal((await engine.library()).videos[0].status, 'indexed');
    await assert.rejects(engine.find({ query: 'a dog' }), { code: 'bad-bundle' });
  });
});

suite('what a window needs', () => {
  test('is told of a video: facts, stills, cuts, labels, objects, relevance', async (t) => {
    const { engine, films, library } = setting(t);
    makeVideo(films, 'a.mp4', { durationSec: 10, first: 95 });
    const { videos } = await engine.index({ paths: [films] });
    const id = videos[0].id!;
    const details = videoDetailsSchema.parse(await engine.video({ video: id }));
    assert.deepEqual(
      [details.width, details.height, details.status, details.stills],
      [64, 32, 'indexed', [0]],
    );
    assert.deepEqual(details.labels, [{ label: 'dog', count: 14 }]);
    const { frames } = objectsResultSchema.parse(await engine.objects({ video: id, from: 3, to: 4 }));
    assert.deepEqual(
      frames.map(({ time, objects }) => [time, objects.length]),
      [
        [3, 1],
        [3.5, 1],
        [4, 1],
      ],
    );
    const { starts, scores } = relevanceSchema.parse(await engine.relevance({ video: id, query: 'bright' }));
    assert.deepEqual([starts.length, Math.max(...scores)], [10, 1]);
    assert.equal(await engine.footage(id), join(films, 'a.mp4'));
    const still = await engine.still(id, 7);
    assert.ok(still!.startsWith(join(library, 'thumbnails')));
    assert.equal(await engine.still(id, 7, 6), still, 'this footage is none: the still before it has to do');
    const { libraryBytes, cacheBytes } = storageResultSchema.parse(await engine.storage());
    assert.ok(libraryBytes > 4096 && cacheBytes > 10 * 8);
  });

  test('is told what was asked, and may pin and forget it', async (t) => {
    const { engine, films } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 10, first: 95 });
    await engine.index({ paths: [films] });
    await engine.ask({ question: 'Is there a dog?', in: path });
    const { answers } = answersResultSchema.parse(await engine.answers({ video: path }));
    const { number } = answers[0];
    assert.equal((await engine.editAnswer({ number, change: 'pin' })).answers[0].pinned, true);
    assert.deepEqual((await engine.editAnswer({ number, change: 'remove' })).answers, []);
  });

  test('may ask again what was asked before, the way it was asked', async (t) => {
    const { engine, films, decoder } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 10, first: 95 });
    await engine.index({ paths: [films] });
    const first = await engine.ask({
      question: 'Is there a dog?',
      in: films,
      gamma: 'auto',
      gammas: [0.5, 1],
    });
    const { answers, bytes, limitBytes } = answersResultSchema.parse(await engine.answers({ video: path }));
    assert.ok(bytes! > 0 && limitBytes! > bytes!);
    const asked = decoder.asked;
    const again = await engine.rerun({ number: answers[0].number });
    assert.ok(decoder.asked > asked);
    assert.deepEqual([again.cached, again.request, again.answer], [false, first.request, first.answer]);
    assert.equal((await engine.answers({})).answers.length, 2);
    const unknown = { code: 'bad-argument', message: /number of an answer in the history, got 99/ };
    await assert.rejects(engine.rerun({ number: 99 }), unknown);
    await assert.rejects(engine.editAnswer({ number: 99, change: 'pin' }), unknown);
    const emptied = await engine.limitAnswers({ bytes: 0, once: true });
    assert.deepEqual([emptied.removed, emptied.limitBytes], [2, limitBytes]);
    assert.equal((await engine.limitAnswers({ bytes: 0 })).limitBytes, 0);
    await assert.rejects(engine.limitAnswers({ bytes: -1 }), { code: 'bad-argument' });
  });

  test('may plan a question without reading anything', async (t) => {
    const { engine, films, decoder } = setting(t);
    makeVideo(films, 'a.mp4', { durationSec: 10, first: 95 });
    await engine.index({ paths: [films] });
    const plan = planResultSchema.parse(await engine.plan({ question: 'Is there a dog?' }));
    assert.deepEqual([decoder.asked, plan.expectedSec, plan.videos], [0, null, 1]);
    await engine.ask({ question: 'Is there a cat?' });
    assert.ok((await engine.plan({ question: 'Is there a dog?' })).expectedSec !== null);
  });

  test('gets an answer about footage that is gone, and is told that it is', async (t) => {
    const { engine, films } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 10, first: 95 });
    await engine.index({ paths: [films] });
    rmSync(path);
    const { answer, notices } = await engine.ask({ question: 'Is there a dog?' });
    assert.ok(answer !== '');
    assert.deepEqual(
      notices?.map(({ code }) => code),
      ['video-missing'],
    );
  });

  test('is told that footage went missing', async (t) => {
    const { engine, films } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 4, first: 0 });
    const { videos } = await engine.index({ paths: [path] });
    rmSync(path);
    await assert.rejects(engine.footage(videos[0].id!), { code: 'video-missing' });
  });
});

test('the doctor has a remedy for whatever is missing, also without a library and a model', async (t) => {
  const folder = temporaryFolder(t);
  const library = join(folder, 'library');
  writeFileSync(library, 'a file is in the way');
  const engine = createEngine({
    libraryDir: library,
    builtinModel: folder,
    mediaTools: { env: {}, staticPath: null },
  });
  t.after(() => engine.close());
  const { ok, checks } = doctorResultSchema.parse(await engine.doctor());
  assert.equal(ok, false);
  const failing = checks.filter((check) => !check.ok).map((check) => check.name);
  for (const name of ['ffmpeg', 'models', 'data folder']) assert.ok(failing.includes(name), name);
  for (const check of checks) if (!check.ok) assert.ok(check.remedy!.length > 5, check.name);
  assert.ok(checks.some((check) => check.name === 'execution provider cpu' && check.ok));
});
