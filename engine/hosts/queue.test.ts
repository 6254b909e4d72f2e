import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LongviewError } from '../protocol/errors.ts';
import { createQueue } from './queue.ts';
import type { Engine } from '../protocol/engine.ts';
import type { KeptJob } from '../protocol/queue.ts';
import type { IndexResult } from '../protocol/results.ts';
import type { Activity } from '../protocol/wire.ts';

/** An engine whose index calls end when the test says so. */
function stage() {
  const calls: {
    paths: string[];
    end: (result?: Partial<IndexResult>) => void;
    fail: (error: Error) => void;
  }[] = [];
  const engine: Pick<Engine, 'index'> = {
    index: ({ paths }, { signal } = {}) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () =>
          reject(new LongviewError('cancelled', 'Cancelled.', 'Again.')),
        );
        const end = (result = {}) => resolve({ videos: [], wallSec: 1, realtimeFactor: 1, ...result });
        calls.push({ paths, end, fail: reject });
      }),
  };
  const states: string[] = [];
  const waiting: { want: string; resolve: () => void }[] = [];
  let kept: KeptJob[] = [];
  const later: { work: () => void; ms: number; off: boolean }[] = [];
  const queue = createQueue(
    engine,
    {
      onChange({ jobs }: Activity) {
        const now = jobs.map((job) => job.state).join(' ');
        states.push(now);
        for (const waiter of waiting) if (waiter.want === now) waiter.resolve();
      },
      onLibrary: () => undefined,
      onKeep: (jobs) => (kept = jobs),
    },
    (work, ms) => {
      const one = { work, ms, off: false };
      later.push(one);
      return () => (one.off = true);
    },
  );
  const reach = async (want: string) => {
    if (states.at(-1) !== want) await new Promise<void>((resolve) => waiting.push({ want, resolve }));
  };
  const keptNow = () => kept.map(({ request, paused, running }) => [request.paths[0], paused, running]);
  return { queue, calls, reach, keptNow, later };
}

test('one job runs at a time, in order', async () => {
  const { queue, calls, reach } = stage();
  queue.add({ paths: ['/a'] });
  queue.add({ paths: ['/b'] });
  assert.deepEqual(
    calls.map(({ paths }) => paths[0]),
    ['/a'],
  );
  calls[0].end();
  await reach('done running');
  assert.deepEqual(
    calls.map(({ paths }) => paths[0]),
    ['/a', '/b'],
  );
  calls[1].end();
  await reach('done done');
});

test('a cancelled job stops and the next one runs', async () => {
  const { queue, reach } = stage();
  const { jobs } = queue.add({ paths: ['/a'] });
  queue.add({ paths: ['/b'] });
  queue.cancel(jobs[0].id);
  await reach('cancelled running');
});

test('a paused job lets others by and goes on when it is resumed', async () => {
  const { queue, calls, reach } = stage();
  const { jobs } = queue.add({ paths: ['/a'] });
  queue.pause(jobs[0].id);
  await reach('paused');
  queue.add({ paths: ['/b'] });
  await reach('paused running');
  calls[1].end();
  await reach('paused done');
  queue.resume(jobs[0].id);
  await reach('running done');
  assert.equal(calls[2].paths[0], '/a');
});

test('a job that fails says why, and so does one all of whose files failed', async () => {
  const { queue, calls, reach } = stage();
  queue.add({ paths: ['/a'] });
  calls[0].fail(new LongviewError('disk-full', 'The disk is full.', 'Free some space.'));
  await reach('failed');
  assert.equal(queue.activity().jobs[0].error?.code, 'disk-full');
  queue.add({ paths: ['/b'] });
  calls[1].end({
    videos: [{ id: null, path: '/b', durationSec: null, status: 'failed', patches: 0 }],
  });
  await reach('failed failed');
});

test('a job that finds the library locked waits, is kept, and is tried again until it is done', async () => {
  const { queue, calls, reach, keptNow, later } = stage();
  const lockedError = () =>
    new LongviewError('library-locked', 'The library is in use.', 'Close the other one.');
  queue.add({ paths: ['/a'] });
  queue.add({ paths: ['/b'] });
  for (let times = 0; times < 3; times++) {
    calls[times].fail(lockedError());
    await reach('waiting waiting');
    await new Promise(setImmediate);
    assert.equal(calls.length, times + 1, 'nobody is tried while the lock may last');
    assert.deepEqual(keptNow(), [
      ['/a', false, false],
      ['/b', false, false],
    ]);
    assert.ok(later[times].ms > 0);
    later[times].work();
  }
  const row = { id: null, path: '/a/1.mp4', durationSec: null, patches: 0 };
  const error = lockedError().toData();
  calls[3].end({
    videos: [
      { ...row, status: 'indexed' },
      { ...row, status: 'failed', error },
    ],
  });
  await reach('waiting waiting');
  await new Promise(setImmediate);
  later[3].work();
  calls[4].end();
  await reach('done running');
  calls[5].end();
  await reach('done done');
});

test('a job that waits for a lock can be cancelled, and closing calls the next try off', async () => {
  const { queue, calls, reach, later } = stage();
  const { jobs } = queue.add({ paths: ['/a'] });
  calls[0].fail(new LongviewError('library-locked', 'The library is in use.', 'Close the other one.'));
  await reach('waiting');
  await new Promise(setImmediate);
  queue.cancel(jobs[0].id);
  await reach('cancelled');
  await queue.close();
  assert.equal(later[0].off, true);
});

test('a bug is told as one', async () => {
  const { queue, calls, reach } = stage();
  queue.add({ paths: ['/a'] });
  calls[0].fail(new TypeError('x is not a function'));
  await reach('failed');
  assert.equal(queue.activity().jobs[0].error?.code, 'internal');
});

test('clearing keeps what is still to be done', async () => {
  const { queue, calls, reach } = stage();
  queue.add({ paths: ['/a'] });
  queue.add({ paths: ['/b'] });
  calls[0].end();
  await reach('done running');
  assert.deepEqual(
    queue.clear().jobs.map(({ paths }) => paths[0]),
    ['/b'],
  );
});

test('a job that nobody knows is refused with its number', () => {
  const { queue } = stage();
  assert.throws(() => queue.cancel(41), /got 41/);
});

test('closing stops what runs and waits for it', async () => {
  const { queue } = stage();
  queue.add({ paths: ['/a'] });
  queue.add({ paths: ['/b'] });
  await queue.close();
  assert.deepEqual(
    queue.activity().jobs.map(({ state }) => state),
    ['running', 'waiting'],
  );
});

test('a job is kept before it begins, and no longer once it ended', async () => {
  const { queue, calls, reach, keptNow } = stage();
  queue.add({ paths: ['/a'], force: true });
  queue.add({ paths: ['/b'] }, true);
  assert.deepEqual(keptNow(), [
    ['/a', false, true],
    ['/b', true, false],
  ]);
  calls[0].end();
  await reach('done paused');
  assert.deepEqual(keptNow(), [['/b', true, false]]);
  queue.cancel(queue.activity().jobs[1].id);
  assert.deepEqual(keptNow(), []);
});

test('what a closed queue was working on stays kept', async () => {
  const { queue, keptNow } = stage();
  queue.add({ paths: ['/a'] });
  await queue.close();
  assert.deepEqual(keptNow(), [['/a', false, true]]);
});

test('a job that is put first is worked on at once; the other goes on afterwards', async () => {
  const { queue, calls, reach } = stage();
  queue.add({ paths: ['/a'] });
  queue.add({ paths: ['/b'] });
  const { jobs } = queue.add({ paths: ['/c'] });
  queue.move(jobs[2].id, 'first');
  await reach('running waiting waiting');
  assert.deepEqual(
    queue.activity().jobs.map(({ paths }) => paths[0]),
    ['/c', '/a', '/b'],
  );
  assert.equal(calls.at(-1)?.paths[0], '/c');
  queue.move(jobs[1].id, 'earlier');
  assert.deepEqual(
    queue.activity().jobs.map(({ paths }) => paths[0]),
    ['/c', '/b', '/a'],
  );
  queue.move(jobs[0].id, 'later');
  assert.equal(queue.activity().jobs[2].paths[0], '/a', 'the last stays the last');
  calls.at(-1)!.end();
  await reach('done running waiting');
  assert.equal(calls.at(-1)?.paths[0], '/b');
});

test('a held queue begins nothing and lets go of what runs', async () => {
  const { queue, calls, reach } = stage();
  queue.add({ paths: ['/a'] });
  queue.hold(true);
  await reach('waiting');
  queue.add({ paths: ['/b'] });
  assert.equal(calls.length, 1);
  queue.hold(false);
  await reach('running waiting');
});
