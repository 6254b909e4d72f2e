import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { positionVariants } from '../protocol/bundle.ts';
import { LongviewError } from '../protocol/errors.ts';
import {
  allocateFrequencies,
  firstPreferenceFailure,
  positionIds,
  PositionWalk,
  rotaryTables,
  semanticPreference,
  temporalPreference,
  textIds,
  type Layout,
  type PositionOptions,
  type RotaryGeometry,
  type Segment,
} from './index.ts';

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

const qwen = { headDim: 128, sections: [24, 20, 20], theta: 5_000_000 } as const;
const layouts: Layout[] = [
  [['text', 9]],
  [['video', 3, 4, 6]],
  [
    ['text', 2],
    ['video', 5, 1, 1],
    ['text', 3],
    ['video', 2, 6, 3],
    ['video', 1, 9, 2],
    ['text', 4],
  ],
];

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    assert.ok(difference <= tolerance, `value ${i}: ${actual[i]} against ${expected[i]}`);
  }
}

/** The layout's own options of a variant, so that each is tried with all that it has. */
function optionsOf(variant: PositionOptions['variant']): PositionOptions {
  return {
    variant,
    gamma: 0.75,
    secondsPerPatch: 0.4,
    tokensPerSecond: 2.5,
    spatialReset: true,
    stride: 0.75,
  };
}

/** A value that lies outside of a type, on purpose. */
const given = (value: unknown) => value as never;

/** Matches a typed error that names the option and quotes the value. */
function badArgument(name: string, quoted: string) {
  return (error: unknown) =>
    error instanceof LongviewError &&
    error.code === 'bad-argument' &&
    error.message.includes(name) &&
    error.message.includes(quoted);
}

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

describe('rotary tables', () => {
  const frequencies = (geometry: Partial<RotaryGeometry> & Pick<RotaryGeometry, 'variant'>) =>
    allocateFrequencies({ ...qwen, ...geometry });

  it('m-rope-interleaved: t, h and w take turns, and a budget that is used up leaves the rest to time', () => {
    const count = (sections: [number, number, number], headDim: number) => {
      const { axes } = frequencies({ variant: 'm-rope-interleaved', sections, headDim });
      return ['t', 'h', 'w'].map((axis) => axes.filter((one) => one === axis).length);
    };
    assert.deepEqual(count([24, 20, 20], 128), [24, 20, 20]);
    assert.deepEqual(count([2, 3, 3], 16), [3, 3, 2]);
    assert.deepEqual(count([11, 11, 10], 64), [11, 11, 10]);
    assert.deepEqual(count([0, 8, 0], 16), [5, 3, 0]);
    const { axes } = frequencies({ variant: 'm-rope-interleaved' });
    assert.equal(axes.slice(0, 7).join(''), 'thwthwt');
    assert.equal(axes.slice(58).join(''), 'hwtttt');
  });

  it('a fade begins with a frequency that is unchanged and ends with exactly none', () => {
    const plain = frequencies({ variant: 'rope' }).frequencies;
    const cope = frequencies({ variant: 'cope' }).frequencies;
    assert.deepEqual(cope.slice(0, 45), plain.slice(0, 45));
    assert.equal(cope[63], 0);
    for (let i = 45; i < 63; i++) assert.ok(cope[i] < plain[i] && cope[i] > 0);
    const soft = frequencies({ variant: 'soft-hope' }).frequencies;
    assert.deepEqual(soft.slice(0, 41), plain.slice(0, 41));
    assert.equal(soft[63], 0);
    const hard = frequencies({ variant: 'cope-hard' }).frequencies;
    assert.deepEqual(
      hard,
      Float64Array.from(plain, (value, i) => (i < 44 ? value : 0)),
    );
  });

  it('of one pair a fade changes nothing, of none there is none, and a taper past the table takes it all', () => {
    const plain = frequencies({ variant: 'rope' }).frequencies;
    for (const taper of [0, 1]) assert.deepEqual(frequencies({ variant: 'cope', taper }).frequencies, plain);
    assert.deepEqual(frequencies({ variant: 'cope-hard', taper: 0 }).frequencies, plain);
    assert.equal(frequencies({ variant: 'cope-hard', taper: 1 }).frequencies[62], plain[62]);
    assert.ok(frequencies({ variant: 'cope-hard', taper: 1000 }).frequencies.every((value) => value === 0));
    const sections = [1, 31, 32];
    const videorope = frequencies({ variant: 'videorope', sections });
    assert.deepEqual(frequencies({ variant: 'soft-hope', sections }), videorope);
    assert.deepEqual(
      frequencies({ variant: 'soft-hope', sections: [0, 32, 32] }),
      frequencies({ variant: 'hope', sections: [0, 32, 32] }),
    );
  });

  it('videorope++ at factor 1 is videorope; else temporal pairs turn slower and spatial ones as before', () => {
    const videorope = frequencies({ variant: 'videorope' });
    assert.deepEqual(frequencies({ variant: 'videorope++', ntkFactor: 1 }), videorope);
    const stretched = frequencies({ variant: 'videorope++', ntkFactor: 4, trainedLength: 8192 });
    assert.deepEqual(stretched.axes, videorope.axes);
    for (let i = 0; i < 64; i++)
      if (videorope.axes[i] === 't') assert.ok(stretched.frequencies[i] < videorope.frequencies[i]);
      else assert.equal(stretched.frequencies[i], videorope.frequencies[i]);
    // NTK's promise: the slowest pair turns over the longer context as far as it did over the trained one.
    const ratio = videorope.frequencies[63] / stretched.frequencies[63];
    assert.ok(Math.abs(ratio - (4 * 8192 - 1) / 8191) < 1e-9);
  });

  it('vrope turns every fourth pair by the same row, the fourth by h + w - t', () => {
    const ids = positionIds([['video', 2, 3, 4]], { variant: 'vrope', gamma: 1 });
    const { sin } = rotaryTables(ids, { variant: 'vrope', headDim: 16, sections: [2, 3, 3], theta: 1e4 });
    for (let token = 0; token < ids.t.length; token++) {
      const all = [ids.t[token], ids.h[token], ids.w[token], ids.h[token] + ids.w[token] - ids.t[token]];
      for (let pair = 0; pair < 8; pair++) {
        const angle = all[pair % 4] * 1e4 ** (-pair / 8);
        assert.equal(sin[token * 16 + pair], Math.fround(Math.sin(angle)));
      }
    }
  });

  it('a rotary fraction makes the table of a head as small as that, for every variant', () => {
    for (const variant of positionVariants) {
      const ids = positionIds(layouts[2], optionsOf(variant));
      const part = rotaryTables(ids, {
        ...{ variant, headDim: 64, sections: [2, 3, 3], theta: 1e4 },
        rotaryFraction: 0.25,
      });
      const whole = rotaryTables(ids, { variant, headDim: 16, sections: [2, 3, 3], theta: 1e4 });
      assert.deepEqual(part, whole);
    }
  });

  it('a fraction that binary can’t hold is taken as it is meant', () => {
    const tables = rotaryTables(textIds(1), {
      ...{ variant: 'rope', headDim: 200, sections: [3, 2, 2], theta: 1e4 },
      rotaryFraction: 0.07,
    });
    assert.equal(tables.cos.length, 14);
  });
});

describe('semantic preference of the new variants', () => {
  it('soft-hope lies between videorope and hope, and its slowest pair never turns away', () => {
    const [soft, hard, turning] = (['soft-hope', 'hope', 'videorope'] as const).map((variant) =>
      temporalPreference({ ...qwen, variant }),
    );
    for (const distance of [10, 1_000, 50_000]) {
      assert.ok(soft(distance) <= hard(distance));
      assert.ok(soft(distance) > turning(distance));
    }
  });
  it('videorope++ holds longer than videorope, m-rope-interleaved fails as early as its time turns fast', () => {
    const first = (geometry: Partial<RotaryGeometry> & Pick<RotaryGeometry, 'variant'>) =>
      firstPreferenceFailure({ headDim: 32, sections: [4, 6, 6], theta: 10_000, ...geometry }, 200_000) ??
      Infinity;
    assert.ok(first({ variant: 'videorope++', ntkFactor: 8 }) > 2 * first({ variant: 'videorope' }));
    assert.ok(first({ variant: 'm-rope-interleaved' }) > first({ variant: 'm-rope' }));
    assert.ok(first({ variant: 'cope' }) > first({ variant: 'rope' }));
  });
  it('vrope counts its fourth row', () => {
    const geometry: RotaryGeometry = { variant: 'vrope', headDim: 8, sections: [1, 1, 2], theta: 1e4 };
    const { temporal, spatial } = semanticPreference(geometry, { t: 1, h: 5, w: 7 });
    assert.ok(Math.abs(temporal - Math.cos(1)) < 1e-12);
    const expected = Math.cos(5 * 1e-1) + Math.cos(7 * 1e-2) + Math.cos(11 * 1e-3);
    assert.ok(Math.abs(spatial - expected) < 1e-12);
  });
});

describe('wrong options, of every variant whether it uses them or not', () => {
  const layout: Layout = [
    ['text', 1],
    ['video', 2, 2, 2],
  ];
  const wrongPositions: [keyof PositionOptions, unknown, string][] = [
    ['gamma', 0, '0'],
    ['gamma', undefined, 'undefined'],
    ['gamma', '1', '"1"'],
    ['secondsPerPatch', 0, '0'],
    ['secondsPerPatch', -1, '-1'],
    ['secondsPerPatch', NaN, 'NaN'],
    ['secondsPerPatch', null, 'null'],
    ['secondsPerPatch', 'fast', '"fast"'],
    ['secondsPerPatch', [], '[]'],
    ['secondsPerPatch', [1, 2], '[1,2]'],
    ['secondsPerPatch', [0], '[0]'],
    ['secondsPerPatch', ['1'], '["1"]'],
    ['tokensPerSecond', 0, '0'],
    ['tokensPerSecond', Infinity, 'Infinity'],
    ['tokensPerSecond', null, 'null'],
    ['spatialReset', 1, '1'],
    ['spatialReset', 'yes', '"yes"'],
    ['spatialReset', null, 'null'],
    ['stride', 0, '0'],
    ['stride', -0.5, '-0.5'],
    ['stride', '16', '"16"'],
  ];
  for (const [name, value, quoted] of wrongPositions)
    it(`positionIds: ${name} ${JSON.stringify(value)}`, () => {
      for (const variant of positionVariants)
        assert.throws(
          () => positionIds(layout, { variant, gamma: 1, [name]: given(value) }),
          badArgument(name, quoted),
          variant,
        );
    });

  const wrongTables: [keyof RotaryGeometry, unknown, string][] = [
    ['rotaryFraction', 0, '0'],
    ['rotaryFraction', 1.5, '1.5'],
    ['rotaryFraction', -0.5, '-0.5'],
    ['rotaryFraction', NaN, 'NaN'],
    ['rotaryFraction', 0.3, '0.3'],
    ['rotaryFraction', 1 / 16, '0.0625'],
    ['rotaryFraction', 1e-12, '1e-12'],
    ['rotaryFraction', null, 'null'],
    ['taper', -1, '-1'],
    ['taper', 2.5, '2.5'],
    ['taper', '20', '"20"'],
    ['ntkFactor', 0.5, '0.5'],
    ['ntkFactor', Infinity, 'Infinity'],
    ['trainedLength', 1, '1'],
    ['trainedLength', 4096.5, '4096.5'],
    ['trainedLength', null, 'null'],
    ['theta', 0, '0'],
    ['headDim', 15, '15'],
    ['sections', [2, 3, 2], '[2,3,2]'],
    ['sections', undefined, 'undefined'],
    ['sections', [9, -1, 0], '[9,-1,0]'],
    ['sections', [undefined, 3, 4], '3,4]'],
  ];
  for (const [name, value, quoted] of wrongTables)
    it(`rotaryTables: ${name} ${JSON.stringify(value)}`, () => {
      for (const variant of positionVariants)
        assert.throws(
          () =>
            rotaryTables(textIds(2), {
              ...{ variant, headDim: 16, sections: [2, 3, 3], theta: 1e4 },
              [name]: given(value),
            }),
          badArgument(name, quoted),
          variant,
        );
    });

  it('a fraction that leaves no even width quotes the head as well, and sections quote R/2', () => {
    const geometry = { variant: 'm-rope-interleaved', headDim: 48, sections: [2, 3, 3], theta: 1e4 } as const;
    assert.throws(
      () => rotaryTables(textIds(1), { ...geometry, rotaryFraction: 0.1 }),
      badArgument('48', '0.1'),
    );
    assert.throws(
      () => rotaryTables(textIds(1), { ...geometry, rotaryFraction: 0.25 }),
      badArgument('sections', '6'),
    );
  });

  it('videorope++ needs four channels that turn', () => {
    const geometry = { variant: 'videorope++', headDim: 2, sections: [1, 0, 0], theta: 1e4 } as const;
    assert.throws(() => rotaryTables(textIds(1), geometry), badArgument('videorope++', '2'));
    assert.doesNotThrow(() => rotaryTables(textIds(1), { ...geometry, variant: 'videorope' }));
    assert.doesNotThrow(() => rotaryTables(textIds(1), { ...geometry, headDim: 4, sections: [1, 1, 0] }));
  });

  it('an unknown variant lists what there is', () => {
    const wrong = () => positionIds(layout, { variant: given('yarn'), gamma: 1 });
    assert.throws(wrong, badArgument('"yarn"', positionVariants.join(', ')));
  });
});
