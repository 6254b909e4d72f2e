import type { LibraryDatabase } from './database.ts';
import type { FootageLine, StoredLine, TextHit, TrackKind } from '../track-types.ts';
import { insertTrack } from './track-rows.ts';
import {
  fullTextExpression,
  holdsLiterals,
  indexTerms,
  unitsOf,
  type TextQuery,
} from '../../language/text-match.ts';

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
    const words = indexTerms(text).join(' ');
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

  /** The lines of a video's searched tracks of some kinds, by time; of a stretch only where one is given. */
  lines(
    video: number,
    kinds: readonly TrackKind[] | undefined,
    { from, to }: { from: number; to: number } = { from: -Infinity, to: Infinity },
  ): StoredLine[] {
    return this.#db
      .all<HitRow & { num: number; track: string }>(
        `SELECT lines.num, lines.kind, start, end, text, language, extra, visible_tracks.id AS track,
           visible_tracks.kind AS source
         FROM lines JOIN visible_tracks ON visible_tracks.num = lines.track
         WHERE lines.video = ? AND start <= ? AND end >= ?
           ${kinds ? 'AND visible_tracks.kind IN (SELECT value FROM json_each(?))' : ''}
         ORDER BY start, lines.num`,
        ...[video, to, from, ...(kinds ? [JSON.stringify(kinds)] : [])],
      )
      .map((row) => ({ ...lineOf(row), number: row.num, track: row.track, source: row.source }));
  }

  /**
   * Lines that hold some of what is looked for, those that hold all of it first. What stands in quotes may go on from line
   * to line: lines with a word of it are among the others.
   * @param videos ids of the videos to look in; all where absent
   */
  find(query: TextQuery, limit: number, videos?: readonly string[]): TextHit[] {
    const whole = fullTextExpression(query, 'AND');
    if (whole === undefined) return [];
    return this.#db.snapshot(() => {
      const literal = query.terms.some((term) => term.literal !== undefined);
      const all = this.#match(whole, literal ? 4 * limit : limit, videos)
        .filter(({ text }) => holdsLiterals(text, query))
        .slice(0, limit);
      const units = unitsOf(query);
      if (units.length === 1 || all.length >= limit) return all;
      const parts = units.flatMap((unit) => fullTextExpression({ terms: [unit] }, 'OR') ?? []);
      const rarest = [...new Set(parts)].filter((part) => this.#count(part) <= common);
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
