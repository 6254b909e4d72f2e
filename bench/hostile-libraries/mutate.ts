import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { facts, patch, settings, unit } from '../../tests/fixtures/library.ts';
import { textQuery } from '../../engine/language/text-match.ts';
import { openStore, type Store } from '../../engine/library/index.ts';
import { LongviewError } from '../../engine/protocol/errors.ts';
import { seeded } from '../kills/mishaps.ts';

/** What became of libraries that were changed by somebody else. */
export interface Mutations {
  tried: number;
  /** Opened, and every reading gave something. */
  read: number;
  /** Refused with an error that says what to do, when opened or when read. */
  refused: number;
  /** Errors that are none of ours. */
  mistakes: string[];
  /** Readings that took longer than ten seconds. */
  slow: string[];
  /** Files outside the library that are not as they were. */
  touched: string[];
}

const odd = [
  "''",
  "'../../outside'",
  "'/etc/passwd'",
  'NULL',
  '-1',
  '0',
  '1e300',
  '2147483648',
  "x'00'",
  "'[]'",
  "'{'",
  'zeroblob(3)',
  "'made-1'",
];

/** Changes bytes of the file, or values by SQL with all checks off; both are what a disk or a person may do. */
function mutate(file: string, whole: Buffer, random: () => number): string {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)];
  if (random() < 0.5) {
    const bytes = Buffer.from(whole);
    const places = Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
      Math.floor(random() * bytes.length),
    );
    for (const place of places) bytes[place] = Math.floor(random() * 256);
    const cut = random() < 0.2 ? Math.floor(random() * bytes.length) : bytes.length;
    writeFileSync(file, bytes.subarray(0, cut));
    return `bytes at ${places.join(', ')}, ${cut} long`;
  }
  writeFileSync(file, whole);
  const db = new Database(file);
  db.pragma('ignore_check_constraints = ON');
  db.pragma('foreign_keys = OFF');
  const tables = db
    .prepare<[], { name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
    )
    .all();
  const { name } = pick(tables);
  const columns = db.prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)').all(name);
  const column = pick(columns).name;
  const sql = `UPDATE "${name}" SET "${column}" = ${pick([...odd, `substr("${column}", 1, ${Math.floor(random() * 40)})`])}`;
  try {
    db.exec(sql);
  } catch {
    // STRICT tables refuse some: the library is whole then.
  }
  db.close();
  return sql;
}

/** Everything that is read of a library, and then all of it removed. */
function useAll(store: Store): void {
  store.cleanUp();
  store.jobs();
  store.requests();
  store.answers();
  store.answersSize();
  store.bins();
  store.kept();
  store.indexedVideos();
  store.libraryTable('made-1');
  store.nearest('made-1', unit(3), 5);
  store.bestSeen('made-1', ['dog'], 5);
  store.textHits(textQuery('hello'), 5);
  for (const { id } of store.videos()) {
    store.tracks(id);
    store.patchTable(id);
    store.frames(id);
    store.objects(id);
    store.labels(id);
    store.thumbnails(id);
    store.lines(id);
    store.series(id, 'loudness');
    if (store.hasTokens(id)) store.patchTokens(id, [0]);
  }
  for (const { id } of store.videos()) store.removeVideo(id);
  store.cleanUp();
}

function make(library: string): void {
  const store = openStore(library);
  for (const name of ['a', 'b']) {
    const { videoId } = store.saveFile(`/films/${name}.mp4`, facts(name));
    const pass = store.beginPass(videoId, settings);
    for (let number = 0; number < 40; number += 8)
      pass.append(Array.from({ length: 8 }, (_, index) => patch(number + index)));
    pass.setThumbnails([{ time: 0, file: '000000.jpg' }]);
    pass.complete();
    store.setText(videoId, 'beside', [{ kind: 'said', start: 1, end: 2, text: 'Hello there' }]);
    const loud = { kind: 'loudness', extractor: 'loudness', version: '1', settings: {} } as const;
    const track = store.beginTrack(videoId, loud);
    track.appendSeries(Float32Array.of(1, 2, 3), 1, 0);
    track.complete([[0, 3, 1]]);
  }
  store.enqueue(['/films/c.mp4'], { model: 'made' });
  store.keepRequests([{ request: { paths: ['/films'] }, paused: true, running: false }]);
  store.setSetting('one', { two: 3 });
  store.close();
}

/**
 * Opens, reads, examines and empties libraries whose file was changed at random.
 * @param folder empty; everything is made in it
 */
export function mutations(count: number, seed: number, folder: string): Mutations {
  const library = join(folder, 'deep', 'library');
  mkdirSync(join(folder, 'deep'), { recursive: true });
  const outside = ['outside', 'outside.tokens', join('deep', 'outside')].map((name) => join(folder, name));
  for (const path of outside) writeFileSync(path, 'precious');
  make(library);
  const file = join(library, 'library.db');
  const whole = readFileSync(file);
  const random = seeded(seed);
  const result: Mutations = { tried: 0, read: 0, refused: 0, mistakes: [], slow: [], touched: [] };
  for (; result.tried < count; result.tried++) {
    for (const name of readdirSync(library))
      if (name.startsWith('library.db') || name === 'features')
        rmSync(join(library, name), { recursive: true });
    const what = mutate(file, whole, random);
    const began = performance.now();
    let store: Store | undefined;
    try {
      store = openStore(library);
      store.faults();
      useAll(store);
      result.read++;
    } catch (error) {
      if (error instanceof LongviewError && error.remedy !== '') result.refused++;
      else result.mistakes.push(`${what}: ${(error as Error).stack?.slice(0, 300)}`);
    } finally {
      try {
        store?.close();
      } catch (error) {
        if (!(error instanceof LongviewError)) result.mistakes.push(`${what}, closing: ${String(error)}`);
      }
    }
    if (performance.now() - began > 10_000) result.slow.push(what);
    for (const path of outside)
      if (readFileSync(path, 'utf8') !== 'precious') result.touched.push(`${what}: ${path}`);
  }
  return result;
}
