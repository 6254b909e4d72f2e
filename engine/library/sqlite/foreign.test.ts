import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { facts, patch, settings, temporaryFolder } from '../../../tests/fixtures/library.ts';
import { FeatureCache } from '../features.ts';
import { openStore } from '../index.ts';
import { thumbnailFolder } from './passes.ts';

/** A library with one video, and what is done to its database by somebody else. */
function foreign(t: TestContext, sql: string): { folder: string; videoId: string } {
  const folder = temporaryFolder(t);
  const store = openStore(folder);
  const { videoId } = store.saveFile('/films/a.mp4', facts('a'));
  const pass = store.beginPass(videoId, settings);
  pass.append([patch(0), patch(1), patch(2)]);
  pass.setThumbnails([{ time: 0, file: '000000.jpg' }]);
  pass.complete();
  const track = store.beginTrack(videoId, {
    ...{ kind: 'loudness', extractor: 'loudness', version: '1', settings: {} },
  });
  track.appendSeries(Float32Array.of(1, 2, 3), 1, 0);
  track.complete([[0, 3, 1]]);
  store.close();
  const db = new Database(join(folder, 'library.db'));
  // Somebody else keeps to none of our rules.
  db.pragma('ignore_check_constraints = ON');
  db.exec(sql);
  db.close();
  return { folder, videoId };
}

suite('a library that somebody else made', () => {
  const odd = {
    'a pass that is a path': "UPDATE passes SET id = '../../outside'",
    'a pass without a name': "UPDATE passes SET id = ''",
    'a still that is a path': "UPDATE thumbnails SET file = '../../../../etc/passwd'",
    'more patches than there are': 'UPDATE passes SET patches = 2000000000',
    'fewer patches than none': 'UPDATE passes SET patches = -1',
    'batches that hold more than any does':
      'UPDATE passes SET patches = 1000003; UPDATE patch_batches SET count = 1000003',
    'embeddings of no size': 'UPDATE passes SET embedding_size = 2000000000',
    'a missing table': 'DROP TABLE series',
    'a missing column': 'ALTER TABLE jobs DROP COLUMN died_at',
    'a missing view': 'DROP VIEW visible_tracks',
    'a trigger of its own': 'CREATE TRIGGER theirs AFTER INSERT ON videos BEGIN DELETE FROM answers; END',
    'a trigger of ours that does something else':
      'DROP TRIGGER line_goes; CREATE TRIGGER line_goes AFTER DELETE ON lines BEGIN DELETE FROM answers; END',
    'a view of its own': 'CREATE VIEW theirs AS SELECT * FROM videos',
    'a negative format': 'PRAGMA user_version = -3',
    'no format': 'PRAGMA user_version = 0',
    'an older format than it has': 'PRAGMA user_version = 2',
    'the format before it had tracks': 'PRAGMA user_version = 5',
  };
  for (const [name, sql] of Object.entries(odd))
    test(`with ${name} is refused, and says why and what to do`, (t) => {
      const { folder } = foreign(t, sql);
      assert.throws(
        () => openStore(folder),
        (error: { code: string; message: string; remedy: string }) =>
          error.code === 'library-damaged' && error.message.includes(folder) && /backup/.test(error.remedy),
      );
    });

  test('names no path, wherever its names are used', (t) => {
    const folder = temporaryFolder(t);
    const outside = join(folder, 'outside.tokens');
    writeFileSync(outside, 'precious');
    for (const id of ['../outside', '..', '', 'a/b', 'a.b', 'C:', 'x'.repeat(99), 'ä', 'a\0b']) {
      const features = new FeatureCache(folder);
      assert.throws(() => features.remove(id), { code: 'library-damaged' }, id);
      assert.throws(() => features.read(id, 1, [0]), { code: 'library-damaged' }, id);
      assert.throws(() => features.write(id, 1, 0), { code: 'library-damaged' }, id);
      assert.throws(() => thumbnailFolder(folder, id), { code: 'library-damaged' }, id);
    }
    assert.equal(readFileSync(outside, 'utf8'), 'precious');
  });

  test('has nothing of others deleted beside its stills and features', (t) => {
    const { folder } = foreign(t, '');
    mkdirSync(join(folder, 'thumbnails', 'My pictures'));
    writeFileSync(join(folder, 'features', 'My notes.tokens'), '');
    mkdirSync(join(folder, 'thumbnails', '00000000deadbeef'));
    const store = openStore(folder);
    t.after(() => store.close());
    store.cleanUp();
    assert.ok(existsSync(join(folder, 'thumbnails', 'My pictures')));
    assert.ok(existsSync(join(folder, 'features', 'My notes.tokens')));
    assert.ok(!existsSync(join(folder, 'thumbnails', '00000000deadbeef')));
  });

  test('has nothing written through its links', (t) => {
    const { folder } = foreign(t, '');
    const outside = join(temporaryFolder(t), 'precious');
    writeFileSync(outside, 'precious');
    for (const ending of ['codes', 'codes.rows', 'codes.json.new'])
      symlinkSync(outside, join(folder, 'features', `made-1.${ending}`));
    const store = openStore(folder);
    t.after(() => store.close());
    const near = store.nearest('made-1', patch(0).embedding, 2);
    assert.equal(near.patches[0].patch, 0);
    assert.equal(readFileSync(outside, 'utf8'), 'precious');
  });
});

suite('what is cut inside a library', () => {
  const cut = {
    'times of patches': 'UPDATE patch_batches SET times = substr(times, 1, 17)',
    'cuts of patches': 'UPDATE patch_batches SET cuts = substr(cuts, 1, 5)',
    'embeddings of patches': 'UPDATE patch_batches SET embeddings = substr(embeddings, 1, 3)',
    objects: 'UPDATE object_batches SET objects = substr(objects, 1, 30)',
    values: 'UPDATE series SET data = substr(data, 1, 5)',
  };
  for (const [name, sql] of Object.entries(cut))
    test(`${name}: it is told of which video and what to do, and nothing else stops`, (t) => {
      const { folder, videoId } = foreign(t, sql);
      const store = openStore(folder);
      t.after(() => store.close());
      const faults = store.faults();
      assert.equal(faults.length, 1, JSON.stringify(faults));
      assert.match(faults[0].message, /\/films\/a\.mp4.*cut/);
      assert.match(faults[0].remedy, /longview remove "\/films\/a\.mp4"/);
      const reads = [
        () => store.patchTable(videoId),
        () => store.frames(videoId),
        () => store.objects(videoId),
        () => store.series(videoId, 'loudness'),
        () => store.nearest('made-1', patch(0).embedding, 2),
      ];
      const failures = reads.flatMap((read) => {
        try {
          read();
          return [];
        } catch (error) {
          return [(error as { code: string }).code];
        }
      });
      assert.deepEqual([...new Set(failures)], ['library-damaged']);
      assert.equal(store.videos().length, 1);
      store.removeVideo(videoId);
      assert.deepEqual(store.faults(), []);
    });

  test('nothing is told of a whole one', (t) => {
    const { folder } = foreign(t, '');
    const store = openStore(folder);
    t.after(() => store.close());
    assert.deepEqual(store.faults(), []);
  });
});
