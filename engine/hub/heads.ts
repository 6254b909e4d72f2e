import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import { trackKinds } from '../library/index.ts';
import type { FootageLine, PassHead, TrackHead, TrackKey, VideoFacts } from '../library/index.ts';
import type { HubDatabase } from './connect.ts';
import type { Place } from './roots.ts';

/** A video as the hub has it. */
export interface HubVideo {
  facts: VideoFacts;
  removedBy: string | undefined;
  places: (Place & { modifiedMs: number | undefined })[];
  passes: PassHead[];
  tracks: HubTrack[];
}

/** A track of lines or values as the hub has it. */
export type HubTrack = TrackHead & { digest: string | undefined };

const factsSchema = z.object({
  contentHash: z.string(),
  sizeBytes: z.number(),
  durationSec: z.number(),
  width: z.number(),
  height: z.number(),
  frameRate: z.number(),
  codec: z.string(),
  recordedAt: z.number().optional(),
});
const passSettingsSchema = z.object({
  modelId: z.string(),
  modelFingerprint: z.string(),
  fps: z.number(),
  grid: z.tuple([z.int(), z.int()]),
  hiddenSize: z.int(),
  embeddingSize: z.int(),
});
const trackSchema = z.object({
  id: z.string(),
  pass: z.string().nullable(),
  kind: z.enum(trackKinds),
  extractor: z.string(),
  version: z.string(),
  settings: z.record(z.string(), z.unknown()),
  state: z.enum(['making', 'whole']),
  coverage: z.array(z.tuple([z.number(), z.number(), z.number()])),
  reached: z.number(),
  items: z.int(),
  started_at: z.number(),
  completed_at: z.number().nullable(),
  digest: z.string().nullable(),
});
const headSchema = z.object({
  facts: factsSchema,
  removed_by: z.string().nullable(),
  places: z.array(z.object({ root: z.string(), path: z.string(), modified_ms: z.number().nullable() })),
  passes: z.array(
    z.object({
      id: z.string(),
      extractor: z.string(),
      settings: passSettingsSchema,
      state: z.enum(['making', 'whole']),
      patches: z.int(),
    }),
  ),
  tracks: z.array(trackSchema),
});

/** What the hub has of a content; undefined where it never had it. One statement, so one state. */
export async function hubHead(db: HubDatabase, content: string): Promise<HubVideo | undefined> {
  const { rows } = await sql`
    SELECT facts, removed_by,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('root', root, 'path', path, 'modified_ms', modified_ms)
         ORDER BY root, path), '[]') FROM longview.places WHERE places.content = videos.content) AS places,
      (SELECT coalesce(jsonb_agg(to_jsonb(passes)), '[]') FROM longview.passes
         WHERE passes.content = videos.content) AS passes,
      (SELECT coalesce(jsonb_agg(to_jsonb(tracks)), '[]') FROM longview.tracks
         WHERE tracks.content = videos.content) AS tracks
    FROM longview.videos WHERE content = ${content}`.execute(db);
  if (rows.length === 0) return undefined;
  const head = headSchema.parse(rows[0]);
  const tracks = head.tracks.map((row) => ({ pass: row.pass, track: trackIn(row) }));
  return {
    facts: head.facts,
    removedBy: head.removed_by ?? undefined,
    places: head.places.map(({ root, path, modified_ms }) => ({
      root,
      path,
      modifiedMs: modified_ms ?? undefined,
    })),
    passes: head.passes.map(({ settings, ...pass }) => ({
      ...pass,
      ...settings,
      tracks: tracks.filter((one) => one.pass === pass.id).map(({ track }) => track),
    })),
    tracks: tracks.filter(({ pass }) => pass === null).map(({ track }) => track),
  };
}

function trackIn(row: z.infer<typeof trackSchema>): HubTrack {
  const { id, kind, extractor, version, settings, state, coverage, items } = row;
  return {
    ...{ id, kind, extractor, version, settings, state, coverage, items },
    reachedSec: row.reached,
    startedAt: row.started_at,
    completedAt: row.completed_at ?? undefined,
    digest: row.digest ?? undefined,
  };
}

/** A key in whatever order its settings are written. */
export function keyOf({ kind, extractor, version, settings }: TrackKey): string {
  const sorted = Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([kind, extractor, version, sorted]);
}

/** What a pass is made with, and by whom: two of the same are as good as each other. */
export function passKey(pass: PassHead): string {
  const { extractor, modelFingerprint, fps, grid, hiddenSize, embeddingSize } = pass;
  return JSON.stringify([extractor, modelFingerprint, fps, ...grid, hiddenSize, embeddingSize]);
}

/** Tells lines from other lines. */
export function digestOf(lines: readonly FootageLine[]): string {
  return createHash('sha256').update(JSON.stringify(lines)).digest('hex');
}
