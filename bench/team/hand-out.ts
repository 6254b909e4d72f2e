import { HubQueue } from '../../engine/hub/index.ts';
import { measured, type Part } from './measure.ts';

const workers = 16;
const jobs = 2000;

/** How fast the queue hands out jobs to sixteen workers that do nothing, each by a connection of its own. */
export async function handOut({ hub, server, say }: Part): Promise<void> {
  await hub.script(`
    INSERT INTO longview.roots (name) VALUES ('footage');
    INSERT INTO longview.videos (content, facts, duration_sec)
      SELECT 'c' || n, '{}', 60 FROM generate_series(1, ${jobs}) AS n;
    INSERT INTO longview.places (root, path, content)
      SELECT 'footage', n || '.mp4', 'c' || n FROM generate_series(1, ${jobs}) AS n;
    INSERT INTO longview.jobs (content, extractors, added_by)
      SELECT 'c' || n, 'pictures', 'bench' FROM generate_series(1, ${jobs}) AS n;
    ANALYZE`);
  const queue = new HubQueue(hub);
  const skills = { extractors: ['pictures'], roots: ['footage'], versions: [] } as const;
  const taken = new Set<number>();
  const { wallSec, cpuSec, serverSec } = await measured(server, () =>
    Promise.all(
      Array.from({ length: workers }, async (_, i) => {
        for (;;) {
          const job = await queue.take(`worker ${i}`, skills);
          if (!job) return;
          if (taken.has(job.num)) throw new Error(`job ${job.num} was given out twice`);
          taken.add(job.num);
          await queue.done(job);
        }
      }),
    ),
  );
  say(
    `${workers} workers took and ended ${taken.size} of ${jobs} jobs in ${wallSec.toFixed(1)} s: ${(taken.size / wallSec).toFixed(0)} a second (aim: 200)`,
  );
  const each = ((cpuSec + serverSec) / taken.size) * 1000;
  say(
    `  processor time ${each.toFixed(2)} ms a job (${((cpuSec / taken.size) * 1000).toFixed(2)} here, ${((serverSec / taken.size) * 1000).toFixed(2)} in PostgreSQL): ${(1000 / each).toFixed(0)} a second and core`,
  );
}
