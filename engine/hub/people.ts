import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { badArgument } from '../protocol/errors.ts';
import { type Hub, noteChange } from './connect.ts';
import { teamRoles, type TeamPerson, type TeamRole } from '../protocol/team.ts';

/** 256 random bits: no salt and no slow hash are needed for what nobody can guess. */
const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');

/**
 * Lets a person in, or gives one a new token or role; the old token no longer works.
 * @returns the token, which is nowhere else
 */
export async function addPerson(hub: Hub, name: string, role: TeamRole): Promise<string> {
  if (!/^[\p{L}\p{N}._@ -]{1,60}$/u.test(name))
    throw badArgument('the name', '1 to 60 letters, digits and . _ @ -', name);
  if (!teamRoles.includes(role)) throw badArgument('--role', `one of ${teamRoles.join(', ')}`, role);
  const token = `lv_${randomBytes(32).toString('base64url')}`;
  await hub.write(async (trx) => {
    await sql`INSERT INTO longview.people (name, role, token_hash) VALUES (${name}, ${role}, ${hashOf(token)})
      ON CONFLICT (name) DO UPDATE SET role = excluded.role, token_hash = excluded.token_hash,
        made_at = clock_timestamp(), withdrawn_at = NULL`.execute(trx);
    await noteChange(trx, hub.who, { what: 'people', detail: { name, role } });
  });
  return token;
}

/** Withdraws a person's token; who was let in by it is out within seconds. @returns whether there was such a person */
export async function removePerson(hub: Hub, name: string): Promise<boolean> {
  return hub.write(async (trx) => {
    const { rows } = await sql`UPDATE longview.people SET withdrawn_at = clock_timestamp()
      WHERE name = ${name} AND withdrawn_at IS NULL RETURNING name`.execute(trx);
    if (rows.length > 0)
      await noteChange(trx, hub.who, { what: 'people', detail: { name, withdrawn: true } });
    return rows.length > 0;
  });
}

/** Everybody who was ever let in, without their tokens. */
export async function listPeople(hub: Hub): Promise<TeamPerson[]> {
  return hub.run(async (db) => {
    const { rows } =
      await sql<TeamPerson>`SELECT name, role, to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "madeAt",
        to_char(withdrawn_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "withdrawnAt"
      FROM longview.people ORDER BY name`.execute(db);
    return rows;
  });
}

/** Whose token it is; undefined where it is nobody's, or was withdrawn. */
export async function personOf(
  hub: Hub,
  token: string,
): Promise<{ name: string; role: TeamRole } | undefined> {
  return hub.run(async (db) => {
    const { rows } = await sql<{ name: string; role: TeamRole }>`SELECT name, role FROM longview.people
      WHERE token_hash = ${hashOf(token)} AND withdrawn_at IS NULL`.execute(db);
    return rows[0];
  });
}
