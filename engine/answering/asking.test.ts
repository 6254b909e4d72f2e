import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MadeWorld } from '../../tests/fixtures/search.ts';
import { askResultSchema, type AskRun } from '../protocol/results.ts';
import { planResultSchema } from '../protocol/asking.ts';
import { LongviewError } from '../protocol/errors.ts';
import { ask } from './ask.ts';
import { plan } from './plan.ts';

const dog = { label: 'dog', score: 0.7, box: [0.1, 0.1, 0.5, 0.5] as const };

/** Three videos in two folders: a dog in the first and the third. */
function world(): MadeWorld {
  const made = new MadeWorld(['guitar', 'dog', 'tree', 'sea', 'zebra', 'car'])
    .add(
      'a',
      [
        { shows: 'tree', seconds: 5 },
        { shows: 'dog', seconds: 4, seen: [dog] },
        { shows: 'car', seconds: 4 },
      ],
      {
        path: '/films/one/a.mp4',
      },
    )
    .add('b', [{ shows: 'sea', seconds: 8 }], { path: '/films/one/b.mp4' })
    .add(
      'c',
      [
        { shows: 'guitar', seconds: 6 },
        { shows: 'dog', seconds: 5, seen: [dog] },
      ],
      { path: '/films/two/c.mp4' },
    );
  made.known = { dog: ['dog'], zebra: ['zebra'] };
  return made;
}

const where = ({ evidence }: { evidence: readonly { videoId?: string; start: number; end: number }[] }) =>
  evidence.map(({ videoId, start, end }) => [videoId, start, end]);

suite('a question', () => {
  test('about the library is answered with moments of several videos, in their own time', async () => {
    const result = await ask(world().deps, { question: 'When does the dog appear?' });
    askResultSchema.parse(result);
    assert.deepEqual(where(result), [
      ['a', 5, 9],
      ['c', 6, 11],
    ]);
    assert.equal(result.answer, 'a.mp4 0:00:05.0 to 0:00:09.0, c.mp4 0:00:06.0 to 0:00:11.0');
    assert.deepEqual([result.scope?.ofVideos, result.videoId], [3, 'a']);
  });

  test('about a folder stays in it', async () => {
    const result = await ask(world().deps, {
      question: 'How many times does a dog appear?',
      in: '/films/one',
    });
    assert.deepEqual([result.answer, where(result), result.scope?.ofVideos], ['1', [['a', 5, 9]], 2]);
  });

  test('about some videos stays in them, whichever way they are named', async () => {
    const { deps } = world();
    const two = await ask(deps, { question: 'Is there a dog?', in: ['/films/one/b.mp4', 'c'] });
    assert.deepEqual([two.answer, two.evidence[0].videoId], ['yes', 'c']);
    const one = await ask(deps, { question: 'Is there a dog?', in: ['b'] });
    assert.deepEqual([one.answer, one.evidence], ['no', []]);
  });

  test('about what comes next never looks into the next video', async () => {
    const { deps } = world();
    assert.equal((await ask(deps, { question: 'What comes after the car?' })).answer, 'nothing');
    assert.equal((await ask(deps, { question: 'What comes before the guitar?' })).answer, 'nothing');
  });

  test('a recording in several files is one: what comes next may lie in its next part', async () => {
    const place = (part: number) => ({ recording: 'one', part, ids: ['one', 'two'] });
    const made = new MadeWorld(['car', 'dog', 'tree'])
      .add('other', [{ shows: 'tree', seconds: 4 }])
      .add('two', [{ shows: 'dog', seconds: 5 }], { recording: place(1) })
      .add('one', [{ shows: 'car', seconds: 5 }], { recording: place(0) });
    const next = await ask(made.deps, { question: 'What comes right after the car?' });
    assert.deepEqual([next.answer, next.evidence.map(({ videoId }) => videoId)], ['dog', ['one', 'two']]);
    const before = await ask(made.deps, { question: 'Is the car shown before the dog?' });
    assert.equal(before.answer, 'yes');
    assert.equal(
      (await ask(made.deps, { question: 'What comes right after the dog?' })).answer,
      'nothing',
      'the next recording is another story',
    );
    const apart = await ask(made.deps, { question: 'Is the car shown before the tree?' });
    assert.equal(apart.answer, 'not in the same video');
  });

  test('about the beginning is answered for each video', async () => {
    const { answer, statements } = await ask(world().deps, { question: 'What is shown first?' });
    assert.equal(answer, 'a.mp4: tree; b.mp4: sea; c.mp4: guitar');
    assert.equal(statements?.length, 3);
  });

  test('is known again whatever the order of its videos, and another where one is left out', async () => {
    const { deps } = world();
    const asked = async (places: string[]) =>
      (await ask(deps, { question: 'Is there a dog?', in: places })).cached;
    assert.equal(await asked(['a', 'c']), false);
    assert.equal(await asked(['c', 'a']), true);
    assert.equal(await asked(['a', 'b', 'c']), false);
  });

  test('where nothing is indexed is refused with what to do', async () => {
    await assert.rejects(ask(new MadeWorld(['dog']).deps, { question: 'Is there a dog?' }), {
      code: 'video-not-indexed',
      remedy: /longview index/,
    });
  });

  test('that is too long, or has gammas out of range, is refused and quotes what came', async () => {
    const { deps } = world();
    const refused = (request: object, message: RegExp) =>
      assert.rejects(ask(deps, { question: 'Is there a dog?', ...request }), {
        code: 'bad-argument',
        message,
      });
    await refused(
      { question: 'x'.repeat(100_000) },
      /question must be some words, at most 2000 characters, got "xxx/,
    );
    await refused({ gamma: 4.5 }, /gamma must be a number from 0\.25 to 4, "auto" or "compare", got 4\.5/);
    await refused({ gamma: 'fast' }, /got "fast"/);
    await refused({ gamma: 'auto', gammas: [1] }, /gammas must be 2 to 8 numbers/);
    await refused({ gamma: 'auto', gammas: [1, 9] }, /got 9/);
  });
});

suite('several gammas', () => {
  test('auto gives the answer that most of them give, and the share as confidence', async () => {
    const made = world();
    const told: AskRun[] = [];
    const result = await ask(
      made.deps,
      { question: 'Is there a dog?', in: 'a', gamma: 'auto' },
      { onRun: (run) => told.push(run) },
    );
    askResultSchema.parse(result);
    assert.deepEqual(
      told.map(({ gamma }) => gamma),
      [0.5, 0.75, 1, 1.25, 1.5],
    );
    assert.deepEqual([result.answer, result.agreement, result.confidence], ['yes', 1, 1]);
    assert.deepEqual([...new Set(made.prompts.map(({ gamma }) => gamma))], [0.5, 0.75, 1, 1.25, 1.5]);
  });

  test('that disagree are less sure, and each is told', async () => {
    const made = world();
    made.blindAt = [1.25, 1.5];
    const result = await ask(made.deps, { question: 'What is shown first?', in: 'a', gamma: 'auto' });
    assert.deepEqual([result.answer, result.agreement, result.confidence], ['tree', 0.6, 0.6]);
    assert.deepEqual(
      result.runs?.map(({ answer }) => answer),
      ['tree', 'tree', 'tree', 'hard to say', 'hard to say'],
    );
  });

  test('compare shows those that are asked for, with the one nearest to explaining in front', async () => {
    const made = world();
    made.blindAt = [2];
    const request = {
      question: 'What is shown first?',
      in: 'a',
      gamma: 'compare',
      gammas: [0.5, 2],
    } as const;
    const result = await ask(made.deps, { ...request, gammas: [...request.gammas] });
    assert.deepEqual([result.gamma, result.answer, result.agreement], [2, 'hard to say', 0.5]);
    assert.deepEqual(result.request, { in: 'a', gamma: 'compare', gammas: [0.5, 2] });
  });

  test('look for things once, and read visual tokens once', async () => {
    const [one, five] = [world(), world()];
    await ask(one.deps, { question: 'Is there a guitar?', in: 'c', gamma: 1 });
    await ask(five.deps, { question: 'Is there a guitar?', in: 'c', gamma: 'auto' });
    assert.deepEqual([five.calls.embed, five.calls.tokens], [one.calls.embed, one.calls.tokens]);
  });

  test('are known again as a whole, and apart from the same question at one gamma', async () => {
    const { deps } = world();
    const cached = async (gamma: number | 'auto' | 'compare') =>
      (await ask(deps, { question: 'Is there a dog?', in: 'a', gamma })).cached;
    assert.deepEqual(
      [await cached('auto'), await cached('compare'), await cached(1.5)],
      [false, false, false],
    );
    assert.deepEqual([await cached('auto'), await cached('compare'), await cached(1.5)], [true, true, true]);
  });
});

suite('a plan', () => {
  test('tells what the question reads, without asking the decoder', async () => {
    const made = world();
    made.vocabulary = undefined;
    for (const question of [
      'Is there a dog?',
      'What comes after the dog?',
      'List what is shown',
      'Who wins?',
    ]) {
      const told = await plan(made.deps, { question, in: 'a' });
      planResultSchema.parse(told);
      assert.deepEqual([made.calls.read, made.calls.score], [0, 0]);
      assert.ok(told.passes > 0 && told.promptTokens > 0 && told.patches > 0);
    }
  });

  test('is an upper bound of what asking does', async () => {
    for (const question of [
      'Is there a dog?',
      'What comes after the dog?',
      'List what is shown',
      'When is the dog shown?',
    ]) {
      const made = world();
      const told = await plan(made.deps, { question, in: 'a' });
      await ask(made.deps, { question, in: 'a' });
      assert.ok(made.calls.read + made.calls.score <= told.passes, question);
    }
  });

  test('tells seconds once something was asked on this machine, as many times as there are gammas', async () => {
    const made = world();
    const request = { question: 'Is there a dog?', in: 'a' };
    assert.equal((await plan(made.deps, request)).expectedSec, null);
    await ask(made.deps, { ...request, question: 'Is there a car?' });
    const one = await plan(made.deps, request);
    const five = await plan(made.deps, { ...request, gamma: 'auto' });
    assert.ok(one.expectedSec !== null && one.speed !== null);
    assert.equal(five.passes, 5 * one.passes);
  });

  test('of a known answer costs nothing', async () => {
    const made = world();
    const request = { question: 'Is there a dog?', in: 'a' };
    await ask(made.deps, request);
    const told = await plan(made.deps, request);
    assert.deepEqual([told.cached, told.expectedSec], [true, 0]);
  });

  test('of a cancelled call is none', async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(plan(world().deps, { question: 'Is there a dog?' }, { signal }), {
      code: 'cancelled',
    });
  });
});

suite('footage that is no longer as it was', () => {
  const gone = (state: 'missing' | 'changed' | undefined) => ({
    ...world().deps,
    footageState: async () => state,
  });
  const request = { question: 'Is there a dog?', in: 'a' };

  test('is answered from its index, and it is said that the file is gone', async () => {
    const deps = gone('missing');
    const first = await ask(deps, request);
    assert.deepEqual([first.answer, first.notices?.map(({ code }) => code)], ['yes', ['video-missing']]);
    assert.match(first.notices![0].message, /a\.mp4 is no longer there/);
    // A known answer says it too.
    const again = await ask(deps, request);
    assert.deepEqual([again.cached, again.notices?.length], [true, 1]);
  });

  test('is offered to be indexed again where it has changed', async () => {
    const { notices } = await ask(gone('changed'), request);
    assert.deepEqual([notices?.[0].code, notices?.[0].remedy], ['video-changed', 'Index it again.']);
  });

  test('is nothing to speak of where it has not', async () => {
    assert.equal((await ask(gone(undefined), request)).notices, undefined);
  });
});

suite('statements', () => {
  test('carry their proof, and are told where the re-check doesn’t find it', async () => {
    const made = world();
    made.sureness = 0.02;
    const { statements, evidence } = await ask(made.deps, { question: 'What is shown first?', in: 'a' });
    assert.deepEqual(
      statements?.map(({ text, supported }) => [text, supported]),
      [['tree', false]],
    );
    assert.equal(evidence[0].supported, false);
  });

  test('of a read-out are the things that it names', async () => {
    const { statements, evidence } = await ask(world().deps, { question: 'List what is shown', in: 'c' });
    assert.deepEqual(
      statements?.map(({ text, supported, evidence: proofs }) => [
        text,
        supported,
        evidence[proofs[0]].start,
      ]),
      [
        ['guitar', true, 0],
        ['dog', true, 6],
      ],
    );
  });

  test('about what is not there stand on the search’s certainty', async () => {
    const { statements } = await ask(world().deps, { question: 'When does the zebra appear?', in: 'a' });
    assert.deepEqual(
      statements?.map(({ text, supported }) => [text, supported]),
      [['not shown', true]],
    );
  });
});

suite('a video whose visual tokens are gone or cut', () => {
  const without = (...lost: string[]) => {
    const { deps } = world();
    const store = {
      ...deps.store,
      hasTokens: (id: string) => !lost.includes(id),
      patchTokens: (id: string, patches: readonly number[]) => {
        if (!lost.includes(id)) return deps.store.patchTokens(id, patches);
        throw new LongviewError('video-not-indexed', `${id} is not in the feature cache.`, 'Index it again.');
      },
    };
    return { ...deps, store };
  };
  const question = 'Is there a dog?';

  test('is left out of a question about several, which is answered with the others and not kept', async () => {
    const ids = world().videos.map(({ video }) => video.id);
    assert.ok(ids.length >= 2);
    const deps = without(ids[0]);
    const result = await ask(deps, { question });
    assert.deepEqual(
      result.notices?.map(({ code, details }) => [code, details?.videoId]),
      [['video-not-indexed', ids[0]]],
    );
    assert.ok(result.evidence.every(({ videoId }) => videoId !== ids[0]));
    assert.equal(result.scope?.ofVideos, ids.length);
    assert.equal((await ask(deps, { question })).cached, false);
    assert.equal((await ask({ ...deps, store: world().deps.store }, { question })).notices, undefined);
  });

  test('is named where nothing else can be read', async () => {
    const ids = world().videos.map(({ video }) => video.id);
    await assert.rejects(ask(without(...ids), { question }), { code: 'video-not-indexed' });
    await assert.rejects(ask(without(ids[0]), { question, in: ids[0] }), { code: 'video-not-indexed' });
  });
});
