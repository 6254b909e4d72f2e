import { sql } from 'kysely';
import type { HubTransaction } from './connect.ts';
import { jobLost } from './errors.ts';

/** A job that somebody holds. */
export interface HeldJob {
  num: number;
  /** Who holds it. */
  holder: string;
  /** The line that says who made how much of it. */
  shift: number;
}

/**
 * Whoever lost its job, because it wasn't heard from for too long, writes nothing more.
 * @throws LongviewError `team-job-lost`.
 */
export async function checkHeld(trx: HubTransaction, { num, holder, shift }: HeldJob): Promise<void> {
  const { rows } = await sql`SELECT 1 FROM longview.jobs
    WHERE num = ${num} AND holder = ${holder} AND state = 'running'
      AND (SELECT max(shifts.num) FROM longview.shifts WHERE shifts.job = jobs.num) = ${shift}
    FOR UPDATE`.execute(trx);
  if (rows.length === 0) throw jobLost(`job ${num}`);
}
