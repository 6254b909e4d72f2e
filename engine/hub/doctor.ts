import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { LongviewError } from '../protocol/errors.ts';
import { plural } from '../protocol/plural.ts';
import type { HubCheck } from '../protocol/team.ts';
import type { Hub } from './connect.ts';
import type { Mounts } from './roots.ts';
import { unpackLines, unpackPatches, unpackSeries, unpackStills } from './segments.ts';

/** The oldest PostgreSQL that has what is used of it. */
const oldestServer = 13;
/** So many segments are read as a sample. */
const sampled = 200;

/** Looks at a hub as an administrator would; each check stands alone. */
export async function examineHub(hub: Hub, mounts: Mounts): Promise<HubCheck[]> {
  const checks: HubCheck[] = [];
  const check = async (name: string, look: () => Promise<Omit<HubCheck, 'name'>>) => {
    try {
      checks.push({ name, ...(await look()) });
    } catch (error) {
      if (!(error instanceof LongviewError)) throw error;
      checks.push({ name, ok: false, message: error.message, remedy: error.remedy });
    }
  };
  await check('server', () => server(hub));
  if (!checks[0].ok) return checks;
  await check('tables', async () => {
    const { format } = await hub.facts();
    return { ok: true, message: `The hub is of format ${format}, which this Longview knows.` };
  });
  if (!checks[1].ok) return checks;
  await check('rights', () => rights(hub));
  await check('notifications', () => notifications(hub));
  await check('clock', () => clock(hub));
  await check('segments', () => segments(hub));
  await check('jobs', () => jobs(hub));
  await check('roots', () => roots(hub, mounts));
  return checks;
}

async function server(hub: Hub): Promise<Omit<HubCheck, 'name'>> {
  return hub.run(async (db) => {
    const { rows } = await sql<{
      version: string;
      num: number;
      sync: string;
      connections: number;
      used: number;
      ssl: boolean | null;
      local: boolean;
    }>`
      SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS num,
        current_setting('synchronous_commit') AS sync, current_setting('max_connections')::int AS connections,
        (SELECT count(*)::int FROM pg_stat_activity) AS used, inet_client_addr() IS NULL
          OR inet_client_addr() = inet_server_addr() AS local,
        (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS ssl`.execute(db);
    const [{ version, num, connections, used, ssl, local }] = rows;
    if (num < oldestServer * 10_000)
      return {
        ok: false,
        message: `PostgreSQL ${version} is too old.`,
        remedy: `Use ${oldestServer} or newer.`,
      };
    if (used > connections * 0.8)
      return {
        ok: false,
        message: `${used} of ${connections} connections are taken; each worker takes up to 5.`,
        remedy: 'Raise max_connections, or put a pooler in session mode before it.',
      };
    if (!local && ssl === false)
      return {
        ok: false,
        message: 'The connection is not encrypted.',
        remedy: 'Turn ssl on at the server, and add ?sslmode=verify-full to the address.',
      };
    return { ok: true, message: `PostgreSQL ${version}, ${used} of ${connections} connections taken.` };
  });
}

async function rights(hub: Hub): Promise<Omit<HubCheck, 'name'>> {
  return hub.run(async (db) => {
    const { rows } = await sql<{ table: string }>`
      SELECT relname AS "table" FROM pg_class WHERE relkind = 'r' AND relname NOT LIKE 'kysely%'
        AND relnamespace = to_regnamespace('longview')
        AND NOT (has_table_privilege(pg_class.oid, 'SELECT') AND has_table_privilege(pg_class.oid, 'INSERT')
          AND has_table_privilege(pg_class.oid, 'UPDATE') AND has_table_privilege(pg_class.oid, 'DELETE'))`.execute(
      db,
    );
    return rows.length === 0
      ? { ok: true, message: 'This user may read and write everything.' }
      : {
          ok: false,
          message: `This user may not write ${rows.map(({ table }) => table).join(', ')}.`,
          remedy: 'Grant it SELECT, INSERT, UPDATE and DELETE on all tables of the schema longview.',
        };
  });
}

async function notifications(hub: Hub): Promise<Omit<HubCheck, 'name'>> {
  let heard = false;
  const stop = await hub.listen(
    () => (heard = true),
    () => undefined,
  );
  try {
    await hub.run((db) => sql`SELECT pg_notify('longview', seq::text) FROM longview.hub`.execute(db));
    for (let i = 0; i < 40 && !heard; i++) await wait(50);
  } finally {
    await stop();
  }
  return heard
    ? { ok: true, message: 'Changes are told at once.' }
    : {
        ok: false,
        message: 'Notifications don’t arrive: desktops hear of changes every 15 seconds only.',
        remedy:
          'A pooler in transaction mode keeps them back: connect to PostgreSQL itself, or use session mode.',
      };
}

/** Only the hub's clock counts for leases and order; a person may still wonder about times. */
async function clock(hub: Hub): Promise<Omit<HubCheck, 'name'>> {
  return hub.run(async (db) => {
    const { rows } = await sql<{ ms: number }>`
      SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms`.execute(db);
    const off = Math.round((Date.now() - rows[0].ms) / 1000);
    const message =
      Math.abs(off) < 5 ? 'The clocks agree.' : `This machine's clock is ${off} s off the hub's.`;
    return { ok: true, message: `${message} Only the hub's counts.` };
  });
}

async function segments(hub: Hub): Promise<Omit<HubCheck, 'name'>> {
  return hub.snapshot(async (trx) => {
    const gaps = await sql<{ id: string }>`
      SELECT id FROM longview.passes WHERE patches <> coalesce((SELECT sum(count) FROM longview.segments
        WHERE segments.pass = passes.id AND part = 'patches'), 0)`.execute(trx);
    const { rows } = await sql<{ owner: string; part: string; data: Buffer }>`
      SELECT owner, part, data FROM longview.segments WHERE part <> 'tokens' ORDER BY random() LIMIT ${sampled}`.execute(
      trx,
    );
    const read = { patches: unpackPatches, stills: unpackStills, lines: unpackLines, series: unpackSeries };
    const broken = rows.filter(({ part, data }) => {
      try {
        read[part as keyof typeof read](data);
        return false;
      } catch {
        return true;
      }
    });
    const wrong = new Set([...gaps.rows.map(({ id }) => id), ...broken.map(({ owner }) => owner)]);
    return wrong.size === 0
      ? { ok: true, message: `No pass has a gap; ${plural(rows.length, 'segment')} of a sample can be read.` }
      : {
          ok: false,
          message: `${plural(wrong.size, 'track')} can't be read: ${[...wrong].slice(0, 5).join(', ')}.`,
          remedy:
            'Restore the hub from a backup, or index those videos again with "longview hub add --force".',
        };
  });
}

async function jobs(hub: Hub): Promise<Omit<HubCheck, 'name'>> {
  return hub.run(async (db) => {
    const { rows } = await sql<{ failed: number; stuck: number }>`
      SELECT count(*) FILTER (WHERE state IN ('failed', 'aside')) AS failed,
        count(*) FILTER (WHERE state = 'waiting' AND NOT EXISTS (SELECT 1 FROM longview.workers
          WHERE heard_at > now() - interval '5 minutes' AND jobs.extractors = ANY(workers.extractors)
            AND (jobs.version IS NULL OR jobs.version = ANY(workers.versions)))) AS stuck
      FROM longview.jobs`.execute(db);
    const [{ failed, stuck }] = rows;
    if (failed > 0)
      return {
        ok: false,
        message: `${plural(failed, 'job')} failed or were set aside.`,
        remedy: 'See "longview hub status"; "longview hub retry" tries them again.',
      };
    return stuck > 0
      ? {
          ok: false,
          message: `No worker that was heard from can do ${plural(stuck, 'waiting job')}.`,
          remedy: 'Start a worker with the extractors and the version that they need.',
        }
      : { ok: true, message: 'No job needs anybody’s eye.' };
  });
}

async function roots(hub: Hub, mounts: Mounts): Promise<Omit<HubCheck, 'name'>> {
  return hub.run(async (db) => {
    const { rows } = await sql<{ name: string }>`SELECT name FROM longview.roots ORDER BY name`.execute(db);
    const missing = rows.map(({ name }) => name).filter((name) => !Object.hasOwn(mounts, name));
    const gone = Object.entries(mounts).filter(([, mount]) => !existsSync(mount));
    if (gone.length > 0)
      return {
        ok: false,
        message: `Nothing is mounted at ${gone.map(([name, mount]) => `${mount} (${name})`).join(', ')}.`,
        remedy: 'Connect it, or give --root with where it is.',
      };
    return {
      ok: true,
      message:
        missing.length === 0
          ? 'Every root is mounted here.'
          : `Not mounted here: ${missing.join(', ')}. Its videos are found and can't be played here.`,
    };
  });
}
