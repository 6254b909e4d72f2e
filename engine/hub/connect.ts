import pg from 'pg';
import { CompiledQuery, Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import { badArgument, LongviewError } from '../protocol/errors.ts';
import { hubError, noHub, shownUrl } from './errors.ts';
import { hubFormat, hubMigrations } from './schema.ts';

/** A transaction of the hub's database. */
export type HubTransaction = Transaction<unknown>;
/** The hub's database, or a transaction of it. */
export type HubDatabase = Kysely<unknown>;

/** What a hub says of itself. */
export interface HubFacts {
  id: string;
  format: number;
  oldest: number;
  seq: number;
  leaseMs: number;
}

/** int8: numbers of rows and changes, which stay far below 2^53. */
const int8 = 20;
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary'): unknown =>
    oid === int8
      ? (value: string) => Number(value)
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** A connection to a team's hub. */
export class Hub {
  readonly url: string;
  /** Whoever uses it, as changes and jobs name it. */
  readonly who: string;
  readonly #pool: pg.Pool;
  readonly #db: HubDatabase;

  /**
   * @param who the name that changes and jobs carry
   * @throws LongviewError `bad-argument` for an address that is none.
   */
  constructor(url: string, who: string, connections = 4) {
    if (!/^postgres(ql)?:\/\//.test(url))
      throw badArgument('the hub', 'an address as postgres://user@host/database', url);
    this.url = url;
    this.who = who;
    this.#pool = new pg.Pool({
      ...{ connectionString: url, max: connections, types },
      ...{ connectionTimeoutMillis: 10_000, idleTimeoutMillis: 30_000, keepAlive: true },
      ...{ application_name: `longview ${who}`.slice(0, 63), statement_timeout: 300_000 },
    });
    // An idle connection that breaks is told by whoever uses the next.
    this.#pool.on('error', () => undefined);
    // One that breaks while it is used fails its statement.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
    this.#db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: this.#pool }) });
  }

  /** Runs `work` on the database, without a transaction. What it throws a user can act on, or it is a bug. */
  async run<T>(work: (db: HubDatabase) => Promise<T>): Promise<T> {
    try {
      return await work(this.#db);
    } catch (error) {
      throw hubError(error, this.url);
    }
  }

  /** Runs `work` in one transaction; all of it happens, or nothing. */
  async write<T>(work: (trx: HubTransaction) => Promise<T>): Promise<T> {
    return this.run((db) => db.transaction().execute(work));
  }

  /** Runs `work` on one state of the hub, whatever others write meanwhile. */
  async snapshot<T>(work: (trx: HubTransaction) => Promise<T>): Promise<T> {
    return this.run((db) =>
      db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work),
    );
  }

  /** Runs statements that return nothing. */
  async script(statements: string): Promise<void> {
    await this.run((db) => db.executeQuery(CompiledQuery.raw(statements)));
  }

  /**
   * Makes the hub's tables, or brings them up to date, one at a time whoever asks.
   * @returns the names of the steps that were taken
   * @throws LongviewError `team-hub-too-new`, `team-hub-refused`, `team-hub-unreachable`.
   */
  async migrate(known = hubMigrations): Promise<string[]> {
    return this.run(async (db) => {
      await sql`SELECT 1`.execute(db);
      const before = await factsOf(db);
      if (before && before.format > known.length) throw tooNew(this.url, before);
      const migrator = new Migrator({
        db,
        migrationTableSchema: 'longview',
        provider: {
          getMigrations: async () =>
            Object.fromEntries(
              known.map(({ name, oldest, sql: text }, index) => [
                name,
                {
                  async up(trx: Kysely<unknown>) {
                    await trx.executeQuery(CompiledQuery.raw(text));
                    await sql`UPDATE longview.hub SET format = ${index + 1}, oldest = ${oldest}`.execute(trx);
                  },
                },
              ]),
            ),
        },
      });
      const { error, results = [] } = await migrator.migrateToLatest();
      if (error !== undefined) throw error as Error;
      return results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName);
    });
  }

  /**
   * What the hub says of itself.
   * @throws LongviewError `team-hub-too-new` where it is newer than this Longview can be, `team-hub-refused` where there
   * is none, or it is older.
   */
  async facts(): Promise<HubFacts> {
    const facts = await this.run(factsOf);
    if (!facts) throw noHub(this.url);
    if (facts.oldest > hubFormat) throw tooNew(this.url, facts);
    if (facts.format < hubFormat)
      throw new LongviewError(
        'team-hub-refused',
        `The hub at ${shownUrl(this.url)} is of format ${facts.format}, this Longview needs ${hubFormat}.`,
        'Run "longview hub init" with its address: it keeps everything and brings the tables up to date.',
      );
    return facts;
  }

  /** Sets after how many seconds a worker that isn't heard from loses its job. */
  async setLease(seconds: number): Promise<void> {
    await this.run((db) =>
      sql`UPDATE longview.hub SET lease = make_interval(secs => ${seconds})`.execute(db),
    );
  }

  /**
   * Calls `onNumber` for each change that is told, until the returned function is called. What happens while the
   * connection is away isn't told: whoever listens looks at the hub's number when `onAway` is called, and from time to time.
   */
  async listen(onNumber: (seq: number) => void, onAway: () => void): Promise<() => Promise<void>> {
    const client = new pg.Client({
      connectionString: this.url,
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    client.on('error', onAway);
    client.on('end', onAway);
    client.on('notification', ({ payload }) => onNumber(Number(payload)));
    try {
      await client.connect();
      await client.query('LISTEN longview');
    } catch (error) {
      await client.end().catch(() => undefined);
      throw hubError(error, this.url);
    }
    return async () => {
      client.removeAllListeners('end');
      await client.end().catch(() => undefined);
    };
  }

  /** Lets go of its connections; safe to call twice. */
  async close(): Promise<void> {
    await this.#db.destroy();
  }
}

async function factsOf(db: HubDatabase): Promise<HubFacts | undefined> {
  const there = await sql<{
    there: boolean;
  }>`SELECT to_regclass('longview.hub') IS NOT NULL AS there`.execute(db);
  if (!there.rows[0].there) return undefined;
  const { rows } = await sql<HubFacts>`
    SELECT id, format, oldest, seq, extract(epoch FROM lease)::float8 * 1000 AS "leaseMs" FROM longview.hub`.execute(
    db,
  );
  return rows[0];
}

function tooNew(url: string, { format }: HubFacts): LongviewError {
  return new LongviewError(
    'team-hub-too-new',
    `The hub at ${shownUrl(url)} was made by a newer Longview (its format is ${format}, this one knows ${hubFormat}).`,
    'Update Longview on this machine; nothing was changed.',
  );
}

/** A change that others are to hear of. */
export interface HubChange {
  what: 'published' | 'placed' | 'removed' | 'corrected' | 'answered' | 'people' | 'queued';
  content?: string;
  detail?: unknown;
}

/** Notes a change with the hub's next number, and tells whoever listens; the last thing in its transaction. */
export async function noteChange(
  trx: HubTransaction,
  who: string,
  { what, content, detail }: HubChange,
): Promise<number> {
  const { rows } = await sql<{ seq: number }>`
    WITH next AS (UPDATE longview.hub SET seq = seq + 1 RETURNING seq),
      noted AS (INSERT INTO longview.changes (seq, what, content, made_by, detail)
        SELECT seq, ${what}, ${content ?? null}, ${who}, ${detail === undefined ? null : JSON.stringify(detail)}::jsonb
        FROM next RETURNING seq)
    SELECT seq, pg_notify('longview', seq::text) FROM noted`.execute(trx);
  return rows[0].seq;
}
