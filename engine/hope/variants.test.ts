import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { positionVariants } from '../protocol/bundle.ts';
import {
  positionIds,
  PositionWalk,
  rotaryTables,
  textIds,
  type Layout,
  type PositionOptions,
  type Segment,
} from './index.ts';
import { assertClose, badArgument, layouts, optionsOf } from './testing/variants.ts';

const rows = z.array(z.array(z.number()));
const size = z.number();
const vectorSchema = z.strictObject({
  layout: z.array(
    z.union([z.tuple([z.literal('text'), size]), z.tuple([z.literal('video'), size, size, size])]),
  ),
  variant: z.enum(positionVariants),
  gamma: z.number(),
  secondsPerPatch: z.union([z.number(), z.array(z.number())]).optional(),
  tokensPerSecond: z.number().optional(),
  spatialReset: z.boolean().optional(),
  stride: z.number().optional(),
  rotaryFraction: z.number().optional(),
  taper: z.number().optional(),
  ntkFactor: z.number().optional(),
  trainedLength: z.number().optional(),
  headDim: z.number(),
  sections: z.tuple([size, size, size]),
  theta: z.number(),
  positions: rows.length(3),
  next: z.number(),
  cos: rows,
  sin: rows,
});
const vectors = z
  .array(vectorSchema)
  .length(18)
  .parse(
    JSON.parse(readFileSync(new URL('../../tests/fixtures/rope/vectors.json', import.meta.url), 'utf8')),
  );

describe('worked cases, made by the released code', () => {
  for (const [index, vector] of vectors.entries()) {
    it(`case ${index} (${vector.variant}) is met to 2e-6`, () => {
      const ids = positionIds(vector.layout, vector);
      for (const [row, axis] of (['t', 'h', 'w'] as const).entries())
        assertClose(ids[axis], vector.positions[row], 2e-6);
      assert.ok(Math.abs(ids.next - vector.next) <= 2e-6);
      const tables = rotaryTables(ids, vector);
      assertClose(tables.cos, vector.cos.flat(), 2e-6);
      assertClose(tables.sin, vector.sin.flat(), 2e-6);
    });
  }
});

describe('positions', () => {
  const idsOf = (layout: Layout, options: Partial<PositionOptions> & Pick<PositionOptions, 'variant'>) =>
    positionIds(layout, { gamma: 1, ...options });

  it('the new variants that share an older one’s walk have its ids', () => {
    for (const layout of layouts) {
      for (const variant of ['cope', 'cope-hard'] as const)
        assert.deepEqual(idsOf(layout, { variant }), idsOf(layout, { variant: 'rope' }));
      assert.deepEqual(idsOf(layout, { variant: 'videorope++' }), idsOf(layout, { variant: 'videorope' }));
      for (const gamma of [0.5, 1, 1.7])
        assert.deepEqual(
          idsOf(layout, { variant: 'soft-hope', gamma }),
          idsOf(layout, { variant: 'hope', gamma }),
        );
    }
  });

  it('m-rope-time at one id a patch, and m-rope-interleaved at gamma 1, have the ids of m-rope', () => {
    for (const layout of layouts) {
      const plain = idsOf(layout, { variant: 'm-rope' });
      assert.deepEqual(
        idsOf(layout, { variant: 'm-rope-time', secondsPerPatch: 0.5, tokensPerSecond: 2 }),
        plain,
      );
      assert.deepEqual(idsOf(layout, { variant: 'm-rope-interleaved' }), plain);
    }
  });

  it('m-rope-time cuts seconds to ids in float32, step by step', () => {
    const ticks = (seconds: number, perSecond: number) => [
      ...idsOf([['video', 60, 1, 1]], {
        variant: 'm-rope-time',
        secondsPerPatch: seconds,
        tokensPerSecond: perSecond,
      }).t,
    ];
    assert.equal(ticks(0.08, 5)[5], 1);
    const f = Math.fround;
    for (const [seconds, perSecond] of [
      [0.08, 5],
      [1 / 3, 2],
      [0.7, 10],
      [1, 4],
      [0.04, 25],
    ] as const)
      assert.deepEqual(
        ticks(seconds, perSecond),
        Array.from({ length: 60 }, (_, ti) => Math.trunc(f(f(ti * f(seconds)) * f(perSecond)))),
      );
  });

  it('an image uses none of its seconds, whatever stands there', () => {
    for (const seconds of [1e-30, 3, 1e300])
      assert.deepEqual(
        idsOf([['video', 1, 2, 3]], { variant: 'm-rope-time', secondsPerPatch: [seconds] }),
        idsOf([['video', 1, 2, 3]], { variant: 'm-rope' }),
      );
  });

  it('m-rope-interleaved: gamma stretches what each segment takes up, text keeps its step', () => {
    const frames: Layout = Array.from({ length: 4 }, (): Segment[] => [
      ['text', 5],
      ['video', 1, 2, 3],
    ]).flat();
    for (const gamma of [0.5, 1, 2]) {
      const ids = idsOf(frames, { variant: 'm-rope-interleaved', gamma });
      for (let frame = 0; frame < 4; frame++) {
        const start = frame * (5 + 3 * gamma);
        assert.deepEqual(
          [...ids.t.slice(frame * 11, frame * 11 + 6)],
          [0, 1, 2, 3, 4, 5].map((k) => start + k),
        );
      }
      assert.equal(ids.next, 4 * (5 + 3 * gamma));
    }
  });

  it('a spatial reset counts rows and columns from 0 and leaves the walk as it is', () => {
    for (const layout of layouts) {
      const plain = idsOf(layout, { variant: 'm-rope-interleaved', gamma: 1.25 });
      const reset = idsOf(layout, { variant: 'm-rope-interleaved', gamma: 1.25, spatialReset: true });
      assert.deepEqual(reset.t, plain.t);
      assert.equal(reset.next, plain.next);
    }
    const { h, w } = idsOf(
      [
        ['text', 7],
        ['video', 2, 2, 2],
      ],
      { variant: 'm-rope-interleaved', spatialReset: true },
    );
    assert.deepEqual([...h.slice(7)], [0, 0, 1, 1, 0, 0, 1, 1]);
    assert.deepEqual([...w.slice(7)], [0, 1, 0, 1, 0, 1, 0, 1]);
  });

  it('v2pe: a frame spans its stride to the bit, and a segment at the start begins below 0', () => {
    for (const stride of [0.1, 1 / 3, 1, 7, 64]) {
      const ids = idsOf([['video', 3, 5, 7]], { variant: 'v2pe', stride });
      assert.equal(ids.t[0], -1 + stride / 35);
      assert.equal(ids.t[34], -1 + stride);
      assert.equal(ids.next, Math.ceil(3 * stride));
    }
  });

  it('vrope: the four rows of a frame are its diagonals, symmetric about the frame', () => {
    const { t, h, w, next } = idsOf([['video', 2, 3, 4]], { variant: 'vrope' });
    for (let token = 0; token < 24; token++) {
      const frame = Math.floor(token / 12);
      const fourth = h[token] + w[token] - t[token];
      assert.equal(t[token] + fourth, 2 * frame * 6 + 5);
      assert.equal(h[token] + w[token], 2 * frame * 6 + 5);
    }
    assert.equal(next, 12);
  });

  it('every variant: the ids of a prefix don’t depend on what follows, and a walk can be continued', () => {
    for (const variant of positionVariants) {
      for (const layout of layouts) {
        const options = optionsOf(variant);
        const whole = positionIds(layout, options);
        const walk = new PositionWalk(options);
        let at = 0;
        for (const segment of layout) {
          const branch = walk.clone().take(segment);
          const ids = walk.take(segment);
          assert.deepEqual(branch, ids);
          for (const axis of ['t', 'h', 'w'] as const)
            assert.deepEqual(ids[axis], whole[axis].slice(at, at + ids.t.length));
          at += ids.t.length;
        }
        assert.equal(walk.next, whole.next);
        const step = variant === 'tad-rope' ? 2 : 1;
        assert.deepEqual(walk.take(['text', 4]).w, textIds(4, whole.next, step).w);
      }
    }
  });

  it('every variant puts each next text token past all that came before it, in each row', () => {
    for (const variant of positionVariants.filter((name) => !/videorope|hope/u.test(name))) {
      const { t, h, w, next } = positionIds(layouts[2], { ...optionsOf(variant), gamma: 1 });
      for (const row of [t, h, w]) assert.ok(Math.max(...row) < next, variant);
    }
  });

  it('a list of seconds goes segment by segment, and a clone goes on in it where the walk stood', () => {
    const layout: Layout = [
      ['video', 3, 1, 1],
      ['text', 1],
      ['video', 3, 1, 1],
    ];
    const secondsPerPatch = [1, 3];
    const { t } = positionIds(layout, { variant: 'm-rope-time', gamma: 1, secondsPerPatch });
    assert.deepEqual([...t], [0, 2, 4, 5, 6, 12, 18]);
    const walk = new PositionWalk({ variant: 'm-rope-time', gamma: 1, secondsPerPatch });
    walk.take(layout[0]);
    secondsPerPatch[1] = 100;
    assert.deepEqual([...walk.clone().take(['video', 2, 1, 1]).t], [5, 11]);
    walk.take(['video', 2, 1, 1]);
    const before = walk.next;
    assert.throws(() => walk.take(['video', 2, 1, 1]), badArgument('secondsPerPatch', '[1,3]'));
    assert.equal(walk.next, before);
    assert.equal(walk.take(['text', 1]).t[0], before);
  });
});
