import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { LongviewError } from '../protocol/errors.ts';
import { vniahRequestSchema, vniahResultSchema } from '../protocol/vniah.ts';
import type { PromptPart, Decoder } from '../inference/types.ts';
import type { RgbFrame } from '../core/frames.ts';
import { madeNeedles, vniah, type VniahParts } from './index.ts';
import { madeScene } from './made.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-vniah-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const size = { width: 32, height: 16 };
const put = (name: string, content: unknown) => {
  const file = path.join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
const failure = (code: string, said: RegExp) => (error: unknown) => {
  assert.ok(error instanceof LongviewError);
  assert.equal(error.code, code);
  assert.match(`${error.message} ${error.remedy}`, said);
  return true;
};
const frameOf = (value: number): RgbFrame => ({
  time: 0,
  pixels: new Uint8Array(size.width * size.height * 3).fill(value),
});

/**
 * A model whose visual token is the frame's mean, and whose decoder finds the brightest of the first `span` temporal
 * patches: it answers with that number, so that a needle's answer is its brightness.
 */
function parts(span: number, overrides: Partial<VniahParts> = {}): VniahParts & { asked: number[] } {
  const asked: number[] = [];
  const decoder: Decoder = {
    variant: 'hope',
    trainedPatches: 4,
    read: () => assert.fail('answers are forced'),
    async score({ parts: prompt }, answers) {
      const { patches } = prompt.find(
        (part): part is PromptPart & { kind: 'video' } => part.kind === 'video',
      )!;
      asked.push(patches.length);
      const said = String(Math.max(...patches.slice(0, span).map(([value]) => value)));
      return answers.map((answer) => ({ logProbability: 0, exact: answer === said }));
    },
  };
  const frameEncoder = {
    ...size,
    framesPerPatch: 2 as const,
    grid: [1, 1] as const,
    hiddenSize: 1,
    embeddingSize: 1,
    batchPatches: 1,
    analyse: async (patches: readonly (readonly [RgbFrame, RgbFrame])[]) =>
      patches.map(([{ pixels }]) => ({
        objects: [[], []],
        tokens: Float32Array.of(Math.round(pixels.reduce((sum, value) => sum + value, 0) / pixels.length)),
        embedding: Float32Array.of(1),
      })),
  };
  return {
    asked,
    model: { id: 'tiny', frameEncoder, vision: undefined, decoder },
    readPicture: async (file) => frameOf(Number(/(\d+)\.png$/.exec(file)![1])),
    async *footage(_, __, frames) {
      for (let i = 0; i < frames; i++) yield frameOf(i % 10);
    },
    ...overrides,
  };
}
const set = put('needles.json', [
  { path: '200.png', prompt: 'how bright?', answer: '200' },
  { path: 'sub/250.png', prompt: 'how bright?', answer: '250' },
]);
const request = { frames: [4, 8], depths: [0, 1], needles: set, haystack: 'a.mp4' };

describe('V-NIAH', () => {
  it('finds needles of a published set where the decoder reaches, and nowhere else', async () => {
    const { model, variant, gamma, trainedFrames, needleCount, cells, accuracy, ...rest } =
      vniahResultSchema.parse(await vniah(request, parts(5)));
    assert.deepEqual(
      [model, variant, gamma, trainedFrames, needleCount, accuracy],
      ['tiny', 'hope', 0.75, 4, 2, 0.75],
    );
    assert.deepEqual(
      cells.map(({ found, asked }) => [found, asked]),
      [
        [2, 2],
        [2, 2],
        [2, 2],
        [0, 2],
      ],
    );
    assert.deepEqual([rest.needles, rest.haystack], [set, 'a.mp4']);
  });
  it('without lengths and depths takes those around the training length, and the paper’s', async () => {
    const { cells } = await vniah({ needles: set }, parts(1000));
    assert.deepEqual([...new Set(cells.map(({ frames }) => frames))], [2, 4, 8, 16, 32]);
    assert.deepEqual([...new Set(cells.map(({ depth }) => depth))], [0, 0.2, 0.4, 0.6, 0.8, 1]);
  });
  it('made needles are drawings that stand out from made footage, asked about with and without', async () => {
    const needles = madeNeedles();
    assert.ok(needles.length >= 8);
    for (const { picture, prompt, answer, without } of needles) {
      assert.match(prompt, /^is there an? /);
      assert.deepEqual([answer, without], ['yes', 'no']);
      const { pixels } = await picture(size);
      const scene = madeScene(0, size).pixels;
      assert.equal(pixels.length, scene.length);
      const colours = (all: Uint8Array) =>
        new Set(Array.from({ length: all.length / 3 }, (_, i) => all.subarray(i * 3, i * 3 + 3).join())).size;
      assert.ok(colours(pixels) > 2);
    }
  });
  it('made footage is the same every time, and no two scenes are alike', () => {
    assert.deepEqual(madeScene(3, size), madeScene(3, size));
    assert.notDeepEqual(madeScene(3, size).pixels, madeScene(4, size).pixels);
  });
  it('tells how far it is, from encoding to asking', async () => {
    const told: [string, number][] = [];
    await vniah(request, parts(9, { onProgress: ({ stage, fraction }) => told.push([stage, fraction]) }));
    assert.deepEqual([...new Set(told.map(([stage]) => stage))], ['encoding frames', 'asking']);
    assert.deepEqual(told.at(-1), ['asking', 1]);
    for (let i = 1; i < told.length; i++) assert.ok(told[i][1] >= told[i - 1][1]);
  });
  it('refuses what memory or the model can’t hold before looking at anything, and says what fits', async () => {
    const looked = parts(9, { memory: 20 });
    await assert.rejects(
      vniah(request, looked),
      failure('context-too-long', /8 frames is too long.*5 frames.*at most 5/),
    );
    assert.deepEqual(looked.asked, []);
    const short = parts(9);
    short.model = {
      ...short.model,
      decoder: { ...short.model.decoder!, longestContext: async () => 128 + 7 },
    };
    await assert.rejects(vniah(request, short), failure('context-too-long', /context of 6 frames/));
  });
  it('is cancelled at any time', async () => {
    await assert.rejects(
      vniah(request, parts(9, { signal: AbortSignal.abort() })),
      failure('cancelled', /./),
    );
  });
  it('says what is wrong with a set of needles', async () => {
    const ask = (needles: string) => vniah({ ...request, needles }, parts(9));
    await assert.rejects(ask(path.join(folder, 'none.json')), failure('file-not-found', /none\.json/));
    await assert.rejects(
      ask(put('text.json', 'no json')),
      failure('bad-argument', /not a set of needles.*\[\{"path"/),
    );
    await assert.rejects(ask(put('half.json', [{ path: 'a.png' }])), failure('bad-argument', /0\.prompt/));
    await assert.rejects(ask(put('empty.json', [])), failure('bad-argument', /not a set/));
  });
});

describe('a request', () => {
  it('takes lengths and depths that make sense', () => {
    for (const wrong of [
      { frames: [] },
      { frames: [0] },
      { frames: [4, 4] },
      { frames: [1.5] },
      { frames: [200_000] },
      { depths: [1.1] },
      { depths: [-0.1] },
      { gamma: 9 },
      { haystack: '' },
      { other: 1 },
    ])
      assert.equal(vniahRequestSchema.safeParse(wrong).success, false, JSON.stringify(wrong));
    assert.equal(
      vniahRequestSchema.safeParse({ frames: [50, 100], depths: [0, 0.2, 1], gamma: 0.75 }).success,
      true,
    );
  });
});
