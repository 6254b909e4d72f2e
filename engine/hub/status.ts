import { sql } from 'kysely';
import type { HubStatusResult } from '../protocol/team.ts';
import type { Hub } from './connect.ts';
import { shownUrl } from './errors.ts';

/** How a hub is, in numbers. */
export async function hubStatus(hub: Hub): Promise<HubStatusResult> {
  const facts = await hub.facts();
  return hub.snapshot(async (trx) => {
    const { rows } = await sql<
      Omit<HubStatusResult, 'url' | 'format' | 'seq' | 'jobs'> & { jobs: Record<string, number> }
    >`
      SELECT current_setting('server_version') AS server,
        (SELECT count(*) FROM longview.videos WHERE removed_at IS NULL) AS videos,
        (SELECT coalesce(sum(duration_sec), 0) / 3600 FROM longview.videos WHERE removed_at IS NULL) AS hours,
        (SELECT count(DISTINCT content) FROM longview.passes WHERE state = 'whole') AS indexed,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('name', name, 'videos',
           (SELECT count(DISTINCT content) FROM longview.places WHERE root = name)) ORDER BY name), '[]')
           FROM longview.roots) AS roots,
        (SELECT coalesce(jsonb_object_agg(state, n), '{}') FROM
           (SELECT state, count(*) AS n FROM longview.jobs GROUP BY state) AS states) AS jobs,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('name', name, 'state', state, 'extractors', extractors,
           'roots', roots, 'heardSec', extract(epoch FROM clock_timestamp() - heard_at)) ORDER BY name), '[]')
           FROM longview.workers WHERE heard_at > now() - interval '1 day') AS workers,
        pg_database_size(current_database()) AS bytes,
        (SELECT coalesce(jsonb_object_agg(part, n), '{}') FROM
           (SELECT part, sum(octet_length(data)) AS n FROM longview.segments GROUP BY part) AS parts) AS segments,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('state', state, 'message', coalesce(error ->> 'message',
             CASE state WHEN 'aside' THEN 'Two workers died over it.' END, ''), 'remedy', coalesce(error ->> 'remedy',
             'Look at the file, then run "longview hub retry".'),
           'place', (SELECT root || ':/' || path FROM longview.places WHERE places.content = jobs.content LIMIT 1))), '[]')
           FROM longview.jobs WHERE state IN ('failed', 'aside')) AS troubles`.execute(trx);
    const [row] = rows;
    return {
      ...{ url: shownUrl(hub.url), format: facts.format, seq: facts.seq },
      ...row,
      jobs: { waiting: 0, running: 0, done: 0, failed: 0, aside: 0, ...row.jobs },
    };
  });
}
