import { sql } from 'kysely';
import { z } from 'zod';
import { type ErrorData, errorCodes } from '../protocol/errors.ts';
import { type Hub, type HubTransaction, noteChange } from './connect.ts';
import { jobLost } from './errors.ts';
import { hubHead } from './heads.ts';
import type { HeldJob } from './held-job.ts';
import type { Place } from './roots.ts';

/** What makes tracks of one kind of work: pictures, speech, text on screen. */
export const extractorGroups = ['pictures', 'speech', 'text'] as const;
/** One of {@link extractorGroups}. */
export type ExtractorGroup = (typeof extractorGroups)[number];

const kindOf = { speech: 'transcript', text: 'screen-text' } as const;

/** A job that was taken. */
export interface TakenJob extends HeldJob {
  content: string;
  extractors: ExtractorGroup;
  version: string | undefined;
  options: { fps?: number; force?: boolean };
  /** Where its video lies, of the worker's roots. */
  places: Place[];
  durationSec: number;
  /** Seconds of its video that were published when it was taken. */
  reached: number;
}

/** A job as it is listed. */
export interface ListedJob {
  num: number;
  content: string;
  extractors: string;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'aside';
  holder: string | undefined;
  tries: number;
  deaths: number;
  reached: number;
  error: ErrorData | undefined;
  place: string | undefined;
}

/** What a worker can do. */
export interface WorkerSkills {
  extractors: readonly ExtractorGroup[];
  roots: readonly string[];
  /** What its tracks are made with: fingerprints of bundles. */
  versions: readonly string[];
}

/** So many workers may die over a job at the same place; so often it may fail. */
const mostDeaths = 2;
const mostTries = 3;
/** Whoever gets so much further than the last death has got past what caused it, in seconds of footage. */
const pastDeathSec = 60;

const storedError = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  remedy: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});

/**
 * The hub's queue. Its clock alone says what is over: a worker holds a job as long as it is heard from, and the next one
 * goes on from what was published. Several workers never get the same job: rows that another is taking are passed over.
 */
export class HubQueue {
  readonly #hub: Hub;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** Puts a content into the queue for some groups; what waits or runs already stays as it is. @returns how many are new */
  async add(
    content: string,
    groups: readonly ExtractorGroup[],
    { version, priority = 0, options = {} }: { version?: string; priority?: number; options?: object } = {},
  ): Promise<number> {
    return this.#hub.write(async (trx) => {
      const { rows } = await sql`
        INSERT INTO longview.jobs (content, extractors, version, priority, options, added_by)
        SELECT ${content}, unnest(${[...groups]}::text[]), ${version ?? null}, ${priority}, ${JSON.stringify(options)}::jsonb,
          ${this.#hub.who}
        ON CONFLICT (content, extractors) WHERE state IN ('waiting', 'running') DO NOTHING RETURNING num`.execute(
        trx,
      );
      if (rows.length > 0) await noteChange(trx, this.#hub.who, { what: 'queued', content });
      return rows.length;
    });
  }

  /** As {@link HubQueue.add}, of those groups whose tracks the hub lacks; all where it is forced. */
  async addUndone(
    content: string,
    groups: readonly ExtractorGroup[],
    { version, priority, force }: { version: string; priority?: number; force: boolean },
  ): Promise<number> {
    const head = force ? undefined : await this.#hub.run((db) => hubHead(db, content));
    const isDone = (group: ExtractorGroup) =>
      group === 'pictures'
        ? head?.passes.some((pass) => pass.state === 'whole' && pass.modelFingerprint === version)
        : head?.tracks.some(({ state, kind }) => state === 'whole' && kind === kindOf[group]);
    let added = 0;
    for (const group of groups.filter((one) => !isDone(one)))
      added += await this.add(content, [group], {
        ...(group === 'pictures' && { version }),
        ...(priority === undefined ? {} : { priority }),
        options: force ? { force } : {},
      });
    return added;
  }

  /** Takes the next job that fits, for `holder`; undefined where there is none. */
  async take(holder: string, { extractors, roots, versions }: WorkerSkills): Promise<TakenJob | undefined> {
    return this.#hub.write(async (trx) => {
      const { rows } = await sql<{ num: number; content: string; reached: number }>`
        UPDATE longview.jobs SET state = 'running', holder = ${holder},
          lease_until = clock_timestamp() + (SELECT lease FROM longview.hub)
        WHERE num = (
          SELECT num FROM longview.jobs
          WHERE state = 'waiting' AND not_before <= clock_timestamp() AND extractors = ANY(${[...extractors]})
            AND (version IS NULL OR version = ANY(${[...versions]}))
            AND EXISTS (SELECT 1 FROM longview.places
              WHERE places.content = jobs.content AND places.root = ANY(${[...roots]}))
          ORDER BY priority DESC, num LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING num, content, reached`.execute(trx);
      return rows.length === 0 ? undefined : begin(trx, holder, rows[0].num, roots);
    });
  }

  /**
   * Takes a content for whoever indexes it by itself, whether it waits in the queue or not.
   * @returns undefined where another has it
   */
  async takeContent(
    holder: string,
    content: string,
    group: ExtractorGroup,
    roots: readonly string[],
  ): Promise<(TakenJob & { created: boolean }) | undefined> {
    await this.#hub.run((db) => reap(db));
    return this.#hub.write(async (trx) => {
      const { rows } = await sql<{ num: number; created: boolean }>`
        INSERT INTO longview.jobs (content, extractors, state, holder, lease_until, added_by)
        VALUES (${content}, ${group}, 'running', ${holder},
          clock_timestamp() + (SELECT lease FROM longview.hub), ${this.#hub.who})
        ON CONFLICT (content, extractors) WHERE state IN ('waiting', 'running')
        DO UPDATE SET state = 'running', holder = excluded.holder, lease_until = excluded.lease_until
          WHERE jobs.state = 'waiting'
        RETURNING num, xmax = 0 AS created`.execute(trx);
      if (rows.length === 0) return undefined;
      return { ...(await begin(trx, holder, rows[0].num, roots)), created: rows[0].created };
    });
  }

  /** Says that a worker lives, and keeps its jobs. @returns the jobs that it still holds */
  async beat(
    holder: string,
    { extractors, roots, versions }: WorkerSkills,
    format: number,
    state: string,
  ): Promise<number[]> {
    return this.#hub.run(async (db) => {
      const { rows } = await sql<{ num: number }>`
        UPDATE longview.jobs SET lease_until = clock_timestamp() + (SELECT lease FROM longview.hub)
        WHERE holder = ${holder} AND state = 'running' RETURNING num`.execute(db);
      await sql`INSERT INTO longview.workers (name, extractors, roots, versions, format, state)
        VALUES (${holder}, ${[...extractors]}, ${[...roots]}, ${[...versions]}, ${format}, ${state})
        ON CONFLICT (name) DO UPDATE SET extractors = excluded.extractors, roots = excluded.roots,
          versions = excluded.versions, format = excluded.format, state = excluded.state,
          heard_at = clock_timestamp()`.execute(db);
      return rows.map(({ num }) => num);
    });
  }

  /** Frees the jobs of workers that weren't heard from. @returns how many */
  async reap(): Promise<number> {
    return this.#hub.run((db) => reap(db));
  }

  /** A job is done. */
  async done(job: HeldJob): Promise<void> {
    await this.#end(job, 'done', sql`state = 'done', ended_at = clock_timestamp(), error = NULL`);
  }

  /** Gives a job back that is to be gone on with; nobody's fault. */
  async giveBack(job: HeldJob, how: string, afterSec = 0): Promise<void> {
    await this.#end(
      job,
      how,
      sql`state = 'waiting', not_before = clock_timestamp() + make_interval(secs => ${afterSec})`,
    );
  }

  /** Forgets a job that somebody began by itself and left. */
  async drop(job: HeldJob): Promise<void> {
    await this.#hub.run((db) =>
      sql`DELETE FROM longview.jobs WHERE num = ${job.num} AND holder = ${job.holder}`.execute(db),
    );
  }

  /** A job failed: it is tried again later and later, a few times; then it stays with its reason. */
  async failed(job: HeldJob, error: ErrorData): Promise<void> {
    await this.#end(
      job,
      'failed',
      sql`tries = tries + 1, error = ${JSON.stringify(error)}::jsonb,
        state = CASE WHEN tries + 1 >= ${mostTries} THEN 'failed' ELSE 'waiting' END,
        ended_at = CASE WHEN tries + 1 >= ${mostTries} THEN clock_timestamp() END,
        not_before = clock_timestamp() + make_interval(secs => 5 * 4 ^ tries)`,
    );
  }

  /** Puts jobs that failed or were set aside into the queue once more. @returns how many */
  async retry(): Promise<number> {
    return this.#hub.run(async (db) => {
      const { rows } = await sql`
        UPDATE longview.jobs SET state = 'waiting', tries = 0, deaths = 0, error = NULL, ended_at = NULL,
          not_before = now()
        WHERE state IN ('failed', 'aside') AND NOT EXISTS (SELECT 1 FROM longview.jobs AS other
          WHERE other.content = jobs.content AND other.extractors = jobs.extractors
            AND other.state IN ('waiting', 'running'))
        RETURNING num`.execute(db);
      return rows.length;
    });
  }

  /** Jobs, those that need somebody's eye first. */
  async list(most = 100): Promise<ListedJob[]> {
    return this.#hub.run(async (db) => {
      const { rows } = await sql<Omit<ListedJob, 'error'> & { error: unknown }>`
        SELECT num, content, extractors, state, holder, tries, deaths, reached, error,
          (SELECT root || ':/' || path FROM longview.places WHERE places.content = jobs.content
             ORDER BY root, path LIMIT 1) AS place
        FROM longview.jobs
        ORDER BY array_position(ARRAY['aside', 'failed', 'running', 'waiting', 'done'], state), num DESC
        LIMIT ${most}`.execute(db);
      return rows.map((row) => ({
        ...row,
        holder: row.holder ?? undefined,
        place: row.place ?? undefined,
        error: storedError.safeParse(row.error).data,
      }));
    });
  }

  async #end(job: HeldJob, how: string, set: ReturnType<typeof sql>): Promise<void> {
    await this.#hub.write(async (trx) => {
      const { rows } = await sql`UPDATE longview.jobs SET ${set}, holder = NULL, lease_until = NULL
        WHERE num = ${job.num} AND holder = ${job.holder} AND state = 'running' RETURNING num`.execute(trx);
      if (rows.length === 0) throw jobLost(`job ${job.num}`);
      await sql`UPDATE longview.shifts SET ended_at = clock_timestamp(), how = ${how}
        WHERE num = ${job.shift}`.execute(trx);
      await sql`SELECT pg_notify('longview', seq::text) FROM longview.hub`.execute(trx);
    });
  }
}

async function begin(
  trx: HubTransaction,
  holder: string,
  num: number,
  roots: readonly string[],
): Promise<TakenJob> {
  const { rows } = await sql<{
    content: string;
    extractors: ExtractorGroup;
    version: string | null;
    options: TakenJob['options'];
    places: Place[];
    durationSec: number;
    reached: number;
    shift: number;
  }>`
    WITH shift AS (INSERT INTO longview.shifts (job, worker, from_sec, to_sec)
      SELECT num, ${holder}, reached, reached FROM longview.jobs WHERE num = ${num} RETURNING num)
    SELECT jobs.content, extractors, version, options, reached, coalesce(duration_sec, 0) AS "durationSec", shift.num AS shift,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('root', root, 'path', path)), '[]') FROM longview.places
         WHERE places.content = jobs.content AND root = ANY(${[...roots]})) AS places
    FROM longview.jobs LEFT JOIN longview.videos ON videos.content = jobs.content CROSS JOIN shift
    WHERE jobs.num = ${num}`.execute(trx);
  const [row] = rows;
  return { ...row, num, holder, version: row.version ?? undefined };
}

/**
 * What a worker held that isn't heard from any longer waits again; at the second death at the same place the file is set
 * aside. A hub that has only just come back gives everybody the time to say that they live.
 */
async function reap(db: Parameters<Parameters<Hub['run']>[0]>[0]): Promise<number> {
  const { rows } = await sql`
    WITH dead AS (
      UPDATE longview.jobs SET holder = NULL, lease_until = NULL,
        deaths = CASE WHEN reached > died_at + ${pastDeathSec} THEN 1 ELSE deaths + 1 END, died_at = reached,
        state = CASE WHEN (CASE WHEN reached > died_at + ${pastDeathSec} THEN 1 ELSE deaths + 1 END) >= ${mostDeaths}
          THEN 'aside' ELSE 'waiting' END
      WHERE num IN (SELECT num FROM longview.jobs WHERE state = 'running' AND lease_until < clock_timestamp()
          AND pg_postmaster_start_time() < clock_timestamp() - (SELECT lease FROM longview.hub)
        FOR UPDATE SKIP LOCKED)
      RETURNING num)
    UPDATE longview.shifts SET ended_at = clock_timestamp(), how = 'died'
    WHERE job IN (SELECT num FROM dead) AND ended_at IS NULL RETURNING num`.execute(db);
  return rows.length;
}
