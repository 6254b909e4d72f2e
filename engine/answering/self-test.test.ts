import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MadeWorld } from '../../tests/fixtures/search.ts';
import { choose } from './choose.ts';
import { plan } from './plan.ts';
import { safeLength, selfTest } from './self-test.ts';
import { selfTestResultSchema, type SelfTestRequest } from '../protocol/asking.ts';
import type { PromptPart } from '../inference/types.ts';

const needle = 99;

/** A world whose decoder finds a needle in so many temporal patches at most, and says no beyond. */
function world(reads: number) {
  const made = new MadeWorld(['tree', 'sea']).add('film', [
    { shows: 'tree', seconds: 40 },
    { shows: 'sea', seconds: 40 },
  ]);
  const { deps } = made;
  const open = async () => {
    const model = await deps.model.open();
    const decoder: typeof model.decoder = {
      ...model.decoder!,
      score: async ({ parts }, answers) => {
        const { patches } = parts.find(
          (part): part is PromptPart & { kind: 'video' } => part.kind === 'video',
        )!;
        const found = patches.length <= reads + 1 && patches.some(([value]) => value === needle);
        const own = found ? 'yes' : 'no';
        return answers.map((answer) => ({ logProbability: 0, exact: answer === own }));
      },
    };
    const look = async (patches: readonly unknown[]) =>
      patches.map(() => ({ objects: [], tokens: Float32Array.of(needle), embedding: Float32Array.of(1) }));
    return { ...model, decoder, frameEncoder: { ...model.frameEncoder!, analyse: look } };
  };
  return { made, deps: { ...deps, model: { ...deps.model, open } } };
}

suite('a self-test', () => {
  test('finds the longest length at which answers stay right, and asking keeps to it', async () => {
    const { deps } = world(12);
    const before = await plan(deps, { question: 'What is shown first?', in: 'film' });
    assert.deepEqual(before.trusted, { patches: 6, source: 'training' });
    const result = await selfTest(deps, { in: 'film', needles: 2 });
    selfTestResultSchema.parse(result);
    assert.deepEqual(
      result.lengths.map(({ patches, right, asked }) => [patches, right / asked]),
      [
        [2, 1],
        [3, 1],
        [6, 1],
        [12, 1],
        [24, 0],
        [48, 0],
      ],
    );
    assert.deepEqual([result.safePatches, result.trainedPatches], [12, 6]);
    const after = await plan(deps, { question: 'What is shown first?', in: 'film' });
    assert.deepEqual([after.trusted.patches, after.trusted.source], [12, 'self-test']);
    assert.ok(after.patches > before.patches);
  });

  test('that no length passes leaves asking as the bundle was trained', async () => {
    const { deps } = world(0);
    const { safePatches } = await selfTest(deps, { in: 'film', needles: 1, lengths: [4, 8] });
    assert.equal(safePatches, null);
    assert.equal(
      (await plan(deps, { question: 'What is shown first?', in: 'film' })).trusted.source,
      'training',
    );
  });

  test('never touches what is stored of the video', async () => {
    const { made, deps } = world(12);
    const before = deps.store.patchTokens('film', [0, 40]).map((tokens) => [...tokens]);
    await selfTest(deps, { in: 'film', needles: 1, lengths: [4] });
    assert.deepEqual(
      deps.store.patchTokens('film', [0, 40]).map((tokens) => [...tokens]),
      before,
    );
    assert.equal(made.answers.size, 0);
  });

  test('of a video that is too short, with wrong lengths, or cancelled, is refused', async () => {
    const { deps } = world(12);
    const refused = (request: SelfTestRequest, code: string, signal?: AbortSignal) =>
      assert.rejects(selfTest(deps, request, { signal }), { code });
    await refused({ in: 'film', lengths: [100] }, 'bad-argument');
    await refused({ in: 'film', lengths: [1] }, 'bad-argument');
    await refused({ in: 'film', needles: 0 }, 'bad-argument');
    await refused({ in: 'nowhere' }, 'video-not-in-library');
    await refused({ in: 'film' }, 'cancelled', AbortSignal.abort());
  });

  test('trusts a length only where all shorter ones pass', () => {
    const lengths = [10, 9, 3, 9].map((right, i) => ({ patches: 2 ** (i + 1), right, asked: 10 }));
    assert.deepEqual(safeLength(lengths, 8), { needed: 0.8, safePatches: 4 });
    assert.equal(safeLength(lengths.slice(2), 8).safePatches, null);
    // Nothing failed: the footage was only too short for more.
    assert.equal(safeLength(lengths.slice(0, 2), 8).safePatches, 8);
  });
});

suite('options', () => {
  const film = () =>
    new MadeWorld(['dog', 'cat', 'tree', 'sea']).add('film', [
      { shows: 'dog', seconds: 10 },
      { shows: 'sea', seconds: 12 },
      { shows: 'cat', seconds: 10 },
    ]).deps;

  test('are chosen among by what the decoder finds likeliest to say', async () => {
    const asked = async (question: string) =>
      (await choose(film(), { question, options: ['tree', 'sea', 'dog'], in: 'film' })).chosen;
    assert.equal(await asked('What comes after the dog?'), 1);
    assert.equal(await asked('What is shown first?'), 2);
    assert.equal(await asked('What is shown at 0:15?'), 1);
  });

  test('have probabilities that sum to 1', async () => {
    const { probabilities } = await choose(film(), {
      question: 'What is shown last?',
      options: ['cat', 'dog', 'sea', 'tree'],
      in: 'film',
    });
    assert.ok(Math.abs(probabilities.reduce((a, b) => a + b) - 1) < 1e-9);
    assert.equal(probabilities.indexOf(Math.max(...probabilities)), 0);
  });

  test('must be two or more', async () => {
    const request = { question: 'Which?', options: ['one'], in: 'film' };
    await assert.rejects(choose(film(), request), {
      code: 'bad-argument',
      message: /a list of 2 to 26 options/,
    });
  });
});
