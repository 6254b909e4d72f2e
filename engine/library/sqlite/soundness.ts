import Database from 'better-sqlite3';
import { LongviewError, quote } from '../../protocol/errors.ts';
import { isPassId, isStillName } from '../names.ts';
import type { LibraryFault } from '../ports/health.ts';
import { foreignLibrary } from './errors.ts';
import { defineFunctions } from './functions.ts';
import { migrations } from './schema.ts';

/** The most temporal patches that are stored together; indexing stores 32. */
const mostTogether = 4096;
/** Of anything that is wrong so many cases are told. */
const mostTold = 20;

/**
 * Looks at an opened library before anything in it is relied on: somebody else may have made it, or a disk changed it.
 * What takes long (every blob) is left to {@link faultsOf}, and to the one who unpacks it.
 * @throws LongviewError `library-damaged`.
 */
export function checkSound(db: Database.Database, folder: string): void {
  checkSchema(db, folder);
  const passes = db
    .prepare<[], Record<'id' | 'fps' | 'numbers' | 'last' | 'batches', unknown>>(
      `SELECT passes.id, passes.fps, passes.patches AS numbers,
         coalesce((SELECT max(own.first + own.count) FROM patch_batches AS own WHERE own.pass = passes.num
           AND own.first = (SELECT max(last.first) FROM patch_batches AS last WHERE last.pass = passes.num)), 0) AS last,
         (SELECT count(*) FROM patch_batches AS own WHERE own.pass = passes.num) AS batches
       FROM passes`,
    )
    .all();
  for (const { id, numbers, last, batches } of passes) {
    if (!isPassId(id)) throw foreignLibrary(folder, `its pass is called ${quote(id)}`);
    if (numbers !== last || (last as number) > mostTogether * (batches as number))
      throw foreignLibrary(
        folder,
        `it says that the pass ${id} has ${String(numbers)} patches, and it has not`,
      );
  }
  const odd = db
    .prepare<[], { id: string }>(
      `SELECT id FROM passes WHERE grid_rows NOT BETWEEN 1 AND 4096 OR grid_columns NOT BETWEEN 1 AND 4096
         OR hidden_size NOT BETWEEN 0 AND 65536 OR embedding_size NOT BETWEEN 1 AND 65536 OR fps > 1000`,
    )
    .get();
  if (odd) throw foreignLibrary(folder, `the sizes of its pass ${odd.id} are no model's`);
  const still = db
    .prepare<[], { file: string }>("SELECT file FROM thumbnails WHERE file GLOB '*[^0-9a-z.-]*' LIMIT 1")
    .get();
  if (still) throw foreignLibrary(folder, `its still is called ${quote(still.file)}`);
}

interface Expected {
  columns: Map<string, readonly string[]>;
  /** What views and triggers are made of. */
  programs: Map<string, string>;
}

let expected: Expected | undefined;

/** Every table and column that ours has, and no view or trigger that ours hasn't: those would run by themselves. */
function checkSchema(db: Database.Database, folder: string): void {
  expected ??= newSchema();
  const found = schemaOf(db);
  for (const [table, columns] of expected.columns) {
    const own = found.columns.get(table);
    if (!own) throw foreignLibrary(folder, `it lacks the table ${quote(table)}`);
    const lacking = columns.find((column) => !own.includes(column));
    if (lacking !== undefined)
      throw foreignLibrary(folder, `its table ${quote(table)} lacks the column ${quote(lacking)}`);
  }
  const lacking = [...expected.programs.keys()].find((name) => !found.programs.has(name));
  if (lacking !== undefined) throw foreignLibrary(folder, `it lacks the ${lacking}`);
  const strange = [...found.programs.keys()].find(
    (name) => expected!.programs.get(name) !== found.programs.get(name),
  );
  if (strange !== undefined) throw foreignLibrary(folder, `it holds a ${strange} that no Longview made`);
}

function newSchema(): Expected {
  const db = new Database(':memory:');
  try {
    defineFunctions(db);
    for (const migration of migrations) db.exec(migration);
    return schemaOf(db);
  } finally {
    db.close();
  }
}

function schemaOf(db: Database.Database): Expected {
  const objects = db
    .prepare<[], { type: string; name: string; sql: string }>('SELECT type, name, sql FROM sqlite_schema')
    .all();
  const tables = objects.filter(({ type, name }) => type === 'table' && !name.startsWith('sqlite_'));
  const columnsOf = db.prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)');
  return {
    columns: new Map(tables.map(({ name }) => [name, columnsOf.all(name).map((column) => column.name)])),
    programs: new Map(
      objects
        .filter(({ type }) => type === 'view' || type === 'trigger')
        .map(({ type, name, sql }) => [`${type} ${quote(name)}`, sql]),
    ),
  };
}

const again = (path: string) =>
  `Remove the video (longview remove ${quote(path)}) and index it again, or restore the library from a backup.`;
const restore =
  'Restore the library from a backup (longview restore), or move its folder away and index again.';

/** Each query finds what is cut: the video's place and what is wrong with it. */
const cuts: readonly { what: string; sql: string }[] = [
  {
    what: 'patches are cut',
    sql: `SELECT passes.video FROM patch_batches JOIN passes ON passes.num = patch_batches.pass
      WHERE length(times) <> count * 32 OR length(cuts) <> count * 8
        OR length(embeddings) <> count * passes.embedding_size * 2`,
  },
  {
    what: 'patches are missing',
    sql: `SELECT passes.video FROM passes
      WHERE passes.patches <> coalesce((SELECT sum(own.count) FROM patch_batches AS own WHERE own.pass = passes.num), 0)`,
  },
  {
    what: 'objects are cut',
    sql: `SELECT passes.video FROM object_batches JOIN passes ON passes.num = object_batches.pass
      WHERE length(objects) NOT IN (count * 16, count * 22)`,
  },
  {
    what: 'values are cut',
    sql: `SELECT tracks.video FROM series JOIN tracks ON tracks.num = series.track WHERE length(data) <> count * 4`,
  },
  {
    what: 'tracks say nothing that can be read',
    sql: `SELECT tracks.video FROM tracks WHERE NOT json_valid(settings) OR NOT json_valid(coverage)`,
  },
  {
    what: 'lines say nothing that can be read',
    sql: `SELECT lines.video FROM lines WHERE extra IS NOT NULL AND NOT json_valid(extra)`,
  },
];

/** What is read as JSON beside the tracks. */
const texts: readonly { what: string; sql: string }[] = [
  { what: 'a request of the queue', sql: 'SELECT count(*) AS n FROM requests WHERE NOT json_valid(request)' },
  { what: 'a job of the queue', sql: 'SELECT count(*) AS n FROM jobs WHERE NOT json_valid(settings)' },
  {
    what: 'the error of a job',
    sql: 'SELECT count(*) AS n FROM jobs WHERE error IS NOT NULL AND NOT json_valid(error)',
  },
  { what: 'a setting', sql: 'SELECT count(*) AS n FROM settings WHERE NOT json_valid(value)' },
  { what: 'an answer', sql: 'SELECT count(*) AS n FROM answers WHERE NOT json_valid(result)' },
];

/** Everything that is wrong inside a library, each with what to do; reads all of it. */
export function faultsOf(db: Database.Database, folder: string): LibraryFault[] {
  const faults: LibraryFault[] = [];
  const add = (message: string, remedy: string) => {
    if (faults.length < mostTold) faults.push({ message, remedy });
  };
  try {
    checkSound(db, folder);
    for (const row of db.pragma(`quick_check(${mostTold})`) as { quick_check: string }[])
      if (row.quick_check !== 'ok') add(`library.db is damaged: ${row.quick_check}.`, restore);
    for (const { what, sql } of cuts) {
      const places = db
        .prepare<[], { path: string }>(
          `SELECT DISTINCT coalesce((SELECT files.path FROM files WHERE files.video = bad.video
             ORDER BY files.present DESC LIMIT 1), videos.id, 'a video that is gone') AS path
           FROM (${sql}) AS bad LEFT JOIN videos ON videos.num = bad.video LIMIT ${mostTold}`,
        )
        .all();
      for (const { path } of places) add(`Of ${path}, ${what}.`, again(path));
    }
    for (const { what, sql } of texts)
      if (db.prepare<[], { n: number }>(sql).get()!.n > 0)
        add(`In library.db ${what} can't be read.`, restore);
    const names = db.prepare<[], { file: string }>('SELECT DISTINCT file FROM thumbnails').all();
    for (const { file } of names) if (!isStillName(file)) add(`A still is called ${quote(file)}.`, restore);
    const rows = db.pragma('foreign_key_check') as { table: string }[];
    if (rows.length > 0) add(`${rows.length} rows of ${rows[0].table} belong to nothing.`, restore);
  } catch (error) {
    if (error instanceof LongviewError) add(error.message, error.remedy);
    else add(`library.db can't be read: ${(error as Error).message}.`, restore);
  }
  return faults;
}
