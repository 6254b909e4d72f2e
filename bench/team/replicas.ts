import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followOnce, publish } from '../../engine/hub/index.ts';
import { openStore, type Store, type StoredPatch } from '../../engine/library/index.ts';
import { seeded } from '../kills/mishaps.ts';
import { median } from '../median.ts';
import { measured, type Part } from './measure.ts';

const settings = {
  ...{ modelId: 'made', modelFingerprint: 'made', fps: 2, grid: [4, 7] as const },
  ...{ hiddenSize: 128, embeddingSize: 384 },
};

/** A unit vector [384] that is another one for each number. */
function unit(seed: number): Float32Array {
  const random = seeded(seed * 2654435761);
  const values = Float32Array.from({ length: settings.embeddingSize }, () => random() - 0.5);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

const tokens = new Float32Array(4 * 7 * 128).map((_, i) => Math.sin(i));

function patch(number: number): StoredPatch {
  const object = (label: string) => ({
    label,
    score: 0.5,
    box: [0.1, 0.2, 0.3, 0.4] as [number, number, number, number],
  });
  return {
    ...{ start: number, end: number + 1, frameTimes: [number, number + 0.5], cutScores: [0, 0.1] },
    objects: [[object('person'), object('chair')], [object('person')]],
    ...{ tokens, embedding: unit(number) },
  };
}

/** An hour of footage that nobody filmed. */
function madeHour(store: Store): string {
  const contentHash = 'a0'.repeat(32);
  const { videoId } = store.saveFile('/mnt/footage/hour.mp4', {
    ...{
      contentHash,
      sizeBytes: 1e9,
      durationSec: 3600,
      width: 1920,
      height: 1080,
      frameRate: 25,
      codec: 'h264',
    },
  });
  const pass = store.beginPass(videoId, settings);
  for (let at = 0; at < 3600; at += 32)
    pass.append(Array.from({ length: Math.min(32, 3600 - at) }, (_, i) => patch(at + i)));
  pass.complete(3600);
  pass.close();
  return contentHash;
}

/** How long a laptop takes to have what a hub has, and whether it searches as fast as where it was made. */
export async function replicas({ hub, server, hours, say }: Part): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'longview-bench-'));
  const one = openStore(join(folder, 'one'));
  const stores = [one];
  const open = (name: string) => {
    const store = openStore(join(folder, name));
    stores.push(store);
    return store;
  };
  const mounts = { footage: '/mnt/footage' };
  try {
    const contentHash = madeHour(one);
    await publish({ hub, store: one, contentHash, mounts });
    const twin = open('twin');
    await followOnce({ hub, store: twin, mounts });
    search(one, twin, say);
    await hub.script(copies(contentHash, hours - 1));
    for (const tokensToo of [false, true]) {
      const store = open(tokensToo ? 'whole' : 'bare');
      const { result, wallSec, cpuSec, serverSec } = await measured(server, () =>
        followOnce({ hub, store, mounts, part: { tokens: tokensToo } }),
      );
      const bytes = statSync(join(store.folder, 'library.db')).size;
      say(
        `${result.pulled} hours ${tokensToo ? 'with' : 'without'} visual tokens: ${wallSec.toFixed(1)} s by the clock (aim: 60 for 100), ` +
          `${cpuSec.toFixed(1)} s of processor time here, ${serverSec.toFixed(1)} s in PostgreSQL; library.db ${(bytes / 1e6).toFixed(0)} MB`,
      );
      if (store.indexedVideos().length !== hours)
        throw new Error(`${store.indexedVideos().length} videos came`);
    }
  } finally {
    for (const store of stores) store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In turns, so that whatever else the machine does bears on both alike. */
function search(plain: Store, replica: Store, say: (line: string) => void): void {
  const ratios: number[] = [];
  const time = (store: Store, query: Float32Array) => {
    const begun = process.cpuUsage();
    for (let i = 0; i < 5; i++) store.nearest('made', query, 50);
    const { user, system } = process.cpuUsage(begun);
    return user + system;
  };
  for (const store of [plain, replica]) store.nearest('made', unit(1), 50);
  for (let i = 0; i < 41; i++) {
    const query = unit(10_000 + i);
    const [a, b] =
      i % 2 === 0
        ? [time(plain, query), time(replica, query)]
        : [time(replica, query), time(plain, query)].reverse();
    ratios.push(b / a);
  }
  say(
    `search on a replica takes ${median(ratios).toFixed(3)} x the processor time of the library where it was made (aim: 1.02)`,
  );
}

/** The same hour under other names, made by PostgreSQL itself. */
function copies(content: string, count: number): string {
  const name = (column: string) => `lpad(to_hex(n), 6, '0') || substr(${column}, 7)`;
  const series = `CROSS JOIN generate_series(1, ${count}) AS n`;
  return `
    INSERT INTO longview.videos (content, facts, duration_sec)
      SELECT ${name('content')}, jsonb_set(facts, '{contentHash}', to_jsonb(${name('content')})), duration_sec
      FROM longview.videos ${series} WHERE content = '${content}';
    INSERT INTO longview.passes (id, content, extractor, settings, state, patches, made_by)
      SELECT ${name('id')}, ${name('content')}, extractor, settings, state, patches, made_by FROM longview.passes ${series};
    INSERT INTO longview.tracks (id, content, pass, kind, extractor, version, settings, state, coverage, reached, items,
        started_at, completed_at, made_by)
      SELECT ${name('id')}, ${name('content')}, ${name('pass')}, kind, extractor, version, settings, state, coverage,
        reached, items, started_at, completed_at, made_by FROM longview.tracks ${series};
    INSERT INTO longview.segments (pass, part, first, count, data)
      SELECT ${name('pass')}, part, first, count, data FROM longview.segments ${series};
    ANALYZE`;
}
