import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MadeWorld } from '../../tests/fixtures/search.ts';
import { ask } from './ask.ts';
import { PromptPrefixReuse } from '../search/prompt-prefix-reuse.ts';
import { plan } from './plan.ts';
import { selfTest } from './self-test.ts';
import { VisualTokenCache } from '../search/visual-token-cache.ts';
import type { Model, PromptPart, Decoder } from '../inference/types.ts';
import type { PositionVariant } from '../protocol/bundle.ts';
import type { SearchDeps } from '../search/types.ts';

const made = () =>
  new MadeWorld(['guitar', 'dog', 'tree']).add('film', [
    { shows: 'tree', seconds: 12 },
    { shows: 'dog', seconds: 4 },
    { shows: 'guitar', seconds: 5 },
  ]);

/** A checkpoint whose visual tokens are the times of its frames, with what it was asked. */
function checkpoint(parts: Partial<Model> = {}) {
  const asked: { parts: readonly PromptPart[]; answers?: readonly string[] }[] = [];
  const times: number[] = [];
  const decoder: Decoder = {
    variant: 'm-rope',
    trainedPatches: 200,
    read: async (request) => {
      asked.push(request);
      request.onText?.('a tree in the wind');
      return {
        text: 'a tree in the wind',
        confidence: 0.9,
        promptTokens: 1,
        tokens: 5,
        prefillMs: 1,
        decodeMs: 1,
      };
    },
    score: async (request, answers) => {
      asked.push({ parts: request.parts, answers });
      return answers.map((_, index) => ({
        logProbability: Math.log(index === 0 ? 0.95 : 0.05),
        exact: false,
      }));
    },
  };
  const model: Model = {
    id: 'theirs',
    fingerprint: 'theirs-1',
    frameEncoder: undefined,
    text: undefined,
    decoder,
    vision: {
      framesPerPatch: 2,
      hiddenSize: 1,
      gridFor: ({ width, height }) => [height / 28, width / 28],
      encode: async (frames) => ({
        kind: 'video',
        patches: [Float32Array.from(frames, ({ pixels }) => pixels[0])],
        grid: [9, 16],
      }),
    },
    [Symbol.asyncDispose]: async () => undefined,
    ...parts,
  };
  const answering: SearchDeps['answering'] = {
    model: { id: 'theirs', fingerprint: 'theirs-1', open: async () => model },
    framesAt: async (_, wanted) => {
      times.push(...wanted);
      return wanted.map((time) => Uint8Array.of(2 * time));
    },
    kept: new VisualTokenCache(),
    earlier: new PromptPrefixReuse(),
  };
  return { answering, asked, times };
}

test('another bundle reads its own look at the moments, in time order', async () => {
  const world = made();
  const { answering, asked, times } = checkpoint();
  const result = await ask({ ...world.deps, answering }, { question: 'Why is it windy?', in: 'film' });
  assert.equal(result.answer, 'a tree in the wind');
  assert.equal(result.model, 'theirs');
  const [video] = asked[0].parts;
  assert.ok(video.kind === 'video');
  assert.deepEqual(video.grid, [9, 16]);
  const starts = video.patches.map((tokens) => tokens[0] / 2);
  assert.deepEqual(
    starts,
    starts.toSorted((a, b) => a - b),
  );
  assert.deepEqual(
    video.times,
    starts.map((start) => start + 0.25),
    'a patch’s time is the middle between its two pictures',
  );
  // The two pictures of a second are its beginning and its middle.
  assert.ok(video.patches.every((tokens) => tokens[1] - tokens[0] === 1));
  assert.ok(times.length > 0);
  assert.equal(world.calls.tokens, 0, 'the library’s own visual tokens are not asked for');
  assert.equal(world.calls.read, 0, 'nor its decoder');
});

test('its answers are cached apart from those of the library’s own bundle', async () => {
  const world = made();
  const { answering, asked } = checkpoint();
  const request = { question: 'Is there a dog?', in: 'film' };
  const own = await ask(world.deps, request);
  const theirs = await ask({ ...world.deps, answering }, request);
  assert.deepEqual([own.cached, theirs.cached], [false, false]);
  const before = asked.length;
  assert.equal((await ask({ ...world.deps, answering }, request)).cached, true);
  assert.equal((await ask(world.deps, request)).cached, true);
  assert.equal(asked.length, before);
});

test('it is asked for a yes or a no in so many words', async () => {
  const { answering, asked } = checkpoint();
  await ask({ ...made().deps, answering }, { question: 'Is there a dog?', in: 'film' });
  const choice = asked.find(({ answers }) => answers?.length === 2)!;
  assert.deepEqual(choice.answers, ['Yes', 'No']);
  const last = choice.parts.at(-1)!;
  assert.ok(last.kind === 'text' && /dog\? Answer yes or no\.$/.test(last.text));
});

test('what is only planned was not read', async (t) => {
  const { answering } = checkpoint();
  const deps = { ...made().deps, answering };
  const keep = t.mock.method(answering.earlier, 'keep');
  await plan(deps, { question: 'Why is it windy?', in: 'film' });
  assert.equal(keep.mock.callCount(), 0);
  await ask(deps, { question: 'Why is it windy?', in: 'film' });
  assert.equal(keep.mock.callCount(), 1);
});

test('a second question looks at nothing again', async () => {
  const world = made();
  const { answering, times, asked } = checkpoint();
  await ask({ ...world.deps, answering }, { question: 'Why is it windy?', in: 'film' });
  const [looked, before] = [times.length, asked.length];
  await ask({ ...world.deps, answering }, { question: 'Who planted this?', in: 'film' });
  assert.ok(asked.length > before);
  assert.equal(times.length, looked);
});

test('a list is read of what was looked at before', async () => {
  const world = made();
  const { answering, times, asked } = checkpoint();
  await ask({ ...world.deps, answering }, { question: 'Why is it windy?', in: 'film' });
  const looked = times.length;
  const before = asked.length;
  await ask({ ...world.deps, answering }, { question: 'Describe the video.', in: 'film' });
  const [list] = asked.slice(before);
  assert.deepEqual(list.parts[0], asked[0].parts[0]);
  assert.equal(times.length, looked);
});

test('several gammas are asked of a model that they change, and one of another, which is said', async () => {
  const question = { question: 'Why is it windy?', in: 'film', gamma: 'compare' as const };
  const as = (variant: PositionVariant) => {
    const { answering, asked } = checkpoint();
    return {
      asked,
      deps: { ...made().deps, answering: { ...answering, model: { ...answering.model, variant } } },
    };
  };
  const scaled = as('soft-hope');
  const several = await ask(scaled.deps, question);
  assert.deepEqual([several.runs?.length, several.notices], [3, undefined]);
  const fixed = as('m-rope');
  const one = await ask(fixed.deps, question);
  assert.deepEqual([one.runs, one.agreement, one.request?.gamma], [undefined, undefined, 1.5]);
  assert.match(one.notices![0].message, /theirs reads time with m-rope, .* asked once instead of "compare"/);
  assert.equal(fixed.asked.length, scaled.asked.length / 3);
  const again = await ask(fixed.deps, { question: question.question, in: 'film', gamma: 'auto' });
  assert.deepEqual([again.cached, again.notices?.length], [true, 1]);
});

test('what is kept has a limit, and the least recently used goes', () => {
  const kept = new VisualTokenCache(16);
  kept.set('a', new Float32Array(2));
  kept.set('b', new Float32Array(2));
  kept.get('a');
  kept.set('c', new Float32Array(2));
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => kept.get(key)?.length),
    [2, undefined, 2],
  );
  kept.set('d', new Float32Array(9));
  assert.equal(kept.get('d')?.length, 9, 'one that is larger than the limit is kept alone');
});

test('a plan reads nothing and decodes no picture', async () => {
  const { answering, asked, times } = checkpoint();
  const planned = await plan({ ...made().deps, answering }, { question: 'Why is it windy?', in: 'film' });
  assert.equal(planned.model, 'theirs');
  assert.ok(planned.promptTokens >= 144);
  assert.deepEqual([asked.length, times.length], [0, 0]);
});

test('its self-test looks at the footage itself, and what it finds is trusted of it alone', async () => {
  const { answering, asked, times } = checkpoint();
  const { decoder, vision } = await answering.model.open();
  // Nothing moves in a needle; further than nine temporal patches it can't be found.
  const isNeedle = ([first, second]: Float32Array) => first === second;
  const far: Decoder = {
    ...decoder!,
    score: async ({ parts }, answers) => {
      asked.push({ parts, answers });
      const [video] = parts;
      const found = video.kind === 'video' && video.patches.length <= 9 && video.patches.some(isNeedle);
      const yes = found ? 0.9 : 0.1;
      return [yes, 1 - yes].map((share) => ({ logProbability: Math.log(share), exact: false }));
    },
  };
  const other = checkpoint({ decoder: far, vision: vision! }).answering;
  const deps = { ...made().deps, answering: { ...other, framesAt: answering.framesAt } };
  const question = { question: 'Why is it windy?', in: 'film' };
  assert.deepEqual((await plan(deps, question)).trusted, { patches: 32, source: 'limit' });
  const result = await selfTest(deps, { in: 'film', needles: 2 });
  assert.deepEqual(
    result.lengths.map(({ patches, right, asked }) => [patches, right / asked]),
    [
      [8, 1],
      [16, 0],
    ],
  );
  assert.ok(asked.every(({ answers }) => answers?.join(' ') === 'Yes No'));
  assert.equal(times.length, 2 * new Set(times.map(Math.floor)).size, 'each patch is looked at once');
  assert.deepEqual([result.model, result.safePatches], ['theirs', 8]);
  assert.equal((await plan(deps, question)).trusted.patches, 8);
  assert.equal((await plan({ ...deps, answering: undefined }, question)).trusted.source, 'training');
});

test('one without a decoder or a vision encoder is refused', async () => {
  for (const parts of [{ decoder: undefined }, { vision: undefined }]) {
    const { answering } = checkpoint(parts);
    await assert.rejects(ask({ ...made().deps, answering }, { question: 'Why is it raining?', in: 'film' }), {
      code: 'cannot-read',
    });
  }
});
