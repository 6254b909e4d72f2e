import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import Database from 'better-sqlite3';
import { unclearColumns } from '../testing/sql-scopes.ts';
import { sqlStrings } from '../testing/sql-strings.ts';
import { LibraryDatabase } from './database.ts';

const folder = mkdtempSync(join(tmpdir(), 'longview-queries-'));
new LibraryDatabase(folder).close();
const db = new Database(join(folder, 'library.db'));
// Only backups have this one.
db.exec('CREATE TABLE backup_files (path TEXT, part INTEGER, data BLOB)');
after(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const eachColumns = 'key value type atom id parent fullkey path'.split(' ');
const columns = new Map<string, ReadonlySet<string>>([
  ['json_each', new Set(eachColumns)],
  ['pragma_table_info', new Set(['cid', 'name', 'type', 'notnull', 'dflt_value', 'pk'])],
  ['sqlite_schema', new Set(['type', 'name', 'tbl_name', 'rootpage', 'sql'])],
  ...db
    .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
    .all()
    .map(({ name }) => {
      const rows = db.pragma(`table_info(${name})`) as { name: string }[];
      return [name, new Set(rows.map((row) => row.name))] as const;
    }),
]);
const strings = sqlStrings(import.meta.dirname);

test('every statement of the library is found, and is one of its schema', () => {
  assert.ok(strings.length >= 90, `${strings.length} statements`);
  for (const { file, line, sql } of strings)
    assert.doesNotThrow(() => db.prepare(sql), `${file}:${line}\n${sql}`);
});

test('no column in a subquery leaves open whose it is', () => {
  const ofSchema = db
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type IN ('view', 'trigger')",
    )
    .all()
    .map(({ name, sql }) => ({ file: name, line: 1, sql: sql.slice(sql.search(/\b(SELECT|BEGIN)\b/)) }));
  const unclear = [...strings, ...ofSchema].flatMap(({ file, line, sql }) =>
    unclearColumns(sql, columns).map(
      ({ column, tables }) => `${file}:${line} ${column} (${tables.join(', ')})`,
    ),
  );
  assert.deepEqual(unclear, []);
});

test('a column that two tables have, or only the outer one, is told', () => {
  const ghost =
    'DELETE FROM videos WHERE num IN (SELECT video FROM files WHERE path = ?) AND NOT EXISTS (SELECT 1 FROM passes WHERE video = num)';
  assert.deepEqual(unclearColumns(ghost, columns), [{ column: 'num', tables: ['passes', 'videos'] }]);
  const silent = 'DELETE FROM videos WHERE EXISTS (SELECT 1 FROM labels WHERE name = content_hash)';
  assert.deepEqual(unclearColumns(silent, columns), [{ column: 'content_hash', tables: ['videos'] }]);
  const aliased =
    'SELECT 1 FROM files f WHERE EXISTS (SELECT 1 FROM files AS g WHERE g.video = f.video AND present = 1)';
  assert.deepEqual(unclearColumns(aliased, columns), [{ column: 'present', tables: ['g', 'f'] }]);
  const clear =
    'SELECT num FROM videos WHERE id IN (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 FROM files WHERE files.video = videos.num)';
  assert.deepEqual(unclearColumns(clear, columns), []);
});
