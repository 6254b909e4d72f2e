import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf } from './problems.ts';
import type { Job } from '../../../engine/protocol/wire.ts';

const error = { code: 'not-a-video' as const, message: 'It is a poem.', remedy: 'Choose a video.' };
const job = (id: number, rest: Partial<Job>): Job => ({
  id,
  paths: ['/films'],
  state: 'done',
  addedAt: '2026-01-01T00:00:00.000Z',
  ...rest,
});
const file = (path: string, failed: boolean) => ({
  id: null,
  path,
  durationSec: null,
  status: failed ? ('failed' as const) : ('indexed' as const),
  patches: 0,
  ...(failed ? { error } : {}),
});
const result = (...videos: ReturnType<typeof file>[]) => ({ videos, wallSec: 1, realtimeFactor: 0 });
const paths = (jobs: Job[], known: string[] = []) => problemsOf(jobs, new Set(known)).map(({ path }) => path);

test('files that failed, jobs that failed and folders without a video are problems', () => {
  const jobs = [
    job(1, { result: result(file('/films/a.mp4', false), file('/films/poem.mp4', true)) }),
    job(2, { paths: ['/gone'], state: 'failed', error }),
    job(3, { paths: ['/empty'], result: result() }),
    job(4, { state: 'running' }),
  ];
  assert.deepEqual(paths(jobs), ['/films/poem.mp4', '/gone', '/empty']);
});

test('what was mended by a later try is none, nor what the library tells itself', () => {
  const failed = job(1, { result: result(file('/a.mp4', true), file('/b.mp4', true)) });
  assert.deepEqual(paths([failed, job(2, { result: result(file('/a.mp4', false)) })]), ['/b.mp4']);
  assert.deepEqual(paths([failed], ['/a.mp4', '/b.mp4']), []);
});
