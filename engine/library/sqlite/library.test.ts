import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { facts, patch, settings, temporaryFolder } from '../../../tests/fixtures/library.ts';
import type { AskResult } from '../../protocol/results.ts';
import { type AnswerKey, openStore, type Store } from '../index.ts';

function library(t: TestContext): Store {
  const store = openStore(temporaryFolder(t));
  t.after(() => store.close());
  return store;
}

function indexed(store: Store, path: string, name: string): string {
  const { videoId } = store.saveFile(path, facts(name));
  const run = store.beginPass(videoId, settings);
  run.append([patch(0)]);
  run.complete();
  return videoId;
}

suite('a video is its content', () => {
  test('one content at two paths is one video', (t) => {
    const store = library(t);
    const first = store.saveFile('/films/a.mp4', facts('a'));
    const copy = store.saveFile('/copies/a.mp4', facts('a'));
    assert.deepEqual([first.moved, copy.moved], [false, true]);
    assert.equal(copy.videoId, first.videoId);
    assert.deepEqual(
      store.videos().map((video) => video.paths.toSorted()),
      [['/copies/a.mp4', '/films/a.mp4']],
    );
    assert.deepEqual(store.saveFile('/films/a.mp4', facts('a')), { videoId: first.videoId, moved: false });
  });

  test('a moved file keeps its index', (t) => {
    const store = library(t);
    const id = indexed(store, '/films/a.mp4', 'a');
    assert.deepEqual(store.saveFile('/new/b.mp4', facts('a')), { videoId: id, moved: true });
    store.forgetPaths(['/films/a.mp4']);
    assert.deepEqual(store.video(id).paths, ['/new/b.mp4']);
    assert.equal(store.videoFor('/new/b.mp4').id, id);
    assert.throws(() => store.video('/films/a.mp4'), { code: 'video-not-in-library' });
  });

  test('another content at its only path leaves it without a place, but known', (t) => {
    const store = library(t);
    const old = indexed(store, '/films/a.mp4', 'a');
    const videoId = indexed(store, '/films/a.mp4', 'b');
    assert.notEqual(videoId, old);
    assert.equal(store.video('/films/a.mp4').id, videoId);
    assert.deepEqual(store.video(old).paths, []);
    assert.equal(store.video(old).path, '/films/a.mp4');
    store.saveFile('/films/a.mp4', facts('a'));
    assert.equal(store.video('/films/a.mp4').id, old);
    assert.deepEqual(store.video(videoId).paths, []);
  });

  test('it is found by id, by the beginning of its id, and by path', (t) => {
    const store = library(t);
    const id = indexed(store, '/films/a.mp4', 'a');
    indexed(store, '/films/b.mp4', 'b');
    assert.equal(store.video(id).id, id);
    assert.equal(store.video(id.slice(0, 4)).id, id);
    assert.equal(store.video('/films/../films/a.mp4').id, id);
    assert.throws(() => store.video(id.slice(0, 3)), { code: 'video-not-in-library' });
    assert.throws(() => store.video("'; DROP TABLE videos; --"), { code: 'video-not-in-library' });
  });

  test('two contents whose hashes begin alike get different ids', (t) => {
    const store = library(t);
    const first = store.saveFile('/a', { ...facts('a'), contentHash: 'aaaaaaaaaaaaaa01' }).videoId;
    const second = store.saveFile('/b', { ...facts('a'), contentHash: 'aaaaaaaaaaaaaa02' }).videoId;
    assert.notEqual(first, second);
    assert.throws(() => store.video('aaaaa'), { message: /2 videos .* begins with "aaaaa"/ });
  });

  test('paths may hold anything that a file name may', (t) => {
    const store = library(t);
    for (const path of ['/it\'s/a "film".mp4', '/new\nline.mp4', '/-rf', '/🎬/фильм.mp4', '/100%_[x].mp4']) {
      const { videoId } = store.saveFile(path, facts(path.slice(1, 9)));
      assert.equal(store.video(path).id, videoId);
      assert.equal(store.video(videoId).path, path);
    }
  });
});

function answer(videoId: string, text: string): AskResult {
  return {
    question: 'What happens?',
    answer: text,
    gamma: 1.5,
    model: 'made',
    cached: false,
    confidence: 0.8,
    confident: true,
    evidence: [{ start: 1, end: 2, score: 0.5, reason: 'a dog' }],
    timing: { prefillMs: 1, decodeMs: 2, tokens: 3, totalMs: 4 },
    videoId,
    path: '/films/a.mp4',
    read: { patches: 4, ofPatches: 10 },
  };
}

const key: AnswerKey = {
  contentHash: 'c',
  indexRun: 'r',
  modelFingerprint: 'm',
  question: 'what happens',
  gamma: 1.5,
  sampling: 'greedy;48',
};

suite('answers', () => {
  test('come back for the same key only', (t) => {
    const store = library(t);
    const id = indexed(store, '/films/a.mp4', 'a');
    store.keepAnswer(key, answer(id, 'A dog runs.'));
    assert.deepEqual(store.cachedAnswer({ ...key }), answer(id, 'A dog runs.'));
    const others: Partial<AnswerKey>[] = [
      { contentHash: 'd' },
      { indexRun: 's' },
      { modelFingerprint: 'n' },
      { question: 'what' },
      { gamma: 0.75 },
      { sampling: 'greedy;24' },
    ];
    for (const other of others) assert.equal(store.cachedAnswer({ ...key, ...other }), undefined);
  });

  test('are replaced by newer ones in the cache and stay in the history', (t) => {
    const store = library(t);
    const [a, b] = [indexed(store, '/films/a.mp4', 'a'), indexed(store, '/films/b.mp4', 'b')];
    store.keepAnswer(key, answer(a, 'A dog runs.'));
    store.keepAnswer(key, answer(a, 'A cat sits.'));
    store.keepAnswer({ ...key, contentHash: 'other' }, answer(b, 'Rain.'));
    assert.equal(store.cachedAnswer(key)!.answer, 'A cat sits.');
    const texts = (videoId?: string) => store.answers(videoId).map(({ result }) => result.answer);
    assert.deepEqual(texts(), ['Rain.', 'A cat sits.', 'A dog runs.']);
    assert.deepEqual(texts(a), ['A cat sits.', 'A dog runs.']);
    store.removeAnswer(store.answers(a)[0].number);
    assert.equal(store.cachedAnswer(key)!.answer, 'A dog runs.');
    store.removeVideo(a);
    assert.deepEqual(texts(), ['Rain.']);
    assert.equal(store.cachedAnswer(key), undefined);
  });

  test('give way to a size limit, least recently used first, pinned ones never', (t) => {
    const store = library(t);
    const id = indexed(store, '/films/a.mp4', 'a');
    for (const question of ['one', 'two', 'three'])
      store.keepAnswer({ ...key, question }, answer(id, question));
    const numberOf = (text: string) => store.answers().find(({ result }) => result.answer === text)!.number;
    store.pinAnswer(numberOf('one'), true);
    const size = JSON.stringify(answer(id, 'three')).length;
    assert.equal(store.pruneAnswers(3 * size), 0);
    assert.equal(store.pruneAnswers(2 * size), 1);
    assert.deepEqual(
      store.answers().map(({ result }) => result.answer),
      ['three', 'one'],
    );
    assert.equal(store.pruneAnswers(0), 1);
    assert.deepEqual(
      store.answers().map(({ result, pinned }) => [result.answer, pinned]),
      [['one', true]],
    );
  });

  test('stay within the limit that was set, the newest and the pinned ones always, also after a restart', (t) => {
    const folder = temporaryFolder(t);
    let store = openStore(folder);
    const id = indexed(store, '/films/a.mp4', 'a');
    const keep = (question: string) => store.keepAnswer({ ...key, question }, answer(id, question));
    const texts = () => store.answers().map(({ result }) => result.answer);
    for (const question of ['first', 'other', 'third']) keep(question);
    const { bytes } = store.answersSize();
    store.pinAnswer(store.answers().find(({ result }) => result.answer === 'first')!.number, true);
    assert.equal(store.limitAnswers(Math.floor((bytes * 2) / 3)), 1);
    assert.deepEqual(texts(), ['third', 'first']);
    store.close();
    store = openStore(folder);
    t.after(() => store.close());
    keep('later');
    assert.deepEqual(texts(), ['later', 'first']);
    assert.equal(store.limitAnswers(0), 1);
    keep('alone');
    assert.deepEqual(texts(), ['alone', 'first']);
    assert.equal(store.answersSize().limitBytes, 0);
  });

  test('about several videos are in the history of each, and go with any of them', (t) => {
    const store = library(t);
    const [a, b] = [indexed(store, '/films/a.mp4', 'a'), indexed(store, '/films/b.mp4', 'b')];
    const evidence = [a, b].map((videoId) => ({ videoId, start: 1, end: 2, score: 1, reason: 'a dog' }));
    store.keepAnswer(key, { ...answer(a, 'Both.'), evidence });
    assert.deepEqual(
      [a, b].map((videoId) => store.answers(videoId).length),
      [1, 1],
    );
    store.removeVideo(b);
    assert.deepEqual(store.answers(), []);
  });

  test('of a shape that this Longview does not know are no answers', (t) => {
    const store = library(t);
    const id = indexed(store, '/films/a.mp4', 'a');
    store.keepAnswer(key, { ...answer(id, 'x'), confidence: 'none' } as unknown as AskResult);
    assert.equal(store.cachedAnswer(key), undefined);
    assert.deepEqual(store.answers(), []);
  });
});

suite('the queue', () => {
  test('keeps its order, what failed with its reason, and forgets what is done', (t) => {
    const store = library(t);
    store.enqueue(['/a', '/b'], { model: 'made', fps: 2 });
    store.enqueue(['/c', '/a'], { force: true });
    assert.deepEqual(
      store.jobs().map(({ path, state, settings }) => [path, state, settings.force, settings.fps]),
      [
        ['/a', 'waiting', true, undefined],
        ['/b', 'waiting', undefined, 2],
        ['/c', 'waiting', true, undefined],
      ],
    );
    const error = { code: 'not-a-video', message: 'It is a poem.', remedy: 'Give a video.' } as const;
    store.setJob('/b', 'failed', error);
    store.endJobs(['/a', '/c']);
    assert.deepEqual(
      store.jobs().map((job) => job.error),
      [error],
    );
    store.enqueue(['/b'], {});
    assert.deepEqual(
      store.jobs().map((job) => [job.state, job.error]),
      [['waiting', undefined]],
    );
  });

  test('puts what a crash cut short back into the queue', (t) => {
    const folder = temporaryFolder(t);
    const gone = openStore(folder);
    gone.enqueue(['/a', '/b'], {});
    gone.setJob('/a', 'running');
    gone.close();
    const [store, other] = [openStore(folder), openStore(folder)];
    t.after(() => {
      store.close();
      other.close();
    });
    other.setJob('/b', 'running');
    store.cleanUp();
    assert.deepEqual(
      store.jobs().map(({ state }) => state),
      ['waiting', 'running'],
      'what another living process works on is left to it',
    );
    store.enqueue(['/b'], { force: true });
    assert.deepEqual(store.jobs()[1].settings, {});
  });

  test('counts a death against a file only in the frames, and at the same place', (t) => {
    const folder = temporaryFolder(t);
    const dies = (at: number | undefined) => {
      const gone = openStore(folder);
      gone.enqueue(['/a'], {});
      gone.setJob('/a', 'running');
      gone.jobAt('/a', at);
      gone.close();
      const next = openStore(folder);
      next.cleanUp();
      const [{ crashes }] = next.jobs();
      next.close();
      return crashes;
    };
    assert.deepEqual([undefined, undefined, 0, 0, 35, 35, undefined, 35].map(dies), [0, 0, 1, 2, 1, 2, 2, 3]);
  });
});

test('settings are kept as they were given, and can be taken away', (t) => {
  const store = library(t);
  assert.equal(store.setting('model'), undefined);
  store.setSetting('model', { id: 'built-in', gammas: [0.75, 1.5] });
  store.setSetting('model', { id: 'other' });
  assert.deepEqual(store.setting('model'), { id: 'other' });
  store.setSetting('model', undefined);
  assert.equal(store.setting('model'), undefined);
});
