import { badArgument } from '../../protocol/errors.ts';
import type { LibraryDatabase } from './database.ts';
import { whole } from './errors.ts';
import type { Texts } from './texts.ts';
import { goneMeanwhile, insertTrack, sameSettings, trackOf, type TrackRow } from './track-rows.ts';
import type {
  FootageLine,
  Series,
  Stretch,
  Track,
  TrackKey,
  TrackKind,
  TrackWriter,
} from '../track-types.ts';

/** The most values that are stored together. */
const valuesTogether = 4096;

/** What is known of videos, track by track; passes over frames have tracks too, but are written by passes.ts. */
export class Tracks {
  readonly #db: LibraryDatabase;
  readonly #texts: Texts;

  constructor(db: LibraryDatabase, texts: Texts) {
    this.#db = db;
    this.#texts = texts;
  }

  /** Every track of a video. */
  of(video: number): Track[] {
    return this.#db.all<TrackRow>('SELECT * FROM tracks WHERE video = ? ORDER BY num', video).map(trackOf);
  }

  /** Whether a whole track was made just so. */
  has(video: number, key: TrackKey): boolean {
    const row = this.#row(video, key, 'whole');
    return row !== undefined && row.version === key.version && sameSettings(row.settings, key.settings);
  }

  /** The videos that have a whole track of a kind, by id. */
  videosWith(kind: TrackKind): string[] {
    return this.#db
      .all<{ id: string }>(
        `SELECT DISTINCT videos.id FROM tracks JOIN videos ON videos.num = tracks.video
         WHERE tracks.kind = ? AND tracks.state = 'whole'`,
        kind,
      )
      .map(({ id }) => id);
  }

  /** Begins a track, or goes on with an interrupted one that was made just so. */
  begin(video: number, key: TrackKey): TrackWriter {
    return this.#db.write(() => {
      const left = this.#row(video, key, 'making');
      if (left && left.version === key.version && sameSettings(left.settings, key.settings))
        return new Writer(this.#db, this.#texts, left);
      if (left) this.#db.run('DELETE FROM tracks WHERE num = ?', left.num);
      return new Writer(this.#db, this.#texts, insertTrack(this.#db, video, key, undefined));
    });
  }

  /** All values of a video's whole track of a kind. */
  series(video: number, kind: TrackKind): Series | undefined {
    const rows = this.#db.all<{ start: number; step: number; count: number; data: Uint8Array }>(
      `SELECT start, step, count, data FROM series JOIN tracks ON tracks.num = track
       WHERE tracks.video = ? AND tracks.kind = ? AND tracks.state = 'whole' ORDER BY tracks.num, first`,
      video,
      kind,
    );
    if (rows.length === 0) return undefined;
    const parts = rows.map(
      ({ data, count }) => new Float32Array(new Uint8Array(whole(data, count * 4, 'values')).buffer),
    );
    const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      values.set(part, at);
      at += part.length;
    }
    return { start: rows[0].start, step: rows[0].step, values };
  }

  #row(video: number, { kind, extractor }: TrackKey, state: TrackRow['state']): TrackRow | undefined {
    return this.#db.get<TrackRow>(
      'SELECT * FROM tracks WHERE tracks.video = ? AND kind = ? AND extractor = ? AND state = ?',
      video,
      kind,
      extractor,
      state,
    );
  }
}

class Writer implements TrackWriter {
  readonly resumedSec: number;
  readonly #db: LibraryDatabase;
  readonly #texts: Texts;
  readonly #row: TrackRow;

  constructor(db: LibraryDatabase, texts: Texts, row: TrackRow) {
    this.#db = db;
    this.#texts = texts;
    this.#row = row;
    this.resumedSec = row.reached;
  }

  get track(): Track {
    return trackOf(this.#row);
  }

  appendLines(lines: readonly FootageLine[], reachedSec: number): void {
    this.#advance(lines.length, reachedSec, () => {
      for (const line of lines) this.#texts.insert(this.#row.num, this.#row.video, line);
    });
  }

  lines(): FootageLine[] {
    return this.#texts.ofTrack(this.#row.num);
  }

  replaceLines(lines: readonly FootageLine[]): void {
    this.#db.write(() => {
      this.#stillThere();
      this.#db.run('DELETE FROM lines WHERE track = ?', this.#row.num);
      for (const line of lines) this.#texts.insert(this.#row.num, this.#row.video, line);
      this.#db.run('UPDATE tracks SET items = ? WHERE num = ?', lines.length, this.#row.num);
    });
    this.#row.items = lines.length;
  }

  appendSeries(values: Float32Array, step: number, start: number): void {
    if (!(step > 0)) throw badArgument('step', 'more than 0 seconds', step);
    for (let from = 0; from < values.length; from += valuesTogether) {
      const part = values.slice(from, from + valuesTogether);
      const at = start + from * step;
      this.#advance(part.length, at + part.length * step, () =>
        this.#db.run(
          'INSERT INTO series (track, first, count, start, step, data) VALUES (?, ?, ?, ?, ?, ?)',
          this.#row.num,
          this.#row.items,
          part.length,
          at,
          step,
          new Uint8Array(part.buffer),
        ),
      );
    }
  }

  complete(coverage: readonly Stretch[]): void {
    const { num, video, kind, extractor } = this.#row;
    this.#db.write(() => {
      this.#stillThere();
      this.#db.run(
        "DELETE FROM tracks WHERE tracks.video = ? AND kind = ? AND extractor = ? AND state = 'whole'",
        ...[video, kind, extractor],
      );
      this.#db.run(
        "UPDATE tracks SET state = 'whole', completed_at = ?, coverage = ?, reached = ? WHERE num = ?",
        ...[Date.now(), JSON.stringify(coverage), coverage.at(-1)?.[1] ?? this.#row.reached, num],
      );
      this.#db.run('UPDATE state SET generation = generation + 1');
    });
    this.#row.state = 'whole';
  }

  discard(): void {
    this.#db.run('DELETE FROM tracks WHERE num = ?', this.#row.num);
  }

  #advance(items: number, reached: number, store: () => void): void {
    this.#db.write(() => {
      this.#stillThere();
      store();
      this.#db.run(
        'UPDATE tracks SET items = items + ?, reached = max(reached, ?) WHERE num = ?',
        items,
        reached,
        this.#row.num,
      );
    });
    this.#row.items += items;
    this.#row.reached = Math.max(this.#row.reached, reached);
  }

  #stillThere(): void {
    if (!this.#db.get('SELECT 1 FROM tracks WHERE num = ?', this.#row.num)) throw goneMeanwhile();
  }
}
