/**
 * `npm run team-demo`: a team in one command. Starts a real PostgreSQL, makes a hub of it, a server and three workers, has
 * six films indexed, kills a worker in the middle, and prints who did what, and that nothing is missing.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createEngine } from '../engine/engine.ts';
import { openTerminal } from '../engine/hosts/cli/terminal.ts';
import { findMediaTools } from '../engine/media/index.ts';
import { LongviewError } from '../engine/protocol/errors.ts';
import type { WorkerNews } from '../engine/protocol/team.ts';
import { query, startPostgres } from './postgres.ts';
import { makeSample } from './sample/index.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const terminal = openTerminal(process);
const films = 6;
const workers = ['ada', 'ben', 'cleo'] as const;
const children = new Set<ChildProcess>();

/** Cuts the sample recording into films, at key frames. */
async function makeFilms(folder: string): Promise<void> {
  mkdirSync(join(root, 'sample'), { recursive: true });
  const sample = await makeSample({ dir: join(root, 'sample'), onProgress: terminal.progress });
  terminal.clear();
  const { ffmpeg } = await findMediaTools();
  const seconds = 100;
  for (let film = 0; film < films; film++)
    await run(ffmpeg, [
      ...['-v', 'error', '-y', '-ss', String(film * seconds), '-i', sample.video, '-t', String(seconds)],
      ...['-map', '0:v', '-map', '0:a?', '-c', 'copy', join(folder, `film ${film + 1}.mp4`)],
    ]);
}

/** Runs Longview's command line in a process of its own. */
function longview(args: readonly string[], library: string): ChildProcess {
  const child = spawn(process.execPath, [join(root, 'engine/hosts/cli.ts'), ...args, '--library', library], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** Starts a worker and says what it does. */
function startWorker(
  name: string,
  url: string,
  footage: string,
  library: string,
  onNews: (news: WorkerNews) => void,
) {
  const args = [
    'worker',
    '--json',
    '--hub',
    url,
    '--root',
    `films=${footage}`,
    '--name',
    name,
    '--extractors',
    'pictures',
  ];
  const child = longview(args, library);
  child.stderr!.pipe(process.stderr);
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (!line.startsWith('{"event"')) return;
    const news = JSON.parse(line) as WorkerNews;
    if (news.event === 'took' || news.event === 'ended')
      terminal.line(
        `  ${name.padEnd(5)} ${news.event === 'took' ? `takes ${news.place}${news.fromSec ? `, from ${Math.round(news.fromSec)} s on` : ''}` : `${news.place}: ${news.how}`}`,
      );
    onNews(news);
  });
  return child;
}

/** The address that a server prints. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    createInterface({ input: server.stderr! }).on('line', (line) => {
      said += `${line}\n`;
      const [, url] = /Longview is at (\S+)/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
    server.once('exit', () => reject(new Error(`The server ended:\n${said}`)));
  });
}

/** A person asks the server in the way that the window does. */
async function askServer(address: string, token: string, method: string, request: unknown): Promise<unknown> {
  const { origin } = new URL(address);
  const entered = await fetch(`${origin}/api/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: origin },
    body: JSON.stringify({ key: token }),
  });
  if (!entered.ok) throw new Error(`The server said ${entered.status}.`);
  const cookie = entered.headers.get('set-cookie')!.split(';')[0];
  const response = await fetch(`${origin}/api/call`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: origin, Cookie: cookie },
    body: JSON.stringify({ id: 1, method, request }),
  });
  const last = (await response.text()).trim().split('\n').at(-1)!;
  const { result, error } = JSON.parse(last) as { result?: unknown; error?: { message: string } };
  return error ? { refused: error.message } : result;
}

async function demo(folder: string): Promise<boolean> {
  const footage = join(folder, 'films');
  mkdirSync(footage);
  await makeFilms(footage);
  const postgres = await startPostgres((text) => terminal.line(text));
  const url = await postgres.database('team');
  const engine = createEngine({ libraryDir: join(folder, 'boss') });
  try {
    const { server: version } = await engine.team
      .init({ url, takeoverSec: 6 })
      .then(() => engine.team.status({ url }));
    terminal.line(`A hub on PostgreSQL ${version}.`);
    const { token } = await engine.team.addPerson({ url, name: 'anna', role: 'ask' });
    const { files } = await engine.team.add({ url, roots: { films: footage }, paths: [footage] });
    terminal.line(`${files.length} films wait. Three workers:`);
    const served = existsSync(join(root, 'dist', 'renderer'))
      ? longview(['serve', '--hub', url, '--root', `films=${footage}`], join(folder, 'server'))
      : undefined;
    const address = served && addressOf(served);
    let killed: string | undefined;
    const running = new Map<string, ChildProcess>();
    for (const name of workers) {
      let published = 0;
      const kill = (news: WorkerNews) => {
        if (news.event === 'took') published = 0;
        if (news.event === 'published') published++;
        // In the middle of a film: some of it is published, and some of it isn't yet.
        if (killed !== undefined || name !== 'ben' || published < 3) return;
        killed = name;
        running.get(name)?.kill('SIGKILL');
        terminal.line(`  ${name} is killed in the middle of ${news.place}.`);
      };
      running.set(name, startWorker(name, url, footage, join(folder, name), kill));
    }
    for (;;) {
      const { jobs } = await engine.team.status({ url });
      if (jobs.waiting + jobs.running === 0) break;
      await wait(1000);
    }
    for (const child of running.values()) child.kill('SIGTERM');
    return await tell({ url, engine, footage, folder, killed, token, address });
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await engine.close();
    await postgres.close();
  }
}

interface Told {
  url: string;
  engine: ReturnType<typeof createEngine>;
  footage: string;
  folder: string;
  killed: string | undefined;
  token: string;
  address: Promise<string> | undefined;
}

/** Says who did what, and compares with a library that one machine made alone. @returns whether all is there */
async function tell({ url, engine, footage, folder, killed, token, address }: Told): Promise<boolean> {
  const shifts = await query(
    url,
    `SELECT worker, how, round(from_sec) AS from_sec, round(to_sec) AS to_sec,
       (SELECT path FROM longview.places WHERE places.content = jobs.content LIMIT 1) AS path,
       round(extract(epoch FROM shifts.ended_at - began_at)::numeric, 1) AS sec
     FROM longview.shifts JOIN longview.jobs ON jobs.num = shifts.job ORDER BY path, shifts.num`,
  );
  terminal.line('\nWho did what:');
  for (const { worker, how, from_sec: from, to_sec: to, path, sec } of shifts)
    terminal.line(
      `  ${String(path).padEnd(12)} ${String(worker).padEnd(5)} ${from} to ${to} s, ${how} after ${sec} s`,
    );
  const { checks } = await engine.team.doctor({ url, roots: { films: footage } });
  const replica = createEngine({ libraryDir: join(folder, 'laptop') });
  const alone = createEngine({ libraryDir: join(folder, 'alone') });
  try {
    await replica.team.follow({ url, roots: { films: footage } });
    terminal.line('\nOne machine indexes the same films alone, to compare…');
    await alone.index({ paths: [footage] });
    const words = { query: 'a dog', limit: 5 };
    const moments = async (from: typeof alone) =>
      (await from.find(words)).moments.map(
        ({ videoId, start, end }) => `${videoId} ${start.toFixed(1)}-${end.toFixed(1)}`,
      );
    const [theirs, own] = [await moments(replica), await moments(alone)];
    const patches = async (from: typeof alone) =>
      (await from.library()).videos.map(({ id, patches: n }) => `${id} ${n}`).toSorted();
    const same = JSON.stringify(await patches(replica)) === JSON.stringify(await patches(alone));
    const found = JSON.stringify(theirs) === JSON.stringify(own) && theirs.length > 0;
    const faults = checks.filter(({ ok, name }) => !ok && name !== 'server');
    terminal.line(
      `Every film has as many temporal patches as when one machine made it: ${same ? 'yes' : 'NO'}.`,
    );
    terminal.line(
      `"a dog" finds the same ${theirs.length} moments on the laptop that follows the hub: ${found ? 'yes' : 'NO'}.`,
    );
    terminal.line(
      `The hub's own checks: ${faults.length === 0 ? 'all well' : faults.map(({ message }) => message).join(' ')}.`,
    );
    let served = true;
    if (address) {
      const at = await address;
      const seen = (await askServer(at, token, 'library', {})) as { videos?: unknown[] };
      const refused = (await askServer(at, token, 'remove', { video: 'x' })) as { refused?: string };
      served = seen.videos?.length === films && refused.refused !== undefined;
      terminal.line(
        `In the browser anna, who may ask, sees ${seen.videos?.length} films; removing one: ${refused.refused ?? 'ALLOWED'}`,
      );
    } else terminal.line('No server was started: the interface isn’t built ("npm start" builds it).');
    const all = same && found && served && faults.length === 0 && killed !== undefined;
    terminal.line(all ? '\nNothing is missing.' : '\nSOMETHING IS MISSING.');
    return all;
  } finally {
    await replica.close();
    await alone.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'longview-team-'));
try {
  if (!(await demo(folder))) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof LongviewError)) throw error;
  process.stderr.write(`${error.message} ${error.remedy}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
