import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LongviewError } from '../../protocol/errors.ts';
import { teamRoles } from '../../protocol/team.ts';
import { methods, type Method, type Reply } from '../../protocol/wire.ts';
import type { Session } from '../session.ts';
import { createEntry } from './entry.ts';
import { createPeople, may, sessionFor, type Person } from './people.ts';

const anna: Person = { name: 'anna', role: 'ask' };

test('each role may what those before it may, and administering may everything', () => {
  const allowed = teamRoles.map((role) =>
    Object.keys(methods).filter((method) => may(role, method as Method)),
  );
  for (const [i, some] of allowed.entries())
    if (i > 0) assert.ok(allowed[i - 1].every((method) => some.includes(method)));
  assert.deepEqual(allowed.at(-1)!.toSorted(), Object.keys(methods).toSorted());
  assert.ok(may('see', 'find') && !may('see', 'ask') && !may('ask', 'index') && !may('add', 'remove'));
});

test('what a person may not do is refused with who may, and never reaches the engine', async () => {
  const reached: unknown[] = [];
  const session = { answer: async (message: unknown) => void reached.push(message) } as unknown as Session;
  const replies: Reply[] = [];
  const call = (method: string) =>
    sessionFor(session, anna).answer(
      { id: 1, method, request: {} },
      (reply) => replies.push(reply),
      new AbortController().signal,
    );
  await call('remove');
  assert.deepEqual(reached, []);
  assert.match(JSON.stringify(replies), /permission-denied.*administer/);
  await call('ask');
  assert.equal(reached.length, 1);
});

test('a withdrawn key is out after five seconds; while the hub is away whoever is in stays in for ten minutes', async () => {
  let at = 0;
  let person: Person | undefined = anna;
  let away = false;
  const people = createPeople(
    async () => {
      if (away) throw new LongviewError('team-hub-unreachable', 'Away.', 'Wait.');
      return person;
    },
    () => at,
  );
  people.add('session', 'lv_token', anna);
  assert.equal(await people.of('nobody'), undefined);
  away = true;
  at = 60_000;
  assert.equal(await people.of('session'), anna);
  at = 700_000;
  await assert.rejects(people.of('session'), { code: 'team-hub-unreachable' });
  away = false;
  assert.deepEqual(await people.of('session'), anna);
  person = undefined;
  at += 4_000;
  assert.deepEqual(await people.of('session'), anna);
  at += 2_000;
  assert.equal(await people.of('session'), 'withdrawn');
});

test('guessing keys is slow, also many at once', async () => {
  const entry = createEntry();
  let asked = 0;
  const guess = () =>
    entry.exchangeToken('lv_wrong', '10.0.0.1', async () => {
      asked++;
      return undefined;
    });
  const results = await Promise.allSettled(Array.from({ length: 50 }, guess));
  assert.equal(asked, 10);
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 0);
  const { session, person } = await entry.exchangeToken('lv_right', '10.0.0.2', async () => anna);
  assert.ok(entry.knows(session));
  assert.equal(person, anna);
});
