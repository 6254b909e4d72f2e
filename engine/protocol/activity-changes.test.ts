import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesBetween, createKnownActivity } from './activity-changes.ts';
import type { Job } from './wire.ts';

const job = (id: number, more: Partial<Job> = {}): Job => ({
  id,
  paths: [`/${id}`],
  state: 'waiting',
  addedAt: '2026-01-01T00:00:00.000Z',
  ...more,
});
const at = (change: number, host = 'one') => ({ host, change });

test('what changed is told, and what only went on by how far it is', () => {
  const [first, second] = [job(1), job(2, { state: 'running' })];
  const further = { ...second, progress: { stage: 'indexing', fraction: 0.5 } };
  assert.deepEqual(changesBetween([], [first, second]), {
    order: [1, 2],
    jobs: [first, second],
    progress: [],
  });
  assert.deepEqual(changesBetween([first, second], [first, further]), {
    jobs: [],
    progress: [{ job: 2, progress: further.progress }],
  });
  const done: Job = { ...further, state: 'done' };
  assert.deepEqual(changesBetween([first, further], [done, first]), {
    order: [2, 1],
    jobs: [done],
    progress: [],
  });
  assert.deepEqual(changesBetween([first, done], [first]), { order: [1], jobs: [], progress: [] });
});

test('any run of changes makes the queue that it came from', () => {
  const known = createKnownActivity();
  let jobs: Job[] = [];
  let change = 0;
  known.take({ jobs, at: at(0) });
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let step = 0; step < 500; step++) {
    const next = [...jobs];
    const one = random(Math.max(1, next.length));
    const kind = random(4);
    if (kind === 0 || next.length === 0) next.splice(one, 0, job(step + 1));
    else if (kind === 1) next.splice(one, 1);
    else if (kind === 2) next[one] = { ...next[one], progress: { stage: 'x', fraction: random(100) / 100 } };
    else next[one] = { ...next[one], state: 'done', progress: undefined };
    const told = known.change({ at: at(++change), ...changesBetween(jobs, next) });
    jobs = next;
    assert.deepEqual(told?.jobs, jobs);
  }
});

test('who missed something asks for all, and an old answer doesn’t undo what was told since', () => {
  const known = createKnownActivity();
  const change = { order: [1], jobs: [job(1)], progress: [] };
  assert.equal(known.change({ at: at(1), ...change }), undefined, 'nothing is known yet');
  known.take({ jobs: [job(1)], at: at(3) });
  assert.equal(known.change({ at: at(5), ...change }), undefined, 'the fourth was missed');
  assert.deepEqual(
    known.change({ at: at(2), order: [], jobs: [], progress: [] })?.jobs,
    [job(1)],
    'known already',
  );
  const done = job(1, { state: 'done' });
  known.change({ at: at(4), jobs: [done], progress: [] });
  assert.deepEqual(known.take({ jobs: [job(1)], at: at(3) }).jobs, [done]);
  assert.deepEqual(known.take({ jobs: [], at: at(0, 'another') }).jobs, [], 'a host that was started anew');
  assert.equal(known.change({ at: at(6), ...change }), undefined);
});
