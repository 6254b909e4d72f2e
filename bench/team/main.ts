import { parseArgs } from 'node:util';
import { badArgument } from '../../engine/protocol/errors.ts';
import { startPostgres } from '../../demo/postgres.ts';
import { Hub } from '../../engine/hub/index.ts';
import { killWorkers } from '../../engine/hub/testing/kills.ts';
import { query } from '../../demo/postgres.ts';
import { handOut } from './hand-out.ts';
import { publishing } from './publishing.ts';
import { replicas } from './replicas.ts';

/** For the list of benches. */
export const what =
  'a team’s hub: what publishing costs, the queue, replicas, sizes; --part kills for killed workers';

const parts = { publishing, queue: handOut, replicas };

/** Measures the parts one after the other, each on a hub of its own. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      part: { type: 'string' },
      hours: { type: 'string', default: '100' },
      count: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
    },
  });
  const { part } = values;
  if (part !== undefined && part !== 'kills' && !Object.hasOwn(parts, part))
    throw badArgument('--part', `one of ${[...Object.keys(parts), 'kills'].join(', ')}`, part);
  const postgres = await startPostgres();
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  try {
    for (const [name, measure] of Object.entries(parts)) {
      if (part !== undefined && part !== name) continue;
      const url = await postgres.database();
      const hub = new Hub(url, 'bench', 20);
      await hub.migrate();
      await measure({ hub, url, server: postgres.pid(), hours: Number(values.hours), say });
      await hub.close();
    }
    if (part !== 'kills') return;
    const url = await postgres.database();
    const hub = new Hub(url, 'bench', 2);
    await hub.migrate();
    await hub.close();
    await query(url, "UPDATE longview.hub SET lease = interval '1 second'");
    const { kills, wrong, jobs, resumed } = await killWorkers(url, Number(values.count), Number(values.seed));
    say(`workers killed at random moments: ${kills}; gone on with in the middle: ${resumed}`);
    say(
      `videos lost, doubled or with gaps: ${wrong.length}${wrong.length > 0 ? ` (${wrong.join(', ')})` : ''}`,
    );
    say(`jobs: ${JSON.stringify(jobs)}`);
    if (wrong.length > 0) process.exitCode = 1;
  } finally {
    await postgres.close();
  }
}
