import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LongviewError } from '../protocol/errors.ts';
import type { PromptPart, Decoder } from '../inference/types.ts';
import { depthIndex, heatMap, patchEncoderOf, measureGrid, plant, type Cell } from './index.ts';

const badArgument = (quoted: string) => (error: unknown) =>
  error instanceof LongviewError && error.code === 'bad-argument' && error.message.includes(quoted);
const patch = (value: number) => Float32Array.of(value);
const hay = { patches: [1, 2, 3, 4, 5, 6].map(patch), grid: [1, 1] as const };

/**
 * A decoder that sees a number above 9 within its first `span` temporal patches, and says "yes" or "no", or always the
 * same.
 */
function decoder(span: number, always?: string): Decoder {
  return {
    variant: 'hope',
    trainedPatches: 4,
    read: () => assert.fail('V-NIAH forces answers'),
    async score({ parts, signal }, answers) {
      signal?.throwIfAborted();
      const { patches } = parts.find(
        (part): part is PromptPart & { kind: 'video' } => part.kind === 'video',
      )!;
      const said = always ?? (patches.slice(0, span).some(([value]) => value > 9) ? ' yes' : ' no');
      return answers.map((answer) => ({ logProbability: 0, exact: answer === said }));
    },
  };
}
const needle = { patches: [patch(10)], prompt: 'is there a ten?', answer: 'yes', without: 'no' };
const shares = (cells: Cell[]) => cells.map(({ found, asked }) => found / asked);

describe('planting', () => {
  it('puts the needle before everything at depth 0, after everything at 1, and between at others', () => {
    assert.deepEqual(plant([1, 2, 3, 4], [9], 0), [9, 1, 2, 3, 4]);
    assert.deepEqual(plant([1, 2, 3, 4], [9, 8], 0.5), [1, 2, 9, 8, 3, 4]);
    assert.deepEqual(plant([1, 2, 3, 4], [9], 1), [1, 2, 3, 4, 9]);
    assert.equal(depthIndex(10, 0.24), 2);
  });
  it('leaves the haystack as it was', () => {
    const stack = [1, 2];
    plant(stack, [9], 0.5);
    assert.deepEqual(stack, [1, 2]);
  });
  it('quotes a depth outside 0 to 1', () => {
    for (const depth of [-0.1, 1.5, NaN])
      assert.throws(() => depthIndex(4, depth), badArgument(String(depth)));
  });
});

describe('the grid', () => {
  it('counts what is found at each length and depth', async () => {
    const cells = await measureGrid({
      decoder: decoder(3),
      haystack: hay,
      needles: [needle, { ...needle, answer: ' no' }],
      frames: [2, 6],
      depths: [0, 1],
      gamma: 1,
    });
    assert.deepEqual(
      cells.map(({ frames, depth, found }) => [frames, depth, found]),
      [
        [2, 0, 1],
        [2, 1, 1],
        [6, 0, 1],
        [6, 1, 1],
      ],
    );
    const alone = await measureGrid({ ...settings(decoder(3)), depths: [0, 1] });
    assert.deepEqual(shares(alone), [1, 0]);
  });
  it('finds nothing with a decoder that always says yes, where the bare haystack is asked about too', async () => {
    assert.deepEqual(shares(await measureGrid(settings(decoder(9, 'yes')))), [0]);
    const { without: _, ...blind } = needle;
    assert.deepEqual(shares(await measureGrid({ ...settings(decoder(9, 'yes')), needles: [blind] })), [1]);
  });
  it('tells progress question by question, controls included', async () => {
    const told: string[] = [];
    await measureGrid({
      ...settings(decoder(9)),
      depths: [0, 1],
      onAsked: (asked, of) => told.push(`${asked}/${of}`),
    });
    assert.deepEqual(told, ['1/3', '2/3', '3/3']);
  });
  it('quotes a length that the haystack has not got', async () => {
    for (const frames of [0, 2.5, 7])
      await assert.rejects(
        measureGrid({ ...settings(decoder(9)), frames: [frames] }),
        badArgument(`got ${frames}`),
      );
  });
  it('stops when it is cancelled', async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(
      measureGrid({ ...settings(decoder(9)), signal }),
      (error: unknown) => error instanceof LongviewError && error.code === 'cancelled',
    );
  });
  const settings = (asked: Decoder) => ({
    decoder: asked,
    haystack: hay,
    needles: [needle],
    frames: [6],
    depths: [1],
    gamma: 0.75,
  });
});

describe('looking', () => {
  it('a bundle that has no decoder, or no frame encoder, is refused by name', () => {
    const refused = (error: unknown) =>
      error instanceof LongviewError &&
      error.code === 'cannot-read' &&
      error.message.includes('pair-without-decoder');
    assert.throws(
      () => patchEncoderOf({ id: 'pair-without-decoder', frameEncoder: undefined, decoder: undefined }),
      refused,
    );
    assert.throws(
      () => patchEncoderOf({ id: 'pair-without-decoder', frameEncoder: undefined, decoder: decoder(1) }),
      refused,
    );
  });
});

describe('the heat map', () => {
  const squares = [
    { frames: 50, depth: 0, accuracy: 1 },
    { frames: 100, depth: 0, accuracy: 0.255 },
  ];
  it('is one square a cell with its per cent, and a dotted line after the lengths of training', () => {
    const svg = heatMap({ squares, title: 'a < b', trainedFrames: 60 });
    assert.equal(svg.match(/<title>/g)?.length, 2);
    assert.match(svg, />100<\/text>/);
    assert.match(svg, />26<\/text>/);
    assert.match(svg, /stroke-dasharray/);
    assert.match(svg, /trained on 60/);
    assert.match(svg, /a &lt; b/);
    assert.equal(heatMap({ squares, title: '' }).includes('stroke-dasharray'), false);
  });
  it('refuses nothing to draw, and an accuracy that is none', () => {
    assert.throws(() => heatMap({ squares: [], title: '' }), badArgument('[]'));
    assert.throws(
      () => heatMap({ squares: [{ frames: 1, depth: 0, accuracy: 2 }], title: '' }),
      badArgument('got 2'),
    );
  });
});
