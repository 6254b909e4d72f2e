import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pretendEngine, pretendVideos } from '../../tests/web/pretend-engine.ts';
import { LongviewError } from '../protocol/errors.ts';
import { createSession, type ServedEngine } from './session.ts';
import type { KeptJob } from '../protocol/queue.ts';
import type { IndexRequest } from '../protocol/requests.ts';

const info = { host: 'web' as const, version: '1.0.0', platform: 'linux', pick: false, sample: null };

/** What a session indexes by itself, given what the last one left. */
async function resumed(kept: KeptJob[]): Promise<[IndexRequest[], string[]]> {
  const begun: IndexRequest[] = [];
  const engine: ServedEngine = {
    ...pretendEngine({ videos: pretendVideos(1) }),
    keptQueue: async () => kept,
    async index(request) {
      begun.push(request);
      return { videos: [], wallSec: 0, realtimeFactor: 0 };
    },
  };
  const session = createSession(engine, { info });
  const wanted = kept.filter((job) => !job.paused).length;
  await new Promise<void>((resolve) => {
    session.listen((happening) => {
      if (happening.event === 'library' && begun.length === wanted) resolve();
    });
  });
  const states: string[] = [];
  await session.answer(
    { id: 1, method: 'activity', request: {} },
    (reply) => {
      if ('result' in reply)
        states.push(...(reply.result as { jobs: { state: string }[] }).jobs.map(({ state }) => state));
    },
    new AbortController().signal,
  );
  await session.close();
  return [begun, states];
}

const job = (path: string, standing: Partial<KeptJob> = {}): KeptJob => ({
  request: { paths: [path] },
  paused: false,
  running: false,
  ...standing,
});

test('a job that a killed host had only just taken is begun by the next one', async () => {
  const [begun] = await resumed([job('/films', { running: true }), job('/more')]);
  assert.deepEqual(begun, [{ paths: ['/films'] }, { paths: ['/more'] }]);
});

test('every setting that it was asked with is kept', async () => {
  const asked = { paths: ['/films'], fps: 0.5, model: 'other' };
  const [begun] = await resumed([job('/films', { running: true, request: asked })]);
  assert.deepEqual(begun, [asked]);
});

test('a paused job stays paused over a restart', async () => {
  const [begun, states] = await resumed([job('/films', { paused: true }), job('/more')]);
  assert.deepEqual(begun, [{ paths: ['/more'] }]);
  assert.deepEqual(states, ['paused', 'done']);
});

test('a library that is locked at the start loses no job of the last host, nor one that is added meanwhile', async () => {
  let locked = true;
  let kept: KeptJob[] = [job('/films'), job('/more', { paused: true })];
  let asked = () => {};
  const wasAsked = new Promise<void>((resolve) => (asked = resolve));
  let allKept = () => {};
  const all = new Promise<void>((resolve) => (allKept = resolve));
  const begun: string[][] = [];
  const engine: ServedEngine = {
    ...pretendEngine({ videos: pretendVideos(1) }),
    footageAt: async ({ paths }) => ({ paths: [...paths], errors: [] }),
    async keptQueue() {
      asked();
      if (locked) throw new LongviewError('library-locked', 'The library is in use.', 'Close the other one.');
      return kept;
    },
    async keepQueue(jobs) {
      kept = [...jobs];
      if (kept.length === 3) allKept();
    },
    index: ({ paths }) =>
      new Promise(() => {
        begun.push([...paths]);
      }),
  };
  const session = createSession(engine, { info });
  await wasAsked;
  await session.answer(
    { id: 1, method: 'enqueue', request: { paths: ['/new'] } },
    () => undefined,
    new AbortController().signal,
  );
  assert.deepEqual(
    kept.map(({ request }) => request.paths),
    [['/films'], ['/more']],
    'what was kept is still there',
  );
  locked = false;
  await all;
  assert.deepEqual(
    kept.map(({ request, paused }) => [request.paths[0], paused]),
    [
      ['/new', false],
      ['/films', false],
      ['/more', true],
    ],
  );
  assert.deepEqual(begun, [['/new']]);
});
