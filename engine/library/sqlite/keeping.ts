import type { Bin, KeptChange, KeptStretch, StoredKept } from '../ports/keeping.ts';
import type { LibraryDatabase } from './database.ts';

interface KeptRow {
  num: number;
  content_hash: string;
  path: string;
  start: number;
  end: number;
  title: string;
  note: string;
  favourite: number;
  kept_at: number;
}

/** Moments that somebody keeps, their bins and tags. */
export class KeptMoments {
  readonly #db: LibraryDatabase;

  constructor(db: LibraryDatabase) {
    this.#db = db;
  }

  bins(): Bin[] {
    return this.#db.all<Bin>(
      `SELECT bins.num AS number, bins.name, (SELECT count(*) FROM binned WHERE binned.bin = bins.num) AS moments
       FROM bins ORDER BY bins.name COLLATE NOCASE, bins.num`,
    );
  }

  makeBin(name: string): number {
    return this.#db.write(() => {
      const known = this.#db.get<{ num: number }>('SELECT num FROM bins WHERE name = ?', name);
      return known
        ? known.num
        : this.#db.run('INSERT INTO bins (name, made_at) VALUES (?, ?)', name, Date.now()).lastInsertRowid;
    });
  }

  renameBin(bin: number, name: string): boolean {
    return this.#db.write(() => {
      const other = this.#db.get('SELECT 1 FROM bins WHERE name = ? AND num <> ?', name, bin);
      if (other) return false;
      return this.#db.run('UPDATE bins SET name = ? WHERE num = ?', name, bin).changes > 0;
    });
  }

  removeBin(bin: number): void {
    this.#db.write(() => {
      const inside = this.#db.all<{ kept: number }>('SELECT kept FROM binned WHERE bin = ?', bin);
      this.#db.run('DELETE FROM bins WHERE num = ?', bin);
      this.#letGo(inside.map(({ kept }) => kept));
    });
  }

  all(): StoredKept[] {
    return this.#db.snapshot(() => {
      const bins = Map.groupBy(
        this.#db.all<{ bin: number; kept: number }>('SELECT bin, kept FROM binned ORDER BY bin'),
        ({ kept }) => kept,
      );
      const tags = Map.groupBy(
        this.#db.all<{ kept: number; tag: string }>(
          'SELECT kept, tag FROM kept_tags ORDER BY tag COLLATE NOCASE',
        ),
        ({ kept }) => kept,
      );
      return this.#db.all<KeptRow>('SELECT * FROM kept ORDER BY kept_at DESC, num DESC').map((row) => ({
        ...{ number: row.num, contentHash: row.content_hash, path: row.path, title: row.title },
        ...{ start: row.start, end: row.end, note: row.note, favourite: row.favourite === 1 },
        tags: (tags.get(row.num) ?? []).map(({ tag }) => tag),
        bins: (bins.get(row.num) ?? []).map(({ bin }) => bin),
        keptAt: row.kept_at,
      }));
    });
  }

  keep(stretches: readonly KeptStretch[], change: KeptChange): number[] {
    return this.#db.write(() => {
      const numbers = stretches.map(
        ({ contentHash, path, start, end, title }) =>
          this.#db.get<{ num: number }>(
            `INSERT INTO kept (content_hash, path, start, end, title, kept_at) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET path = excluded.path RETURNING num`,
            contentHash,
            path,
            milli(start),
            milli(end),
            title,
            Date.now(),
          )!.num,
      );
      this.#change(numbers, change);
      return numbers;
    });
  }

  change(numbers: readonly number[], change: KeptChange): void {
    this.#db.write(() => {
      this.#change(numbers, change);
      this.#letGo(numbers);
    });
  }

  forget(numbers: readonly number[]): void {
    this.#db.writeAnyhow(() => {
      for (const number of numbers) this.#db.run('DELETE FROM kept WHERE num = ?', number);
    });
  }

  #change(
    numbers: readonly number[],
    { favourite, note, addTags = [], removeTags = [], addTo, removeFrom }: KeptChange,
  ): void {
    for (const number of numbers) {
      if (favourite !== undefined)
        this.#db.run('UPDATE kept SET favourite = ? WHERE num = ?', favourite ? 1 : 0, number);
      if (note !== undefined) this.#db.run('UPDATE kept SET note = ? WHERE num = ?', note, number);
      for (const tag of addTags)
        this.#db.run(
          'INSERT OR IGNORE INTO kept_tags (kept, tag) SELECT num, ? FROM kept WHERE num = ?',
          tag,
          number,
        );
      for (const tag of removeTags)
        this.#db.run('DELETE FROM kept_tags WHERE kept = ? AND tag = ?', number, tag);
      if (addTo !== undefined)
        this.#db.run(
          'INSERT OR IGNORE INTO binned (bin, kept) SELECT bins.num, kept.num FROM bins, kept WHERE bins.num = ? AND kept.num = ?',
          addTo,
          number,
        );
      if (removeFrom !== undefined)
        this.#db.run('DELETE FROM binned WHERE bin = ? AND kept = ?', removeFrom, number);
    }
  }

  /** Forgets those that nothing holds. */
  #letGo(numbers: readonly number[]): void {
    for (const number of numbers)
      this.#db.run(
        `DELETE FROM kept WHERE num = ? AND favourite = 0 AND note = ''
           AND NOT EXISTS (SELECT 1 FROM binned WHERE binned.kept = kept.num)
           AND NOT EXISTS (SELECT 1 FROM kept_tags WHERE kept_tags.kept = kept.num)`,
        number,
      );
  }
}

const milli = (seconds: number) => Math.round(seconds * 1000) / 1000;
