import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../engine/engine.ts';
import { publish } from '../../engine/hub/index.ts';
import { openStore } from '../../engine/library/index.ts';
import { makeSample } from '../../demo/sample/index.ts';
import { query } from '../../demo/postgres.ts';
import { measured, type Part } from './measure.ts';

/** What publishing a film costs beside making its tracks, and what it weighs. */
export async function publishing({ hub, url, server, say }: Part): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'longview-bench-'));
  try {
    const { video } = await makeSample({ dir: join(import.meta.dirname, '../../sample') });
    const engine = createEngine({ libraryDir: join(folder, 'library') });
    const { result, cpuSec: made } = await measured(server, () => engine.index({ paths: [video] }));
    await engine.close();
    const store = openStore(join(folder, 'library'));
    const { contentHash, durationSec } = store.videos()[0];
    const before = await written(url);
    const mounts = { sample: join(video, '..') };
    const sent = await measured(server, () => publish({ hub, store, contentHash, mounts }));
    const wal = (await written(url)) - before;
    const sizes = await query(
      url,
      'SELECT part, sum(octet_length(data)) AS n FROM longview.segments GROUP BY part ORDER BY part',
    );
    store.close();
    const all = sent.cpuSec + sent.serverSec;
    say(
      `made ${result.videos.length} film of ${durationSec.toFixed(0)} s in ${made.toFixed(1)} s of processor time`,
    );
    say(
      `published in ${sent.cpuSec.toFixed(2)} s here and ${sent.serverSec.toFixed(2)} s in PostgreSQL: ${((all / made) * 100).toFixed(2)} % of making it (aim: 5)`,
    );
    const perHour = 3600 / durationSec;
    const bytes = Object.fromEntries(sizes.map(({ part, n }) => [String(part), Number(n) * perHour]));
    for (const [part, n] of Object.entries(bytes))
      say(`  ${part.padEnd(8)} ${(n / 1e6).toFixed(2)} MB an hour`);
    const total = Object.values(bytes).reduce((sum, n) => sum + n, 0);
    say(
      `  together ${(total / 1e6).toFixed(2)} MB an hour, log (WAL) ${((wal * perHour) / 1e6).toFixed(2)} MB an hour`,
    );
    say('calculated from that:');
    say('   hours   database   without visual tokens   log a day, at 64 workers of 20x real time');
    for (const hours of [100, 1000, 10_000, 50_000]) {
      const size = (total * hours) / 1e9;
      const bare = ((total - (bytes.tokens ?? 0)) * hours) / 1e9;
      const day = (wal * perHour * 64 * 20 * 24) / 1e9;
      say(
        `${String(hours).padStart(8)} ${size.toFixed(1).padStart(8)} GB ${bare.toFixed(1).padStart(8)} GB ${day.toFixed(0).padStart(20)} GB`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function written(url: string): Promise<number> {
  const [{ n }] = await query(url, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS n");
  return Number(n);
}
