import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { Random } from '../../demo/sample/random.ts';
import { readManifest } from '../../engine/inference/bundle/manifest.ts';
import { openModel } from '../../engine/inference/index.ts';
import { MadeLibrary } from '../model/library.ts';
import { lookAtAll } from '../model/look.ts';
import { setScene } from '../model/scene.ts';
import { filesOf, readClips, sourceOf } from './clips.ts';
import { reliabilityDiagram } from './diagram.ts';
import { filmArguments } from './film.ts';
import { judgeAnswer, type Outcome } from './judge.ts';
import { labelsOf, readLabels, type Label } from './labels.ts';
import { calibrationError, confidentErrors, reliability, trustIn } from './measures.ts';
import { outcomeOf } from './measure.ts';
import type { AskResult } from '../../engine/protocol/results.ts';

suite('the labelled set', () => {
  test('has queries and questions enough, a third of nothing, in two languages, each of a clip', async () => {
    const { clips } = await readClips();
    const labels = await readLabels();
    const names = new Set(clips.map(({ name }) => name));
    assert.equal(names.size, clips.length);
    for (const { clip, text } of labels) assert.ok(names.has(clip), `${clip}: ${text}`);
    const [finds, asks] = (['find', 'ask'] as const).map((kind) => labels.filter((one) => one.kind === kind));
    assert.ok(finds.length >= 150 && asks.length >= 60, `${finds.length} ${asks.length}`);
    const nothing = ['absent', 'no', 'cannot'];
    for (const some of [finds, asks]) {
      assert.ok(some.filter(({ truth }) => nothing.includes(truth.is)).length * 3 >= some.length);
      assert.ok(
        some.some(({ language }) => language === 'zh') && some.some(({ language }) => language === 'en'),
      );
    }
    assert.equal(new Set(labels.map((one) => JSON.stringify(one))).size, labels.length);
  });

  test('says where each picture comes from, and shows none in both halves', async () => {
    const { clips, sources } = await readClips();
    const halves = new Map<string, string>();
    for (const clip of clips)
      for (const file of filesOf(clip)) {
        assert.ok(sourceOf(file, sources), file);
        assert.equal(halves.get(file) ?? clip.half, clip.half, `${clip.name}: ${file}`);
        halves.set(file, clip.half);
      }
  });

  test('refuses a line that is no label, and quotes it', () => {
    const heading = 'clip\tlanguage\tquery\ttruth';
    for (const line of ['street\ten\ta dog', 'street\ten\ta dog\tperhaps', ''])
      assert.throws(() => labelsOf('find', `${heading}\n${line}\nstreet\ten\ta\tthere`), /no label/);
    assert.deepEqual(labelsOf('find', `${heading}\nstreet\ten\ta dog\tthere 1-2.5,4-5`)[0].truth, {
      is: 'there',
      spans: [
        { start: 1, end: 2.5 },
        { start: 4, end: 5 },
      ],
    });
  });

  test('is filmed by a recipe that names all that it needs', async () => {
    const { clips } = await readClips();
    for (const clip of clips) {
      const args = filmArguments(clip, (file) => `/m/${file}`, 'out.mp4');
      for (const file of filesOf(clip)) assert.ok(args.includes(`/m/${file}`), clip.name);
      assert.equal(args.at(-1), 'out.mp4');
    }
  });
});

const outcome = (change: Partial<Outcome>): Outcome => ({
  ...{ kind: 'find', clip: 'street', language: 'en', text: 'a dog', truth: { is: 'absent' }, half: 'report' },
  ...{ knowable: false, said: '', confidence: 0.9, confident: true, right: true },
  ...change,
});

suite('what is measured', () => {
  test('is how far confidence is from what is right, how much is bluffed, and how much is told', () => {
    const known: Partial<Outcome> = { truth: { is: 'there', spans: [] }, knowable: true };
    const outcomes = [
      outcome({ ...known }),
      outcome({ ...known, confident: false, confidence: 0.3, right: true }),
      outcome({ right: false }),
      outcome({ confident: false, confidence: 0.1, right: false }),
      outcome({ kind: 'ask', truth: { is: 'cannot' }, confidence: undefined, confident: false }),
    ];
    const { claims, precision, bluffs, coverage } = trustIn(outcomes);
    assert.deepEqual(
      [claims, precision, bluffs, coverage],
      [4, { n: 1, of: 2 }, { n: 1, of: 3 }, { n: 1, of: 2 }],
    );
    // Two of 0.9 of which one is right, one of 0.3 that is, one of 0.1 that isn't.
    assert.ok(Math.abs(calibrationError(outcomes) - (2 * 0.4 + 0.7 + 0.1) / 4) < 1e-9);
    assert.deepEqual(confidentErrors(outcomes), [outcomes[2]]);
    assert.equal(
      reliability(outcomes).reduce((sum, { n }) => sum + n, 0),
      4,
    );
    assert.match(reliabilityDiagram([{ title: 'some', outcomes }]), /<circle[^>]*><title>2 claims/);
  });

  test('is an answer’s own claim', () => {
    const answer = (text: string, more: Partial<AskResult> = {}) =>
      ({ answer: text, confidence: 0.8, confident: true, evidence: [], ...more }) as unknown as AskResult;
    const right = (text: string, truth: Label['truth'], more: Partial<AskResult> = {}) =>
      judgeAnswer(answer(text, more), truth).right;
    assert.ok(right('not shown', { is: 'no' }) && right('0', { is: 'no' }) && !right('yes', { is: 'no' }));
    const four = { is: 'count', least: 3, most: 5 } as const;
    assert.ok(right('4', four) && right('2 to 4', four) && !right('6', four) && !right('0 to 9', four));
    assert.ok(right('a dog, cat', { is: 'only', names: ['dog', 'cat'] }));
    assert.ok(!right('dog, horse', { is: 'only', names: ['dog', 'cat'] }));
    const at: Label['truth'] = { is: 'at', spans: [{ start: 3, end: 6 }] };
    const evidence = [{ start: 3, end: 6, score: 0.9, reason: '' }];
    assert.ok(right('0:00:03.0 to 0:00:06.0', at, { evidence }) && !right('not shown', at, { evidence }));
    const cannot = { code: 'unknown-question' } as const;
    const refused = judgeAnswer(answer('can’t tell', { cannot }), { is: 'cannot' });
    assert.deepEqual([refused.confidence, refused.confident, refused.right], [undefined, false, true]);
  });
});

test('of made scenes nothing is told as sure that isn’t so, and most of what is there', async () => {
  const bundle = join(import.meta.dirname, '../../models/builtin');
  const model = await openModel(bundle);
  const library = await MadeLibrary.open(bundle, model);
  try {
    const screen = model.frameEncoder!;
    const shown = [
      'elephant',
      'mushroom',
      'pineapple',
      'trumpet',
      'lobster',
      'umbrella',
      'bicycle',
      'teapot',
    ];
    async function* drawn() {
      for (const [i, icon] of shown.entries()) {
        const scene = await setScene({ name: icon, style: 'noto', icon }, screen, new Random(7).fork(i));
        yield [scene(0, 2 * i), scene(0.1, 2 * i + 1)] as const;
      }
    }
    const video = library.add('made', 1, await lookAtAll(screen, drawn(), () => {}));
    const { manifest } = await readManifest(bundle);
    const about = (kind: Label['kind'], text: string, truth: Label['truth']): Label => ({
      ...{ kind, text, truth, clip: 'made', language: 'en' },
    });
    const labels = [
      ...shown.map((name, i) =>
        about('find', `the ${name}`, { is: 'there', spans: [{ start: 2 * i, end: 2 * i + 2 }] }),
      ),
      ...['a person', 'a giraffe', 'a blue bicycle and a cat', 'a wedding', 'a woman', 'three umbrellas'].map(
        (text) => about('find', text, { is: 'absent' }),
      ),
      ...['Who is it?', 'Where is the table?', 'When is the exam?', 'What is the person holding?'].map(
        (text) => about('ask', text, { is: 'cannot' }),
      ),
    ];
    const outcomes: Outcome[] = [];
    for (const label of labels)
      outcomes.push(await outcomeOf(library.engine, label, 'report', video, manifest));
    const { bluffs, precision } = trustIn(outcomes);
    assert.deepEqual([bluffs.n, confidentErrors(outcomes).map(({ text }) => text)], [0, []]);
    assert.ok(precision.n >= 5, `${precision.n} of ${shown.length} are told as sure`);
  } finally {
    await library[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
  }
});
