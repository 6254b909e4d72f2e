import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { query } from '../../demo/postgres.ts';
import { facts, temporaryFolder } from '../../tests/fixtures/library.ts';
import { followOnce } from './follow.ts';
import { HubQueue } from './queue.ts';
import { killWorkers, queueVideos, spawnWorker } from './testing/kills.ts';
import { madeHub, postgres, skipped } from './testing/made-hub.ts';
import { madeIndex } from './testing/made-index.ts';
import { indexed, library, mounts, seen } from './testing/made-library.ts';
import { work, type WorkerEvent } from './worker.ts';

const needsPostgres = { skip: skipped };
const skills = { extractors: ['pictures'], roots: ['footage'], versions: [] } as const;

test('many workers never get the same job, and each gets one', needsPostgres, async (t) => {
  const { as } = await madeHub(t);
  const hub = as('boss');
  const folder = temporaryFolder(t);
  const names = Array.from({ length: 12 }, (_, i) => ({ name: `v${i}`, patches: 4 }));
  await queueVideos(hub, names, folder);
  const taken = await Promise.all(
    Array.from({ length: 20 }, (_, i) => new HubQueue(hub).take(`worker ${i}`, skills)),
  );
  const nums = taken.flatMap((job) => job?.num ?? []);
  assert.equal(nums.length, 12);
  assert.equal(new Set(nums).size, 12);
});

test(
  'a job of another version, another root or another kind of work is left to others',
  needsPostgres,
  async (t) => {
    const { as } = await madeHub(t);
    const hub = as('boss');
    await queueVideos(hub, [], temporaryFolder(t));
    const store = library(t);
    indexed(store, 'lecture', 4);
    await followOnce({ hub, store, mounts });
    const queue = new HubQueue(hub);
    await queue.add(facts('lecture').contentHash, ['speech'], { version: 'new' });
    assert.equal(await queue.add(facts('lecture').contentHash, ['speech']), 0, 'it waits once');
    const take = (change: object) =>
      queue.take('w', { ...skills, extractors: ['speech'], versions: ['new'], ...change });
    assert.equal(await take({ extractors: ['pictures'] }), undefined);
    assert.equal(await take({ versions: ['old'] }), undefined);
    assert.equal(await take({ roots: ['attic'] }), undefined);
    assert.equal((await take({}))?.content, facts('lecture').contentHash);
  },
);

test(
  'a worker that isn’t heard from loses its job within its lease, and can write nothing more',
  needsPostgres,
  async (t) => {
    const { url, as } = await madeHub(t, 1);
    const folder = temporaryFolder(t);
    await queueVideos(as('boss'), [{ name: 'long', patches: 60 }], folder);
    const [slow, quick] = [library(t), library(t)];
    const events: WorkerEvent[] = [];
    const deps = (who: string, store: ReturnType<typeof library>) => ({
      ...{ hub: as(who), store, mounts: { footage: '/' }, skills, publishEveryMs: 40, untilEmpty: true },
      onEvent: (event: WorkerEvent) => void events.push(event),
    });
    let asleep = false;
    const first = deps('slow', slow);
    // As a laptop that is shut: neither its heart nor its publishing goes on.
    const beats = first.hub.run.bind(first.hub);
    first.hub.run = async (work) => {
      while (asleep) await wait(20);
      return beats(work);
    };
    const made = madeIndex(slow, 15);
    const working = work({ ...first, index: made }, AbortSignal.timeout(20_000));
    while (events.filter(({ event }) => event === 'published').length < 4) await wait(20);
    asleep = true;
    await wait(1500);
    const begun = performance.now();
    await work({ ...deps('quick', quick), index: madeIndex(quick, 1) }, AbortSignal.timeout(20_000));
    assert.ok(performance.now() - begun < 10_000);
    asleep = false;
    await working;
    const shifts = await query(url, 'SELECT worker, how, from_sec FROM longview.shifts ORDER BY num');
    assert.deepEqual(
      shifts.map(({ worker, how }) => [worker, how]),
      [
        ['slow', 'died'],
        ['quick', 'done'],
      ],
    );
    assert.ok(Number(shifts[1].from_sec) > 0, 'it went on from what was published');
    assert.ok(events.some((event) => event.event === 'ended' && event.how === 'lost'));
    const replica = library(t);
    await followOnce({ hub: as('replica'), store: replica, mounts });
    const plain = library(t);
    const { videoId } = indexed(plain, 'long', 60);
    const { frames, table, tokens } = seen(replica, videoId);
    assert.deepEqual(
      { frames, table, tokens },
      (({ frames, table, tokens }) => ({ frames, table, tokens }))(seen(plain, videoId)),
    );
  },
);

test(
  'what a worker has is published and given back when it is told to end, and another goes on',
  needsPostgres,
  async (t) => {
    const { url, as } = await madeHub(t);
    const folder = temporaryFolder(t);
    await queueVideos(as('boss'), [{ name: 'long', patches: 60 }], folder);
    const drain = new AbortController();
    const [one, other] = [library(t), library(t)];
    const deps = (who: string, store: ReturnType<typeof library>, onEvent: (event: WorkerEvent) => void) => ({
      ...{
        hub: as(who),
        store,
        mounts: { footage: '/' },
        skills,
        publishEveryMs: 30,
        untilEmpty: true,
        onEvent,
      },
      index: madeIndex(store, 8),
    });
    await work(
      deps('one', one, ({ event }) => event === 'published' && drain.abort()),
      drain.signal,
    );
    assert.deepEqual(await query(url, 'SELECT state, holder, deaths FROM longview.jobs'), [
      { state: 'waiting', holder: null, deaths: 0 },
    ]);
    await work(
      deps('other', other, () => undefined),
      AbortSignal.timeout(20_000),
    );
    const shifts = await query(url, 'SELECT worker, how, from_sec, to_sec FROM longview.shifts ORDER BY num');
    assert.deepEqual(
      shifts.map(({ worker, how }) => [worker, how]),
      [
        ['one', 'drained'],
        ['other', 'done'],
      ],
    );
    assert.equal(shifts[0].to_sec, shifts[1].from_sec);
    assert.equal(shifts[1].to_sec, 60);
    assert.deepEqual(other.videos(), [], 'a worker keeps nothing');
  },
);

test(
  'a file that fails is tried again with its reason, then stays; nothing else waits for it',
  needsPostgres,
  async (t) => {
    const { url, as } = await madeHub(t);
    await queueVideos(
      as('boss'),
      [
        { name: 'bad', patches: 4 },
        { name: 'good', patches: 4 },
      ],
      temporaryFolder(t),
    );
    const store = library(t);
    const good = madeIndex(store, 0);
    const error = { code: 'file-truncated', message: 'It is cut short.', remedy: 'Copy it again.' } as const;
    const run = () =>
      work(
        {
          ...{ hub: as('w'), store, mounts: { footage: '/' }, skills, untilEmpty: true },
          index: async (path, job, signal) => (path.includes('bad') ? error : good(path, job, signal)),
        },
        AbortSignal.timeout(20_000),
      );
    for (let i = 0; i < 3; i++) {
      await run();
      await query(url, 'UPDATE longview.jobs SET not_before = now()');
    }
    const jobs = await new HubQueue(as('boss')).list();
    assert.deepEqual(
      jobs.map(({ state, tries }) => [state, tries]),
      [
        ['failed', 3],
        ['done', 0],
      ],
    );
    assert.equal(jobs[0].error?.message, error.message);
    assert.equal(await new HubQueue(as('boss')).retry(), 1);
  },
);

test('a file over which two workers die is set aside', needsPostgres, async (t) => {
  const { url, as } = await madeHub(t, 1);
  const folder = temporaryFolder(t);
  await queueVideos(as('boss'), [{ name: 'poison', patches: 30 }], folder);
  for (const name of ['one', 'two']) {
    const child = spawnWorker(url, name, join(folder, name), 30);
    await once(child, 'exit');
    await wait(1200);
    await new HubQueue(as('boss')).reap();
  }
  const [job] = await new HubQueue(as('boss')).list();
  assert.deepEqual([job.state, job.deaths], ['aside', 2]);
});

test('a hub that goes away in mid-write and comes back has everything once', needsPostgres, async (t) => {
  const { url, as } = await madeHub(t);
  await queueVideos(as('boss'), [{ name: 'long', patches: 90 }], temporaryFolder(t));
  const store = library(t);
  const events: string[] = [];
  let published = 0;
  const working = work(
    {
      ...{ hub: as('w'), store, mounts: { footage: '/' }, skills, publishEveryMs: 20, untilEmpty: true },
      index: madeIndex(store, 10),
      onEvent: ({ event }) => {
        events.push(event);
        if (event === 'published') published++;
      },
    },
    AbortSignal.timeout(40_000),
  );
  while (published < 2) await wait(10);
  await postgres().kill();
  await wait(400);
  await postgres().start();
  await working;
  assert.ok(events.includes('published'));
  const rows = await query(
    url,
    "SELECT first, count FROM longview.segments WHERE part = 'patches' ORDER BY first",
  );
  assert.equal(
    rows.reduce((sum, { count }) => sum + Number(count), 0),
    90,
  );
  assert.deepEqual(await query(url, 'SELECT state FROM longview.jobs'), [{ state: 'done' }]);
});

test('a hub that becomes newer under a worker ends it with a plain word', needsPostgres, async (t) => {
  const { url, as } = await madeHub(t, 1);
  const store = library(t);
  const working = work(
    {
      ...{ hub: as('w'), store, mounts: { footage: '/' }, skills },
      index: madeIndex(store, 10),
      onEvent: ({ event }) =>
        event === 'ready' && void query(url, 'UPDATE longview.hub SET format = 99, oldest = 99'),
    },
    AbortSignal.timeout(20_000),
  );
  await assert.rejects(working, { code: 'team-hub-too-new' });
});

test('workers killed at random moments: nothing is lost, doubled or different', needsPostgres, async (t) => {
  const { url } = await madeHub(t, 1);
  const { wrong, jobs, kills, resumed } = await killWorkers(url, 4, 22);
  assert.deepEqual([wrong, Object.keys(jobs), kills], [[], ['done'], 4]);
  assert.ok(resumed > 0, 'some were gone on with in the middle');
});
