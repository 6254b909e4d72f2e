import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { sql } from 'kysely';
import { LongviewError, quote } from '../protocol/errors.ts';
import { fileProblem } from '../protocol/file-errors.ts';
import type { HubBackupResult } from '../protocol/team.ts';
import type { Hub, HubTransaction } from './connect.ts';
import { hubFormat } from './schema.ts';

/** Tables in the order in which they can be filled. */
const tables = [
  ...[
    'changes',
    'videos',
    'roots',
    'places',
    'passes',
    'tracks',
    'segments',
    'corrections',
    'answers',
    'jobs',
  ],
  ...['shifts', 'workers', 'people', 'hub'],
] as const;
const rowsTogether = 8;
/** Characters that are sent together. */
const charactersTogether = 24e6;

/**
 * Copies a hub into one file, consistent whatever is written meanwhile: with pg_dump where there is one that knows the
 * server, else in a form of our own (a line for each row, zipped), which any PostgreSQL takes.
 * @throws LongviewError `file-exists`, and what connecting throws.
 */
export async function backUpHub(hub: Hub, file: string, programs?: string): Promise<HubBackupResult> {
  await hub.facts();
  if (await stat(file).catch(() => undefined))
    throw new LongviewError(
      'file-exists',
      `There is a file ${quote(file)} already.`,
      'Give another name, or delete it first.',
    );
  const partial = `${file}.partial`;
  try {
    const dumped = await withProgram(hub, partial, programs);
    if (!dumped) await writeRows(hub, partial);
    await rename(partial, file);
    return { path: file, bytes: (await stat(file)).size, by: dumped ? 'pg_dump' : 'longview' };
  } catch (error) {
    throw fileProblem(error) === 'denied'
      ? new LongviewError('permission-denied', `${quote(file)} can't be written.`, 'Choose another folder.', {
          cause: error,
        })
      : error;
  } finally {
    await rm(partial, { force: true });
  }
}

/** @returns whether pg_dump could do it */
async function withProgram(hub: Hub, target: string, programs: string | undefined): Promise<boolean> {
  const args = ['--format=custom', '--schema=longview', '--no-owner', '--no-acl', `--file=${target}`];
  return (await ran(tool('pg_dump', programs), args, hub.url)) === 0;
}

const tool = (name: string, programs: string | undefined) =>
  programs === undefined ? name : `${programs}/${name}`;

/** The password goes where other accounts can't see it. @returns the exit code; undefined where there is no such program */
function ran(program: string, args: readonly string[], url: string): Promise<number | null | undefined> {
  const bare = new URL(url);
  const password = decodeURIComponent(bare.password);
  bare.password = '';
  const env = password === '' ? process.env : { ...process.env, PGPASSWORD: password };
  return new Promise((resolve) => {
    const child = spawn(program, [`--dbname=${bare.href}`, ...args], { env, stdio: 'ignore' });
    child.on('error', () => resolve(undefined));
    child.on('exit', resolve);
  });
}

async function writeRows(hub: Hub, target: string): Promise<void> {
  await hub.snapshot(async (trx) => {
    await pipeline(
      Readable.from(rowsOf(trx)),
      createGzip({ level: 3 }),
      createWriteStream(target, { mode: 0o600 }),
    );
  });
}

async function* rowsOf(trx: HubTransaction): AsyncGenerator<string> {
  yield `${JSON.stringify({ longview: 'hub', format: hubFormat })}\n`;
  for (const table of tables) {
    yield `${JSON.stringify({ table })}\n`;
    await sql`DECLARE rows CURSOR FOR SELECT to_jsonb(t)::text AS row FROM ${sql.table(`longview.${table}`)} AS t`.execute(
      trx,
    );
    for (;;) {
      const { rows } = await sql<{ row: string }>`FETCH ${sql.lit(rowsTogether)} FROM rows`.execute(trx);
      for (const { row } of rows) yield `${row}\n`;
      if (rows.length < rowsTogether) break;
    }
    await sql`CLOSE rows`.execute(trx);
  }
}

/**
 * Makes a hub of a backup, in a database that holds none. Libraries that follow it notice, compare everything, and send
 * what was forgotten.
 * @throws LongviewError `file-exists` where the database holds a hub with videos, `file-unreadable`, `team-hub-too-new`.
 */
export async function restoreHub(hub: Hub, file: string, programs?: string): Promise<void> {
  await refuseFull(hub);
  const head = Buffer.alloc(5);
  const handle = await open(file).catch((cause: unknown) => {
    throw new LongviewError(
      'file-unreadable',
      `${quote(file)} can't be read.`,
      'Give the file that "longview hub backup" wrote.',
      { cause },
    );
  });
  await handle.read(head, 0, 5, 0);
  await handle.close();
  if (head.toString('latin1') === 'PGDMP') {
    await hub.script('DROP SCHEMA IF EXISTS longview CASCADE');
    const code = await ran(
      tool('pg_restore', programs),
      ['--no-owner', '--no-acl', '--exit-on-error', '--single-transaction', file],
      hub.url,
    );
    if (code !== 0)
      throw new LongviewError(
        'file-unreadable',
        code === undefined
          ? 'This backup was written by pg_dump, and there is no pg_restore here.'
          : `pg_restore failed on ${quote(file)}.`,
        "Install PostgreSQL's client programs of the server's version, and try again.",
      );
    await hub.migrate();
  } else {
    await hub.migrate();
    await readRows(hub, file);
  }
  await hub.facts();
}

async function refuseFull(hub: Hub): Promise<void> {
  const full = await hub.run(async (db) => {
    const there = await sql<{
      there: boolean;
    }>`SELECT to_regclass('longview.videos') IS NOT NULL AS there`.execute(db);
    if (!there.rows[0].there) return false;
    return (await sql`SELECT 1 FROM longview.videos LIMIT 1`.execute(db)).rows.length > 0;
  });
  if (full)
    throw new LongviewError(
      'file-exists',
      'The database holds a hub with videos.',
      'Restore into an empty database, then give that address to everybody; or drop its schema "longview" first.',
    );
}

async function readRows(hub: Hub, file: string): Promise<void> {
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: Infinity });
  const reader = lines[Symbol.asyncIterator]();
  await hub.write(async (trx) => {
    const first = await reader.next().catch(() => ({ value: '' }));
    const head = jsonIn(String(first.value ?? '')) as { longview?: string; format?: number } | undefined;
    if (head?.longview !== 'hub')
      throw new LongviewError(
        'file-unreadable',
        `${quote(file)} is no backup of a hub.`,
        'Give the file that "longview hub backup" wrote.',
      );
    if ((head.format ?? 0) > hubFormat)
      throw new LongviewError(
        'team-hub-too-new',
        `${quote(file)} was written by a newer Longview.`,
        'Update Longview first.',
      );
    await sql`DELETE FROM longview.hub`.execute(trx);
    let table: string | undefined;
    let waiting: string[] = [];
    let length = 0;
    const flush = async () => {
      if (table !== undefined && waiting.length > 0) await fill(trx, table, waiting);
      waiting = [];
      length = 0;
    };
    for (;;) {
      const next: IteratorResult<string, unknown> = await reader.next();
      if (next.done === true) break;
      const line = next.value;
      if (line.startsWith('{"table":')) {
        await flush();
        table = (JSON.parse(line) as { table: string }).table;
        if (!tables.some((known) => known === table)) table = undefined;
      } else {
        waiting.push(line);
        length += line.length;
        if (waiting.length >= 500 || length > charactersTogether) await flush();
      }
    }
    await flush();
    for (const name of ['corrections', 'answers', 'jobs', 'shifts'])
      await sql`SELECT setval(pg_get_serial_sequence(${`longview.${name}`}, 'num'),
        greatest((SELECT max(num) FROM ${sql.table(`longview.${name}`)}), 1))`.execute(trx);
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function fill(trx: HubTransaction, table: string, rows: readonly string[]): Promise<void> {
  const { rows: columns } = await sql<{ name: string }>`
    SELECT column_name AS name FROM information_schema.columns
    WHERE table_schema = 'longview' AND table_name = ${table} AND is_generated = 'NEVER'`.execute(trx);
  const names = sql.join(columns.map(({ name }) => sql.ref(name)));
  await sql`INSERT INTO ${sql.table(`longview.${table}`)} (${names})
    SELECT ${names} FROM jsonb_populate_recordset(NULL::${sql.table(`longview.${table}`)}, ${`[${rows.join(',')}]`}::jsonb)`.execute(
    trx,
  );
}
