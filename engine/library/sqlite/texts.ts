import type { LibraryDatabase } from './database.ts';
import type { FootageLine, StoredLine, TextHit, TrackKind } from '../track-types.ts';
import { insertTrack } from './track-rows.ts';
import { wordsOf } from '../../language/text-words.ts';

interface HitRow {
  video_id: string;
  kind: TextHit['kind'];
  start: number;
  end: number;
  text: string;
  language: string | null;
  extra: string | null;
  source: TrackKind;
}

/** A word in more lines than this tells too little to be looked up beside a rarer one. */
const common = 1500;

/**
 * Text that comes with the videos. It is kept in library.db, not in the feature cache: it is small (a film's
 * subtitles take about 100 kB), goes in one transaction with the rows that it belongs to, and is read again whenever
 * its files change.
 */
export class Texts {
  readonly #db: LibraryDatabase;

  constructor(db: LibraryDatabase) {
    this.#db = db;
  }

  /** What the video's captions were read from; undefined where they never were. */
  source(video: number): string | undefined {
    return this.#db.get<{ source: string }>(
      `SELECT settings ->> '$.source' AS source FROM tracks
       WHERE tracks.video = ? AND kind = 'captions' AND state = 'whole'`,
      video,
    )?.source;
  }

  /** Replaces all text that comes with a video. */
  replace(video: number, source: string, lines: readonly FootageLine[]): void {
    this.#db.write(() => {
      this.#db.run("DELETE FROM tracks WHERE tracks.video = ? AND kind = 'captions'", video);
      const key = { kind: 'captions', extractor: 'captions', version: '1', settings: { source } } as const;
      const { num } = insertTrack(this.#db, video, key, undefined);
      let kept = 0;
      for (const line of lines) if (this.insert(num, video, line)) kept++;
      const end = lines.reduce((last, line) => Math.max(last, line.end), 0);
      this.#db.run(
        "UPDATE tracks SET state = 'whole', items = ?, reached = ?, coverage = ?, completed_at = ? WHERE num = ?",
        ...[kept, end, JSON.stringify([[0, end, 0]]), Date.now(), num],
      );
      this.#db.run('UPDATE state SET generation = generation + 1');
    });
  }

  /** Puts a line into a track and its words into the index. @returns false where it holds no words. */
  insert(track: number, video: number, { kind, start, end, text, language, extra }: FootageLine): boolean {
    const words = wordsOf(text).flat().join(' ');
    if (words === '') return false;
    const { lastInsertRowid } = this.#db.run(
      'INSERT INTO lines (track, video, kind, start, end, language, text, extra) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...[track, video, kind, start, end, language ?? null, text, extra ? JSON.stringify(extra) : null],
    );
    this.#db.run('INSERT INTO text_index (rowid, words) VALUES (?, ?)', lastInsertRowid, words);
    return true;
  }

  /** The lines of one track, by time. */
  ofTrack(track: number): FootageLine[] {
    return this.#db
      .all<HitRow>(
        `SELECT kind, start, end, text, language, extra FROM lines WHERE track = ? ORDER BY start, num`,
        track,
      )
      .map(lineOf);
  }

  /** The lines of a video's searched tracks of some kinds, by time. */
  lines(video: number, kinds: readonly TrackKind[] | undefined): StoredLine[] {
    return this.#db
      .all<HitRow & { num: number; track: string }>(
        `SELECT lines.num, lines.kind, start, end, text, language, extra, visible_tracks.id AS track,
           visible_tracks.kind AS source
         FROM lines JOIN visible_tracks ON visible_tracks.num = lines.track
         WHERE lines.video = ? ${kinds ? 'AND visible_tracks.kind IN (SELECT value FROM json_each(?))' : ''}
         ORDER BY start, lines.num`,
        ...[video, ...(kinds ? [JSON.stringify(kinds)] : [])],
      )
      .map((row) => ({ ...lineOf(row), number: row.num, track: row.track, source: row.source }));
  }

  /**
   * Lines that hold some of the words, those that hold all of them first.
   * @param words as `wordsOf` gives them; whatever they hold, FTS5 sees letters and digits in quotes only
   * @param videos ids of the videos to look in; all where absent
   */
  find(words: readonly (readonly string[])[], limit: number, videos?: readonly string[]): TextHit[] {
    const phrases = [...new Set(words.map((terms) => `"${terms.join(' ')}"`))];
    if (phrases.length === 0) return [];
    return this.#db.snapshot(() => {
      const all = this.#match(phrases.join(' AND '), limit, videos);
      if (phrases.length === 1 || all.length >= limit) return all;
      const rarest = phrases.filter((phrase) => this.#count(phrase) <= common);
      const some = rarest.length > 0 ? this.#match(rarest.join(' OR '), limit, videos) : [];
      const known = new Set(all.map(({ num }) => num));
      return [...all, ...some.filter(({ num }) => !known.has(num))].slice(0, limit);
    });
  }

  #match(
    expression: string,
    limit: number,
    videos: readonly string[] | undefined,
  ): (TextHit & { num: number })[] {
    const order = this.#count(expression) <= common ? 'ORDER BY rank' : '';
    const among = videos ? 'AND videos.id IN (SELECT value FROM json_each(?))' : '';
    return this.#db
      .all<HitRow & { num: number }>(
        `SELECT lines.num AS num, videos.id AS video_id, lines.kind, start, end, text, language, extra,
           visible_tracks.kind AS source
         FROM text_index JOIN lines ON lines.num = text_index.rowid
           JOIN visible_tracks ON visible_tracks.num = lines.track JOIN videos ON videos.num = lines.video
         WHERE text_index MATCH ? ${among} ${order} LIMIT ?`,
        ...[expression, ...(videos ? [JSON.stringify(videos)] : []), limit],
      )
      .map((row) => ({ ...lineOf(row), num: row.num, videoId: row.video_id, source: row.source }));
  }

  /** How many lines fit, as far as that matters. */
  #count(expression: string): number {
    return this.#db.get<{ n: number }>(
      'SELECT count(*) AS n FROM (SELECT 1 FROM text_index WHERE text_index MATCH ? LIMIT ?)',
      expression,
      common + 1,
    )!.n;
  }
}

function lineOf({ kind, start, end, text, language, extra }: HitRow): FootageLine {
  return {
    kind,
    start,
    end,
    text,
    ...(language === null ? {} : { language }),
    ...(extra === null ? {} : { extra: JSON.parse(extra) as Record<string, unknown> }),
  };
}
