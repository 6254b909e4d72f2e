import type { WorkerNews } from '../../protocol/team.ts';

/** Counts what a worker does, as Prometheus reads it. */
export interface Metrics {
  note: (news: WorkerNews) => void;
  /** Prometheus' text format 0.0.4. */
  text: () => string;
  /** Jobs by how they ended. */
  jobs: () => Record<string, number>;
}

/** Counts from nothing; see {@link Metrics}. */
export function createMetrics(now: () => number = () => performance.now()): Metrics {
  const ended = new Map<string, number>();
  const begun = now();
  let published = 0;
  let working = 0;
  let away = 0;
  let taken = 0;
  return {
    note({ event, how = '', extractors = '' }) {
      if (event === 'took') [working, taken] = [1, taken + 1];
      if (event === 'published') published++;
      if (event === 'away' || event === 'back') away = event === 'away' ? 1 : 0;
      if (event !== 'ended') return;
      working = 0;
      const labels = `extractors="${extractors}",how="${how.replaceAll(' ', '_')}"`;
      ended.set(labels, (ended.get(labels) ?? 0) + 1);
    },
    text() {
      const one = (name: string, type: string, help: string, lines: readonly string[]) =>
        [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines].join('\n');
      const blocks = [
        one('longview_worker_uptime_seconds', 'gauge', 'Seconds since it began.', [
          `longview_worker_uptime_seconds ${((now() - begun) / 1000).toFixed(1)}`,
        ]),
        one('longview_worker_busy', 'gauge', '1 while a job is at hand.', [
          `longview_worker_busy ${working}`,
        ]),
        one('longview_worker_hub_away', 'gauge', '1 while the hub can not be reached.', [
          `longview_worker_hub_away ${away}`,
        ]),
        one('longview_worker_jobs_taken_total', 'counter', 'Jobs taken.', [
          `longview_worker_jobs_taken_total ${taken}`,
        ]),
        one('longview_worker_publications_total', 'counter', 'Times that something was published.', [
          `longview_worker_publications_total ${published}`,
        ]),
        one('longview_worker_jobs_ended_total', 'counter', 'Jobs by how they ended.', [
          ...[...ended].map(([labels, n]) => `longview_worker_jobs_ended_total{${labels}} ${n}`),
        ]),
      ];
      return `${blocks.join('\n')}\n`;
    },
    jobs() {
      const jobs: Record<string, number> = {};
      for (const [labels, n] of ended) {
        const how = /how="([^"]*)"/u.exec(labels)?.[1] ?? '';
        jobs[how] = (jobs[how] ?? 0) + n;
      }
      return jobs;
    },
  };
}
