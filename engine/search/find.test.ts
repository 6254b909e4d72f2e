import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MadeWorld } from '../../tests/fixtures/search.ts';
import { findResultSchema, type FindResult } from '../protocol/results.ts';
import { find } from './find.ts';

const dog = { label: 'dog', score: 0.7, box: [0.4, 0.4, 0.6, 0.6] as const };

/** Three videos; the detector of this world knows dogs and zebras, and saw a dog in "park". */
function world(): MadeWorld {
  const made = new MadeWorld(['guitar', 'dog', 'tree', 'sea', 'zebra', 'piano'])
    .add('concert', [
      { shows: 'tree', seconds: 20 },
      { shows: 'guitar', seconds: 6 },
      { shows: 'sea', seconds: 20 },
    ])
    .add('park', [
      { shows: 'tree', seconds: 10 },
      { shows: 'dog', seconds: 5, seen: [dog] },
      { shows: 'tree', seconds: 30 },
    ])
    .add('beach', [{ shows: 'sea', seconds: 40 }]);
  made.known = { dog: ['dog'], zebra: ['zebra'] };
  return made;
}

test('a scene is found by its embedding, with its start and end', async () => {
  const result = await find(world().deps, { query: 'a guitar' });
  findResultSchema.parse(result);
  assert.equal(result.confident, true);
  const [first] = result.moments;
  assert.deepEqual([first.videoId, first.start, first.end, first.source], ['concert', 20, 26, 'scene']);
  assert.ok(first.confidence > 0.5);
});

test('an object is found by the detector, and the reason says what was seen', async () => {
  const { confident, moments } = await find(world().deps, { query: 'a dog' });
  assert.equal(confident, true);
  const first = moments[0];
  assert.deepEqual([first.videoId, first.start, first.end, first.source], ['park', 10, 15, 'object']);
  assert.match(first.reason, /dog \(0\.70\)/);
});

test('what the detector knows and never saw is not here, though the nearest are listed', async () => {
  const made = world();
  // The decoder and the embedding may be as sure as they like.
  made.add('savanna', [{ shows: 'zebra', seconds: 8 }]);
  const { confident, moments } = await find(made.deps, { query: 'a zebra' });
  assert.equal(confident, false);
  assert.ok(moments.length > 0);
  assert.ok(moments.every(({ confidence }) => confidence < 0.5));
});

test('what nobody knows and nothing resembles is not here', async () => {
  const { confident, examined } = await find(world().deps, { query: 'a steam engine' });
  assert.equal(confident, false);
  assert.deepEqual(examined, { videos: 3, seconds: 131 });
});

test('the first list comes before the re-check, the answer after it', async () => {
  const made = world();
  const firsts: FindResult[] = [];
  const result = await find(
    made.deps,
    { query: 'a guitar', gamma: 1.25 },
    { onFirst: (first) => firsts.push(first) },
  );
  assert.equal(firsts.length, 1);
  assert.deepEqual([firsts[0].refined, result.refined], [false, true]);
  assert.equal(firsts[0].moments[0].checked, undefined);
  assert.ok(result.moments[0].checked! > 0.9);
  assert.ok(made.prompts.every(({ question, gamma }) => question === 'is there a guitar?' && gamma === 1.25));
});

test('a re-check that says no takes a moment down', async () => {
  const made = world();
  made.add('rehearsal', [{ shows: 'guitar', seconds: 4 }]);
  const before = await find(made.deps, { query: 'guitar', refine: false });
  made.sureness = 0.05;
  const after = await find(made.deps, { query: 'guitar' });
  assert.equal(before.refined, false);
  assert.ok(after.moments[0].confidence < before.moments[0].confidence);
});

test('in searches the named videos only, by id or path', async () => {
  const { moments, examined } = await find(world().deps, {
    query: 'guitar',
    in: ['beach', '/films/park.mp4', 'beach'],
  });
  assert.equal(examined.videos, 2);
  assert.ok(moments.every(({ videoId }) => videoId !== 'concert'));
});

test('a video that is indexed with another model is left out and counted', async () => {
  const made = world().add('old', [{ shows: 'guitar', seconds: 9 }], { modelFingerprint: 'another' });
  const { skipped, moments } = await find(made.deps, { query: 'guitar', in: ['old', 'concert'] });
  assert.equal(skipped, 1);
  assert.ok(moments.every(({ videoId }) => videoId === 'concert'));
});

test('an empty library answers without loading the model', async () => {
  const made = new MadeWorld(['dog']);
  const result = findResultSchema.parse(await find(made.deps, { query: 'a dog' }));
  assert.deepEqual([result.confident, result.moments, made.calls.open], [false, [], 0]);
});

test('no more moments are listed than wanted, best first', async () => {
  const { moments } = await find(world().deps, { query: 'sea', limit: 2 });
  assert.equal(moments.length, 2);
  assert.ok(moments[0].score >= moments[1].score);
});

for (const [request, message] of [
  [{ query: '' }, /query must be some words.*got ""/],
  [{ query: '   ' }, /query must be some words/],
  [{ query: 'x'.repeat(100_000) }, /query must be some words, at most 2000 characters, got "xxx/],
  [{ query: 'dog', gamma: 0 }, /gamma must be a number from 0\.25 to 4, got 0/],
  [{ query: 'dog', gamma: 'fast' }, /gamma must be .*, got "fast"/],
  [{ query: 'dog', gamma: NaN }, /gamma must be .*, got NaN/],
  [{ query: 'dog', limit: 0 }, /limit must be a whole number from 1 to 1000, got 0/],
  [{ query: 'dog', gama: 1 }, /known fields, got "gama"/],
] as const)
  test(`find refuses ${JSON.stringify(request).slice(0, 60)} and quotes it`, async () => {
    await assert.rejects(find(world().deps, request as never), (error: { code: string; message: string }) => {
      assert.equal(error.code, 'bad-argument');
      assert.match(error.message, message);
      return true;
    });
  });

test('quotes, operators, emoji and other scripts are just words', async () => {
  for (const query of [
    '"dog" OR (cat NEAR/3 *)',
    "'; DROP TABLE videos; --",
    '🐕‍🦺 perro',
    '吉他',
    '\u0000guitar',
  ])
    findResultSchema.parse(await find(world().deps, { query }));
});

test('a cancelled find stops', async () => {
  const controller = new AbortController();
  const search = find(
    world().deps,
    { query: 'guitar' },
    { signal: controller.signal, onFirst: () => controller.abort() },
  );
  await assert.rejects(search, { code: 'cancelled' });
  await assert.rejects(find(world().deps, { query: 'guitar' }, { signal: AbortSignal.abort() }), {
    code: 'cancelled',
  });
});
