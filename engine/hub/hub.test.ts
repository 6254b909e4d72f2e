import assert from 'node:assert/strict';
import { test } from 'node:test';
import { query } from '../../demo/postgres.ts';
import { facts, temporaryFolder, unit } from '../../tests/fixtures/library.ts';
import { Hub } from './connect.ts';
import { hubMigrations } from './schema.ts';
import { publish } from './publish.ts';
import { pull } from './pull.ts';
import { follow, followOnce } from './follow.ts';
import { removeFromHub, tell } from './actions.ts';
import { backUpHub, restoreHub } from './backup.ts';
import { examineHub } from './doctor.ts';
import { addPerson, listPeople, personOf, removePerson } from './people.ts';
import { HubQueue } from './queue.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { madeHub, postgres, skipped } from './testing/made-hub.ts';
import { indexed, library, mounts, seen } from './testing/made-library.ts';

const needsPostgres = { skip: skipped };

test('a hub is made once, whoever asks at the same time', needsPostgres, async () => {
  const url = await postgres().database();
  const hubs = Array.from({ length: 4 }, (_, i) => new Hub(url, `admin ${i}`, 2));
  const taken = await Promise.all(hubs.map((hub) => hub.migrate()));
  assert.deepEqual(
    taken.flat(),
    hubMigrations.map(({ name }) => name),
  );
  assert.equal((await hubs[0].facts()).format, hubMigrations.length);
  await Promise.all(hubs.map((hub) => hub.close()));
});

test(
  'a newer hub is refused and left alone; one without tables, and one that is away, say so',
  needsPostgres,
  async (t) => {
    const { url, as } = await madeHub(t);
    await query(url, 'UPDATE longview.hub SET format = 99, oldest = 99');
    await assert.rejects(as('old').facts(), { code: 'team-hub-too-new' });
    await assert.rejects(as('old').migrate(), { code: 'team-hub-too-new' });
    const empty = new Hub(await postgres().database(), 'me');
    await assert.rejects(empty.facts(), { code: 'team-hub-refused', message: /no hub yet/ });
    await empty.close();
    const away = new Hub('postgres://nobody:secret@127.0.0.1:1/none', 'me');
    await assert.rejects(away.facts(), (error: Error) => {
      assert.equal((error as Error & { code: string }).code, 'team-hub-unreachable');
      assert.ok(!error.message.includes('secret'));
      return true;
    });
    await away.close();
  },
);

test('what one library made another one has, without looking at any footage', needsPostgres, async (t) => {
  const { as } = await madeHub(t);
  const [one, other] = [library(t), library(t)];
  const { videoId, contentHash } = indexed(one, 'lecture', 37);
  const text = { kind: 'said', start: 1, end: 2, text: 'What a castle that is' } as const;
  const track = one.beginTrack(videoId, {
    kind: 'transcript',
    extractor: 'speech',
    version: '1',
    settings: { a: 1 },
  });
  track.appendLines([text], 5);
  track.complete([[0, 37, 0]]);
  const loud = one.beginTrack(videoId, {
    kind: 'loudness',
    extractor: 'loudness',
    version: '1',
    settings: {},
  });
  loud.appendSeries(
    Float32Array.from({ length: 9000 }, (_, i) => i),
    0.1,
    0,
  );
  loud.complete([[0, 900, 10]]);
  assert.equal(await publish({ hub: as('one'), store: one, contentHash, mounts }), true);
  assert.equal(
    await publish({ hub: as('one'), store: one, contentHash, mounts }),
    false,
    'nothing is published twice',
  );
  assert.deepEqual(one.unshared(), []);
  await pull({ hub: as('other'), store: other, contentHash, mounts: { footage: 'Z:\\' } });
  assert.deepEqual(seen(other, videoId), seen(one, videoId));
  assert.deepEqual(
    other.indexedVideos().map((video) => video.path),
    ['Z:\\lecture.mp4'],
  );
  assert.deepEqual(other.unshared(), []);
  assert.equal(other.nearest('made-1', unit(3), 1).patches[0].patch, 3);
  assert.deepEqual(other.faults(), []);
});

test(
  'a library follows the hub, and sends what was made at home of what lies in a root',
  needsPostgres,
  async (t) => {
    const { as } = await madeHub(t);
    const [one, other] = [library(t), library(t)];
    const here = (store: ReturnType<typeof library>, who: string) => ({ hub: as(who), store, mounts });
    const lecture = indexed(one, 'lecture', 9);
    const private_ = indexed(one, 'private', 9, true, '/home/me/private.mp4');
    const first = await followOnce(here(one, 'one'));
    assert.deepEqual([first.pushed, first.pulled], [1, 0]);
    await followOnce(here(other, 'other'));
    assert.deepEqual(
      other.indexedVideos().map(({ id }) => id),
      [lecture.videoId],
      'private footage stays private',
    );
    indexed(other, 'second', 5);
    await followOnce(here(other, 'other'));
    const again = await followOnce(here(one, 'one'));
    assert.equal(again.compared, false);
    assert.equal(one.indexedVideos().length, 3);
    assert.deepEqual(
      await followOnce(here(one, 'one')).then(({ pulled, pushed }) => [pulled, pushed]),
      [0, 0],
    );
    assert.ok(one.videoByContent(private_.contentHash));
  },
);

test('a part of the hub: some roots, and no visual tokens', needsPostgres, async (t) => {
  const { as } = await madeHub(t);
  const [one, part] = [library(t), library(t)];
  const all = { footage: '/mnt/footage', attic: '/mnt/attic' };
  const lecture = indexed(one, 'lecture', 9);
  indexed(one, 'old', 9, true, '/mnt/attic/old.mp4');
  await followOnce({ hub: as('one'), store: one, mounts: all });
  await followOnce({ hub: as('part'), store: part, mounts: {}, part: { only: ['footage'], tokens: false } });
  const [video] = part.indexedVideos();
  assert.equal(part.indexedVideos().length, 1);
  assert.equal(video.path, 'footage:/lecture.mp4', 'found, and it says where it lies');
  assert.deepEqual(part.video(video.id).paths, [], 'and can not be played here');
  assert.deepEqual(part.patchTable(video.id), one.patchTable(lecture.videoId));
  assert.equal(part.hasTokens(video.id), false);
  // The root is mounted later, and the visual tokens are wanted after all.
  part.setSetting('hub/position', undefined);
  await followOnce({ hub: as('part'), store: part, mounts: { footage: '/media/x' } });
  assert.deepEqual(part.video(video.id).paths, ['/media/x/lecture.mp4']);
  assert.deepEqual(seen(part, video.id), seen(one, lecture.videoId));
});

test(
  'what is removed goes everywhere, and stays away; whoever indexes it again has it again',
  needsPostgres,
  async (t) => {
    const { as } = await madeHub(t);
    const [one, other] = [library(t), library(t)];
    one.setSetting('hub', { url: 'here' });
    const { videoId, contentHash } = indexed(one, 'lecture', 9);
    await followOnce({ hub: as('one'), store: one, mounts });
    await followOnce({ hub: as('other'), store: other, mounts });
    one.removeVideo(videoId);
    await followOnce({ hub: as('one'), store: one, mounts });
    await followOnce({ hub: as('other'), store: other, mounts });
    assert.equal(other.videoByContent(contentHash), undefined);
    assert.deepEqual(other.droppedVideos(), [{ contentHash, removedBy: 'one' }]);
    indexed(other, 'lecture', 9);
    await followOnce({ hub: as('other'), store: other, mounts });
    await followOnce({ hub: as('one'), store: one, mounts });
    assert.equal(one.indexedVideos().length, 1);
  },
);

test(
  'a hub that was put back to yesterday gets back what its libraries know, and what was removed since goes',
  needsPostgres,
  async (t) => {
    const { url, as } = await madeHub(t);
    const [one, other] = [library(t), library(t)];
    const corrections: unknown[] = [];
    const here = (store: ReturnType<typeof library>, who: string) => ({
      ...{ hub: as(who), store, mounts },
      corrections: { of: () => (store === one ? corrections : []), take: () => undefined },
    });
    const old = indexed(one, 'old', 9);
    await followOnce(here(one, 'one'));
    await followOnce(here(other, 'other'));
    const tables = [
      'hub',
      'changes',
      'videos',
      'roots',
      'places',
      'passes',
      'tracks',
      'segments',
      'corrections',
    ];
    for (const name of tables)
      await query(url, `CREATE TABLE saved_${name} AS SELECT * FROM longview.${name}`);
    // The day after: one video more, one less, one line put right.
    const fresh = indexed(other, 'new', 9);
    await followOnce(here(other, 'other'));
    await removeFromHub(as('boss'), old.contentHash);
    await followOnce(here(one, 'one'));
    await followOnce(here(other, 'other'));
    corrections.push({ start: 1, end: 2, text: 'right' });
    const restored = tables.map((name) =>
      name === 'segments'
        ? `INSERT INTO longview.segments (pass, track, part, first, count, data)
         SELECT pass, track, part, first, count, data FROM saved_segments`
        : `INSERT INTO longview.${name} SELECT * FROM saved_${name}`,
    );
    const all = tables.map((name) => `longview.${name}`).join(', ');
    const hub = as('admin');
    await hub.script(`TRUNCATE ${all} CASCADE; ${restored.join('; ')}`);
    // Somebody else is quicker: the number alone tells nothing.
    for (let i = 0; i < 12; i++)
      await hub.script(
        "UPDATE longview.hub SET seq = seq + 1; INSERT INTO longview.changes (seq, what, made_by) SELECT seq, 'queued', 'x' FROM longview.hub",
      );
    assert.equal((await followOnce(here(other, 'other'))).compared, true);
    assert.equal((await followOnce(here(one, 'one'))).compared, true);
    await followOnce(here(other, 'other'));
    for (const store of [one, other])
      assert.deepEqual(
        store.indexedVideos().map(({ id }) => id),
        [fresh.videoId],
      );
    const third = library(t);
    await followOnce({ hub: as('third'), store: third, mounts });
    assert.deepEqual(seen(third, fresh.videoId), seen(other, fresh.videoId));
    assert.equal(third.videoByContent(old.contentHash), undefined);
    assert.equal((await query(url, 'SELECT 1 FROM longview.corrections')).length, 1);
  },
);

test('what two people made of the same file at home is kept once', needsPostgres, async (t) => {
  const { url, as } = await madeHub(t);
  const [one, other] = [library(t), library(t)];
  indexed(one, 'lecture', 9);
  indexed(other, 'lecture', 9, true, '/mnt/footage/copy/lecture.mp4');
  await Promise.all([
    followOnce({ hub: as('one'), store: one, mounts }),
    followOnce({ hub: as('other'), store: other, mounts }),
  ]);
  await followOnce({ hub: as('one'), store: one, mounts });
  await followOnce({ hub: as('other'), store: other, mounts });
  assert.equal((await query(url, 'SELECT 1 FROM longview.passes')).length, 1);
  assert.equal((await query(url, 'SELECT 1 FROM longview.places')).length, 2, 'and lies in both places');
  assert.deepEqual([one.unshared(), other.unshared()], [[], []]);
});

test('a library hears of a change at once, and goes on when the hub was away', needsPostgres, async (t) => {
  const { as } = await madeHub(t);
  const [one, other] = [library(t), library(t)];
  const stop = new AbortController();
  const following = follow({ hub: as('other'), store: other, mounts }, stop.signal);
  const has = async (name: string) => {
    const until = performance.now() + 10_000;
    while (other.videoByContent(facts(name).contentHash)?.index === undefined) {
      assert.ok(performance.now() < until, `${name} came in time`);
      await wait(20);
    }
  };
  indexed(one, 'first', 5);
  await followOnce({ hub: as('one'), store: one, mounts });
  await has('first');
  await postgres().kill();
  indexed(one, 'second', 5);
  await assert.rejects(followOnce({ hub: as('one'), store: one, mounts }), { code: 'team-hub-unreachable' });
  await postgres().start();
  await followOnce({ hub: as('one'), store: one, mounts });
  await has('second');
  stop.abort();
  await following;
});

test(
  'lines that people put right: the last to arrive counts, every one is kept with who made it',
  needsPostgres,
  async (t) => {
    const { url, as } = await madeHub(t);
    const store = library(t);
    const { contentHash } = indexed(store, 'lecture', 5);
    await followOnce({ hub: as('one'), store, mounts });
    const right = (text: string) =>
      ({ what: 'correct', contentHash, body: { start: 1, end: 2, was: 'x', text } }) as const;
    await tell(as('anna'), right('from anna'));
    await tell(as('ben'), right('from ben'));
    await tell(as('ben'), right('from ben'));
    const taken: unknown[] = [];
    const corrections = {
      of: () => [],
      take: (_: string, list: readonly unknown[]) => void taken.push(...list),
    };
    await followOnce({ hub: as('one'), store, mounts, corrections });
    assert.deepEqual(taken, [{ start: 1, end: 2, body: right('from ben').body, by: 'ben' }]);
    assert.equal((await query(url, 'SELECT 1 FROM longview.corrections')).length, 2);
  },
);

test('an answer that was shared on purpose is in everybody’s history', needsPostgres, async (t) => {
  const { as } = await madeHub(t);
  const [one, other] = [library(t), library(t)];
  one.setSetting('hub', { url: 'here' });
  const { contentHash } = indexed(one, 'lecture', 5);
  await followOnce({ hub: as('one'), store: one, mounts });
  const row = {
    ...{
      contentHash,
      indexRun: 'a',
      modelFingerprint: 'm',
      questionKey: 'what?',
      gamma: 1,
      sampling: 'greedy',
    },
    result: JSON.stringify({ made: 'up' }),
  };
  one.tellHub('answer', contentHash, row);
  await followOnce({ hub: as('one'), store: one, mounts });
  await followOnce({ hub: as('other'), store: other, mounts });
  await followOnce({ hub: as('other'), store: other, mounts });
  assert.deepEqual(other.answerRow(1), row);
  assert.equal(other.answerRow(2), undefined);
});

for (const programs of ['/nowhere', undefined])
  test(
    `a hub in one file and back, ${programs ? 'without' : 'with'} PostgreSQL’s programs`,
    needsPostgres,
    async (t) => {
      if (!programs && !existsSync(join(postgres().programs, 'pg_dump'))) {
        t.skip('this PostgreSQL came without pg_dump');
        return;
      }
      const { as } = await madeHub(t);
      const one = library(t);
      const { videoId } = indexed(one, 'lecture', 37);
      await followOnce({ hub: as('one'), store: one, mounts });
      await addPerson(as('admin'), 'anna', 'ask');
      const file = join(temporaryFolder(t), 'hub.backup');
      const tools = programs ?? postgres().programs;
      const { by } = await backUpHub(as('admin'), file, tools);
      assert.equal(by, programs ? 'longview' : 'pg_dump');
      await assert.rejects(backUpHub(as('admin'), file, tools), { code: 'file-exists' });
      await assert.rejects(restoreHub(as('admin'), file, tools), { code: 'file-exists' });
      const again = new Hub(await postgres().database(), 'admin');
      t.after(() => again.close());
      await restoreHub(again, file, tools);
      const other = library(t);
      await followOnce({ hub: again, store: other, mounts });
      assert.deepEqual(seen(other, videoId), seen(one, videoId));
      assert.deepEqual(
        (await listPeople(again)).map(({ name }) => name),
        ['anna'],
      );
      assert.equal(await new HubQueue(again).add('c', ['pictures']), 1, 'numbers go on');
      assert.deepEqual(
        (await examineHub(again, {})).filter(({ ok, name }) => !ok && name !== 'jobs'),
        [],
      );
    },
  );

test(
  'a person’s token is kept as its hash alone, and no longer works when it was withdrawn',
  needsPostgres,
  async (t) => {
    const { url, as } = await madeHub(t);
    const hub = as('admin');
    const token = await addPerson(hub, 'anna', 'see');
    assert.deepEqual(await personOf(hub, token), { name: 'anna', role: 'see' });
    assert.equal(await personOf(hub, `${token}x`), undefined);
    assert.ok(!JSON.stringify(await query(url, 'SELECT * FROM longview.people')).includes(token));
    const newer = await addPerson(hub, 'anna', 'add');
    assert.equal(await personOf(hub, token), undefined, 'the old one is gone');
    assert.equal((await personOf(hub, newer))?.role, 'add');
    assert.equal(await removePerson(hub, 'anna'), true);
    assert.equal(await personOf(hub, newer), undefined);
  },
);

test(
  'the doctor finds a gap, a segment that can’t be read and a root that isn’t there',
  needsPostgres,
  async (t) => {
    const { as } = await madeHub(t);
    const one = library(t);
    indexed(one, 'lecture', 200);
    const hub = as('admin');
    await followOnce({ hub, store: one, mounts });
    const failed = async () =>
      (await examineHub(hub, { footage: '/nowhere' })).filter(({ ok }) => !ok).map(({ name }) => name);
    assert.deepEqual(await failed(), ['roots']);
    await hub.script("UPDATE longview.segments SET data = substr(data, 1, 40) WHERE part = 'patches'");
    assert.deepEqual(await failed(), ['segments', 'roots']);
    await assert.rejects(followOnce({ hub, store: library(t), mounts }), { code: 'library-damaged' });
    await hub.script("DELETE FROM longview.segments WHERE part = 'patches'");
    assert.deepEqual(await failed(), ['segments', 'roots']);
  },
);
