import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { query } from '../../../demo/postgres.ts';
import { facts } from '../../../tests/fixtures/library.ts';
import { placeVideo } from '../actions.ts';
import { Hub } from '../connect.ts';
import { HubQueue } from '../queue.ts';

/** What was found after so many kills. */
export interface Killed {
  kills: number;
  /** Videos whose temporal patches aren't just those of an undisturbed run. */
  wrong: string[];
  /** Jobs by their states. */
  jobs: Record<string, number>;
  /** Times that a job was gone on with in the middle. */
  resumed: number;
}

/** Numbers between 0 and 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Starts a worker in a process of its own. */
export function spawnWorker(url: string, name: string, folder: string, msPerPatch: number): ChildProcess {
  return spawn(
    process.execPath,
    [join(import.meta.dirname, 'made-worker.ts'), url, name, folder, String(msPerPatch)],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
}

/** Puts made videos into a hub and its queue. */
export async function queueVideos(
  hub: Hub,
  videos: readonly { name: string; patches: number }[],
  folder: string,
) {
  const queue = new HubQueue(hub);
  for (const { name, patches } of videos) {
    writeFileSync(join(folder, `${name}.mp4`), name);
    const path = join(folder, `${name}.mp4`).slice(1).replaceAll('\\', '/');
    await placeVideo(hub, facts(name, patches), { root: 'footage', path });
    await queue.add(facts(name).contentHash, ['pictures']);
  }
}

/** Kills workers at random moments until a queue is empty, and compares what the hub has with what it must have. */
export async function killWorkers(url: string, kills: number, seed: number, workers = 3): Promise<Killed> {
  const next = random(seed);
  const folder = mkdtempSync(join(tmpdir(), 'longview-kills-'));
  const hub = new Hub(url, 'test', 2);
  const running = new Map<string, ChildProcess>();
  /** Dead ones too: a job names who holds it for a while after. */
  const byName = new Map<string, ChildProcess>();
  try {
    const videos = Array.from({ length: Math.ceil(kills * 1.5) + 3 }, (_, i) => ({
      name: `video ${i}`,
      patches: 20 + Math.floor(next() * 30),
    }));
    await queueVideos(hub, videos, folder);
    let died = 0;
    let started = 0;
    const start = (slot: string) => {
      const name = `${slot}-${started++}`;
      const child = spawnWorker(url, name, join(folder, slot), 12);
      byName.set(name, child);
      running.set(slot, child);
      child.once('exit', () => running.get(slot) === child && running.delete(slot));
    };
    const left = async () =>
      Number(
        (await query(url, "SELECT count(*) AS n FROM longview.jobs WHERE state IN ('waiting', 'running')"))[0]
          .n,
      );
    for (let i = 0; i < workers; i++) start(`w${i}`);
    while (await left()) {
      await wait(20);
      for (let i = 0; i < workers; i++) if (!running.has(`w${i}`)) start(`w${i}`);
      const holders = await query(url, "SELECT holder FROM longview.jobs WHERE state = 'running'");
      if (died < kills && holders.length > 0) {
        const holder = String(holders[Math.floor(next() * holders.length)].holder);
        await wait(next() * 600);
        // Whoever is in the middle of something, at whatever it is by now.
        const victim = byName.get(holder);
        if (victim?.exitCode === null && victim.signalCode === null && victim.kill('SIGKILL')) died++;
      }
      // Two deaths at one place look like poison, and here are chance: whoever administers a hub would say so, too.
      await new HubQueue(hub).retry();
    }
    const wrong: string[] = [];
    for (const { name, patches } of videos) {
      const rows = await query(
        url,
        `SELECT passes.state, passes.patches,
           (SELECT string_agg(first || '+' || count, ' ' ORDER BY first) FROM longview.segments
              WHERE segments.pass = passes.id AND part = 'patches') AS pieces,
           (SELECT string_agg(first || '+' || count, ' ' ORDER BY first) FROM longview.segments
              WHERE segments.pass = passes.id AND part = 'tokens') AS tokens
         FROM longview.passes WHERE content = $1`,
        [facts(name).contentHash],
      );
      const [row] = rows;
      const whole =
        rows.length === 1 && row.state === 'whole' && row.patches === patches && row.pieces === row.tokens;
      if (!whole || !isGapless(row.pieces as string, patches)) wrong.push(name);
    }
    const jobs = await query(url, 'SELECT state, count(*) AS n FROM longview.jobs GROUP BY state');
    const [{ n }] = await query(url, 'SELECT count(*) AS n FROM longview.shifts WHERE from_sec > 0');
    return {
      ...{ kills: died, wrong, resumed: Number(n) },
      jobs: Object.fromEntries(jobs.map((row) => [String(row.state), Number(row.n)])),
    };
  } finally {
    for (const child of running.values()) child.kill('SIGKILL');
    await hub.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Whether pieces as "0+3 3+6" lie one after the other up to the end. */
function isGapless(pieces: string, patches: number): boolean {
  let at = 0;
  for (const piece of pieces.split(' ')) {
    const [first, count] = piece.split('+').map(Number);
    if (first !== at) return false;
    at += count;
  }
  return at === patches;
}
