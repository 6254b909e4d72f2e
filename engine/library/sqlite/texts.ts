import type { LibraryDatabase } from './database.ts';
import type { FootageLine, TextHit } from '../types.ts';
import { wordsOf } from '../../language/text-words.ts';

interface HitRow {
  video_id: string;
  kind: TextHit['kind'];
  start: number;
  end: number;
  text: string;
  language: string | null;
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

  /** What the video's text was read from; undefined where it never was. */
  source(video: number): string | undefined {
    return this.#db.get<{ source: string }>('SELECT source FROM text_sources WHERE video = ?', video)?.source;
  }

  /** Replaces all text of a video. */
  replace(video: number, source: string, lines: readonly FootageLine[]): void {
    this.#db.write(() => {
      this.#db.run('DELETE FROM texts WHERE video = ?', video);
      for (const { kind, start, end, text, language } of lines) {
        const words = wordsOf(text).flat().join(' ');
        if (words === '') continue;
        const { lastInsertRowid } = this.#db.run(
          'INSERT INTO texts (video, kind, start, end, language, text) VALUES (?, ?, ?, ?, ?, ?)',
          ...[video, kind, start, end, language ?? null, text],
        );
        this.#db.run('INSERT INTO text_index (rowid, words) VALUES (?, ?)', lastInsertRowid, words);
      }
      this.#db.run(
        'INSERT INTO text_sources VALUES (?, ?) ON CONFLICT DO UPDATE SET source = excluded.source',
        video,
        source,
      );
    });
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
        `SELECT texts.num AS num, videos.id AS video_id, kind, start, end, text, language
         FROM text_index JOIN texts ON texts.num = text_index.rowid JOIN videos ON videos.num = texts.video
         WHERE text_index MATCH ? ${among} ${order} LIMIT ?`,
        ...[expression, ...(videos ? [JSON.stringify(videos)] : []), limit],
      )
      .map(({ num, video_id, kind, start, end, text, language }) => ({
        num,
        videoId: video_id,
        kind,
        start,
        end,
        text,
        ...(language === null ? {} : { language }),
      }));
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
