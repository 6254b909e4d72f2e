import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { LongviewError } from '../../protocol/errors.ts';
import type { Stretch, Track, TrackKey, TrackKind } from '../track-types.ts';
import type { LibraryDatabase } from './database.ts';

/** A row of the table `tracks`. */
export interface TrackRow {
  num: number;
  id: string;
  video: number;
  kind: TrackKind;
  extractor: string;
  version: string;
  settings: string;
  state: 'making' | 'whole';
  pass: number | null;
  coverage: string;
  reached: number;
  items: number;
  started_at: number;
  completed_at: number | null;
}

/** Puts a track that is being made into the library. */
export function insertTrack(
  db: LibraryDatabase,
  video: number,
  { kind, extractor, version, settings }: TrackKey,
  pass: number | undefined,
): TrackRow {
  return db.get<TrackRow>(
    `INSERT INTO tracks (id, video, kind, extractor, version, settings, state, pass, started_at)
     VALUES (?, ?, ?, ?, ?, ?, 'making', ?, ?) RETURNING *`,
    randomBytes(8).toString('hex'),
    video,
    kind,
    extractor,
    version,
    JSON.stringify(settings),
    pass ?? null,
    Date.now(),
  )!;
}

/** Whether settings are the same, whatever order or spelling of numbers they are kept in. */
export function sameSettings(kept: string, settings: Readonly<Record<string, unknown>>): boolean {
  return isDeepStrictEqual(JSON.parse(kept), JSON.parse(JSON.stringify(settings)));
}

/** A row as the store's callers see it. */
export function trackOf(row: TrackRow): Track {
  return {
    id: row.id,
    kind: row.kind,
    extractor: row.extractor,
    version: row.version,
    settings: JSON.parse(row.settings) as Record<string, unknown>,
    state: row.state,
    coverage: JSON.parse(row.coverage) as Stretch[],
    reachedSec: row.reached,
    items: row.items,
    startedAt: row.started_at,
    completedAt: row.completed_at ?? undefined,
  };
}

/** The user may remove a video while it is being indexed. */
export function goneMeanwhile(): LongviewError {
  return new LongviewError(
    'video-not-in-library',
    'The video was removed from the library while it was being indexed.',
    'Index it again if that was not intended.',
  );
}
