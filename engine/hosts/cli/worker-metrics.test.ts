import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from './worker-metrics.ts';

test('what a worker does is counted as Prometheus reads it', () => {
  let at = 0;
  const metrics = createMetrics(() => at);
  metrics.note({ event: 'took', extractors: 'pictures' });
  metrics.note({ event: 'published' });
  assert.match(metrics.text(), /^longview_worker_busy 1$/m);
  metrics.note({ event: 'ended', extractors: 'pictures', how: 'done' });
  metrics.note({ event: 'ended', extractors: 'pictures', how: 'not mounted' });
  metrics.note({ event: 'ended', extractors: 'pictures', how: 'done' });
  metrics.note({ event: 'away' });
  at = 2500;
  const text = metrics.text();
  for (const line of [
    'longview_worker_uptime_seconds 2.5',
    'longview_worker_busy 0',
    'longview_worker_hub_away 1',
    'longview_worker_jobs_taken_total 1',
    'longview_worker_publications_total 1',
    'longview_worker_jobs_ended_total{extractors="pictures",how="done"} 2',
    'longview_worker_jobs_ended_total{extractors="pictures",how="not_mounted"} 1',
  ])
    assert.ok(text.split('\n').includes(line), line);
  assert.ok(
    text.split('\n').every((line) => /^(# (HELP|TYPE) \S+ .+|[a-z_]+(\{[^}]*\})? [\d.]+)?$/.test(line)),
  );
  assert.deepEqual(metrics.jobs(), { done: 2, not_mounted: 1 });
});
