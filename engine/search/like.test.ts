import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MadeWorld } from '../../tests/fixtures/search.ts';
import { LongviewError } from '../protocol/errors.ts';
import { findResultSchema } from '../protocol/results.ts';
import { find } from './find.ts';

function world(): MadeWorld {
  return new MadeWorld(['guitar', 'tree', 'sea', 'piano'])
    .add('concert', [
      { shows: 'tree', seconds: 20 },
      { shows: 'guitar', seconds: 6 },
      { shows: 'sea', seconds: 20 },
    ])
    .add('garden', [
      { shows: 'sea', seconds: 20 },
      { shows: 'guitar', seconds: 8 },
      { shows: 'piano', seconds: 10 },
    ]);
}

test('what looks like a picture of the library is found elsewhere, and not where that picture is', async () => {
  const made = world();
  const result = await find(made.deps, { like: { video: 'concert', at: 22 } });
  findResultSchema.parse(result);
  const [first] = result.moments;
  assert.deepEqual([first.videoId, first.start, first.end, result.confident], ['garden', 20, 28, true]);
  assert.ok(
    !result.moments.some(({ videoId, start, end }) => videoId === 'concert' && start <= 22 && end >= 22),
  );
  assert.deepEqual([result.query, result.refined, made.calls.embed], ['', false, 0]);
});

test('words choose among what looks like it', async () => {
  const { moments, confident } = await find(world().deps, {
    like: { video: 'concert', at: 22 },
    query: 'a piano',
  });
  assert.ok(!confident, 'no guitar is a piano');
  assert.ok(moments.every(({ confidence }) => confidence < 0.5));
});

test('a picture that isn’t the library’s is looked at by its encoder', async () => {
  const made = world();
  const deps = made.deps;
  const asked: unknown[] = [];
  const like = { file: '/pictures/guitar.png', box: [0, 0, 0.5, 1] as [number, number, number, number] };
  const [guitar] = await (await deps.model.open()).text!.embed(['guitar']);
  const open = async () => {
    const model = await made.deps.model.open();
    const analyse = async () => [{ objects: [[], []], tokens: new Float32Array(0), embedding: guitar }];
    return { ...model, frameEncoder: { ...model.frameEncoder!, analyse } };
  };
  const { moments } = await find(
    {
      ...deps,
      model: { ...deps.model, open },
      pictureOf: async (one, { width, height }) => {
        asked.push([one, width, height]);
        return { pixels: new Uint8Array(width * height * 3), letterbox: { x: 0, y: 0, width, height } };
      },
    },
    { like },
  );
  assert.deepEqual(asked, [[like, 64, 64]]);
  assert.deepEqual(
    new Set(moments.slice(0, 2).map(({ videoId }) => videoId)),
    new Set(['concert', 'garden']),
  );
});

test('a find of nothing, and of a wrong part, are refused', async () => {
  const refused = (error: unknown) => error instanceof LongviewError && error.code === 'bad-argument';
  await assert.rejects(find(world().deps, {}), refused);
  for (const box of [
    [0.6, 0, 0.6, 1],
    [0, 0, 0, 1],
    [0, 0, 100, 100],
  ])
    await assert.rejects(find(world().deps, { like: { video: 'concert', at: 1, box } as never }), refused);
  await assert.rejects(find(world().deps, { like: { video: 'concert' } as never }), refused);
});
