import { after, type TestContext } from 'node:test';
import { query, startPostgres, type StartedPostgres } from '../../../demo/postgres.ts';
import { Hub } from '../connect.ts';

/** Why tests of the hub are skipped here; undefined where there is a PostgreSQL. */
export let skipped: string | undefined;
let server: StartedPostgres | undefined;
try {
  server = await startPostgres();
} catch (error) {
  // Nobody is told that all is well on a machine that was to look.
  if (process.env.CI) throw error;
  skipped = `no PostgreSQL can be had here: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
}
after(() => server?.close());

/** The PostgreSQL of this test file. */
export function postgres(): StartedPostgres {
  if (!server) throw new Error(skipped);
  return server;
}

/** A hub of its own, whose workers lose their jobs after so many seconds of silence. */
export async function madeHub(
  t: TestContext,
  leaseSec = 45,
): Promise<{ url: string; as: (who: string) => Hub }> {
  const url = await postgres().database();
  const first = new Hub(url, 'test', 2);
  await first.migrate();
  await first.close();
  await query(url, `UPDATE longview.hub SET lease = make_interval(secs => ${leaseSec})`);
  const hubs: Hub[] = [];
  t.after(() => Promise.all(hubs.map((hub) => hub.close())));
  return {
    url,
    as: (who) => {
      const hub = new Hub(url, who);
      hubs.push(hub);
      return hub;
    },
  };
}
