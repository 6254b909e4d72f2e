import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import type { AnswerRow, OutboxEntry, VideoFacts } from '../library/index.ts';
import { type Hub, noteChange } from './connect.ts';
import { saveVideo, savePlace } from './publish.ts';
import type { Place } from './roots.ts';

/** A correction with who made it; the last to arrive of each line counts. */
export interface HubCorrection {
  start: number;
  end: number;
  body: unknown;
  by: string;
}

/** Notes that a video lies at a place of a root. */
export async function placeVideo(
  hub: Hub,
  facts: VideoFacts,
  place: Place,
  modifiedMs?: number,
): Promise<void> {
  await hub.write(async (trx) => {
    await saveVideo(trx, facts);
    await savePlace(trx, facts.contentHash, place, modifiedMs);
    await noteChange(trx, hub.who, { what: 'placed', content: facts.contentHash });
  });
}

/** Removes a video for everybody; that it was, and by whom, stays. The footage is never touched. */
export async function removeFromHub(hub: Hub, content: string, by = hub.who): Promise<void> {
  await hub.write(async (trx) => {
    const { rows } = await sql`UPDATE longview.videos SET removed_at = clock_timestamp(), removed_by = ${by}
      WHERE content = ${content} AND removed_at IS NULL RETURNING content`.execute(trx);
    if (rows.length === 0) return;
    for (const table of ['tracks', 'passes', 'jobs', 'places'])
      await sql`DELETE FROM ${sql.table(`longview.${table}`)} WHERE content = ${content}`.execute(trx);
    await noteChange(trx, by, { what: 'removed', content });
  });
}

const lineSchema = z.object({ start: z.number(), end: z.number() }).loose();

/** Sends what a person did; once more does no harm. */
export async function tell(
  hub: Hub,
  { what, contentHash, body }: Omit<OutboxEntry, 'number'>,
): Promise<void> {
  if (what === 'remove') return removeFromHub(hub, contentHash);
  if (what === 'correct') return correct(hub, contentHash, body);
  await shareAnswer(hub, contentHash, body as AnswerRow);
}

async function correct(hub: Hub, content: string, body: unknown): Promise<void> {
  const { start, end } = lineSchema.parse(body);
  await hub.write(async (trx) => {
    const { rows } = await sql`
      INSERT INTO longview.corrections (content, start_sec, end_sec, body, made_by)
      SELECT ${content}, ${start}, ${end}, ${JSON.stringify(body)}::jsonb, ${hub.who}
      WHERE NOT EXISTS (SELECT 1 FROM longview.corrections AS known WHERE known.content = ${content}
        AND known.body = ${JSON.stringify(body)}::jsonb AND known.made_by = ${hub.who}) RETURNING num`.execute(
      trx,
    );
    if (rows.length > 0) await noteChange(trx, hub.who, { what: 'corrected', content });
  });
}

async function shareAnswer(hub: Hub, content: string, row: AnswerRow): Promise<void> {
  const text = JSON.stringify(row);
  const digest = createHash('sha256').update(text).digest('hex');
  await hub.write(async (trx) => {
    const { rows } = await sql`INSERT INTO longview.answers (content, body, digest, made_by)
      VALUES (${content}, ${text}::jsonb, ${digest}, ${hub.who}) ON CONFLICT (digest) DO NOTHING RETURNING num`.execute(
      trx,
    );
    if (rows.length > 0) await noteChange(trx, hub.who, { what: 'answered', content });
  });
}

/** What people put right in a video, as it stands. */
export async function correctionsAt(hub: Hub, content: string): Promise<HubCorrection[]> {
  return hub.run(async (db) => {
    const { rows } = await sql<HubCorrection>`
      SELECT DISTINCT ON (start_sec, end_sec) start_sec AS start, end_sec AS end, body, made_by AS by
      FROM longview.corrections WHERE content = ${content} ORDER BY start_sec, end_sec, num DESC`.execute(db);
    return rows;
  });
}

const answerSchema = z.object({
  contentHash: z.string(),
  indexRun: z.string(),
  modelFingerprint: z.string(),
  questionKey: z.string(),
  gamma: z.number(),
  sampling: z.string(),
  result: z.string(),
});

/** Answers about a video that somebody shared. */
export async function answersAt(hub: Hub, content: string): Promise<AnswerRow[]> {
  return hub.run(async (db) => {
    const { rows } = await sql<{ body: unknown }>`SELECT body FROM longview.answers WHERE content = ${content}
      ORDER BY num`.execute(db);
    return rows.map(({ body }) => answerSchema.parse(body));
  });
}
