import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { query } from '../../../demo/postgres.ts';
import { madeFrameEncoder, madeMedia, madeModel, makeVideo } from '../../../tests/fixtures/footage.ts';
import { temporaryFolder } from '../../../tests/fixtures/library.ts';
import { madeHub, postgres, skipped } from '../../hub/testing/made-hub.ts';
import { followOnce } from '../../hub/index.ts';
import { indexVideos } from '../../indexing/index.ts';
import { openStore } from '../../library/index.ts';
import { correctionsOf, keepCorrection } from '../../indexing/index.ts';
import { takeCorrections } from '../transcripts.ts';
import { teamClaims } from './claims.ts';

const needsPostgres = { skip: skipped };

/** A person's library that follows a hub, with a frame encoder that takes its time. */
function person(t: TestContext, url: string, footage: string) {
  const store = openStore(temporaryFolder(t));
  t.after(() => store.close());
  store.setSetting('hub', { url, roots: { footage } });
  const frameEncoder = madeFrameEncoder(() => wait(15));
  const deps = { store, media: madeMedia(), model: madeModel(frameEncoder), team: teamClaims(store) };
  return { store, frameEncoder, index: (path: string) => indexVideos(deps, [path]) };
}

test(
  'two people who index the same file at one moment: one does it, and both have it',
  needsPostgres,
  async (t) => {
    const { url } = await madeHub(t);
    const footage = temporaryFolder(t);
    const path = makeVideo(footage, 'a.mp4', { durationSec: 40, first: 97 });
    const [one, other] = [person(t, url, footage), person(t, url, footage)];
    const rows = await Promise.all([one.index(path), other.index(path)]);
    const statuses = rows.map(({ videos }) => videos[0].status).toSorted();
    assert.deepEqual(statuses, ['indexed', 'unchanged']);
    assert.equal(one.frameEncoder.looked + other.frameEncoder.looked, 40);
    assert.deepEqual(
      one.store.patchTable(rows[0].videos[0].id!),
      other.store.patchTable(rows[0].videos[0].id!),
    );
    assert.deepEqual(await query(url, 'SELECT state FROM longview.jobs'), [{ state: 'done' }]);
  },
);

test(
  'without the hub a person indexes alone, and what was made is sent when it is back',
  needsPostgres,
  async (t) => {
    const { url, as } = await madeHub(t);
    const footage = temporaryFolder(t);
    const path = makeVideo(footage, 'a.mp4', { durationSec: 4, first: 97 });
    const { store, index } = person(t, url, footage);
    await postgres().kill();
    assert.equal((await index(path)).videos[0].status, 'indexed');
    await postgres().start();
    const { pushed } = await followOnce({ hub: as('me'), store, mounts: { footage } });
    assert.equal(pushed, 1);
  },
);

test(
  'what was left in the middle is not gone on with by others, and is not lost',
  needsPostgres,
  async (t) => {
    const { url } = await madeHub(t);
    const footage = temporaryFolder(t);
    const path = makeVideo(footage, 'a.mp4', { durationSec: 200, first: 97 });
    const one = person(t, url, footage);
    const stop = new AbortController();
    const deps = {
      store: one.store,
      media: madeMedia(),
      model: madeModel(one.frameEncoder),
      team: teamClaims(one.store),
    };
    setTimeout(() => stop.abort(), 900);
    const { videos } = await indexVideos(deps, [path], { signal: stop.signal });
    assert.equal(videos[0].status, 'cancelled');
    assert.deepEqual(await query(url, 'SELECT state FROM longview.jobs'), []);
    const done = one.frameEncoder.looked;
    const other = person(t, url, footage);
    await other.index(path);
    assert.ok(done > 10, `${done} were looked at`);
    assert.ok(
      other.frameEncoder.looked <= 200 - done + 4,
      'another goes on from there where somebody asks for it',
    );
  },
);

test('lines that others put right are taken over, with who did', (t) => {
  const store = openStore(temporaryFolder(t));
  t.after(() => store.close());
  const contentHash = 'ab'.repeat(8);
  store.saveFile('/a.mp4', {
    contentHash,
    sizeBytes: 1,
    durationSec: 5,
    width: 1,
    height: 1,
    frameRate: 1,
    codec: 'x',
  });
  const body = { start: 1, end: 2, was: 'x', text: 'mine', at: '2026-01-01T00:00:00Z' };
  keepCorrection(store, contentHash, body);
  takeCorrections(store, contentHash, [
    { body: { ...body, text: 'theirs', at: '2025-01-01T00:00:00Z' }, by: 'ben' },
    { body: { nonsense: true }, by: 'eve' },
  ]);
  assert.deepEqual(
    correctionsOf(store, contentHash).map(({ text, by }) => [text, by]),
    [['theirs', 'ben']],
  );
});
