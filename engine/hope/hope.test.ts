import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { positionVariants } from '../protocol/bundle.ts';
import { LongviewError } from '../protocol/errors.ts';
import {
  allocateFrequencies,
  firstPreferenceFailure,
  flatteningDistortion,
  positionIds,
  PositionWalk,
  rotaryTables,
  semanticPreference,
  sliceIds,
  temporalPreference,
  textIds,
  type Layout,
  type RotaryGeometry,
} from './index.ts';

const rows = z.array(z.array(z.number()));
const vectorSchema = z.strictObject({
  layout: z.array(
    z.union([
      z.tuple([z.literal('text'), z.number()]),
      z.tuple([z.literal('video'), z.number(), z.number(), z.number()]),
    ]),
  ),
  variant: z.enum(positionVariants),
  gamma: z.number(),
  headDim: z.number(),
  sections: z.tuple([z.number(), z.number(), z.number()]),
  theta: z.number(),
  positions: rows.length(3),
  next: z.number(),
  cos: rows,
  sin: rows,
});
const vectors = z
  .array(vectorSchema)
  .min(11)
  .parse(
    JSON.parse(readFileSync(new URL('../../tests/fixtures/hope/vectors.json', import.meta.url), 'utf8')),
  );

const layouts: Layout[] = [
  [['text', 7]],
  [['video', 3, 4, 6]],
  [
    ['text', 2],
    ['video', 5, 1, 1],
    ['text', 3],
    ['video', 2, 6, 3],
    ['video', 1, 9, 2],
    ['text', 4],
  ],
  [
    ['text', 0],
    ['video', 40, 2, 2],
    ['text', 1],
  ],
];
const qwen2vl = { headDim: 128, sections: [16, 24, 24], theta: 1_000_000 } as const;

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    assert.ok(difference <= tolerance, `value ${i}: ${actual[i]} against ${expected[i]}`);
  }
}

/** Matches a typed error whose message holds the given text. */
function badArgument(quoted: string) {
  return (error: unknown) =>
    error instanceof LongviewError && error.code === 'bad-argument' && error.message.includes(quoted);
}

describe('worked vectors', () => {
  for (const [index, vector] of vectors.entries()) {
    it(`vector ${index} (${vector.variant}, gamma ${vector.gamma}) is met to 1e-6`, () => {
      const ids = positionIds(vector.layout, vector);
      assertClose(ids.t, vector.positions[0], 1e-6);
      assertClose(ids.h, vector.positions[1], 1e-6);
      assertClose(ids.w, vector.positions[2], 1e-6);
      assert.ok(Math.abs(ids.next - vector.next) <= 1e-6);
      const tables = rotaryTables(ids, vector);
      assertClose(tables.cos, vector.cos.flat(), 1e-6);
      assertClose(tables.sin, vector.sin.flat(), 1e-6);
    });
  }
});

describe('properties', () => {
  it('hope at gamma 2 has the ids of videorope', () => {
    for (const layout of layouts) {
      assert.deepEqual(
        positionIds(layout, { variant: 'hope', gamma: 2 }),
        positionIds(layout, { variant: 'videorope', gamma: 1 }),
      );
    }
  });

  it('hope never turns a temporal pair, at any distance', () => {
    const ids = {
      t: Float64Array.of(0, 1, 1e3, 1e6, 1e9, 0.75),
      h: new Float64Array(6),
      w: new Float64Array(6),
    };
    const { cos, sin } = rotaryTables(ids, { variant: 'hope', ...qwen2vl });
    assert.ok(cos.every((value) => value === 1));
    assert.ok(sin.every((value) => value === 0));
  });

  it('videorope, unlike hope, does turn its temporal pairs', () => {
    const ids = { t: Float64Array.of(1e6), h: new Float64Array(1), w: new Float64Array(1) };
    const { sin } = rotaryTables(ids, { variant: 'videorope', ...qwen2vl });
    assert.equal(
      sin.subarray(0, 48).every((value) => value === 0),
      true,
    );
    assert.equal(
      sin.subarray(48, 64).some((value) => value !== 0),
      true,
    );
  });

  it('text alone is plain RoPE: the same for rope, m-rope and videorope, and for hope where it turns', () => {
    const layout: Layout = [['text', 50]];
    const rope = rotaryTables(positionIds(layout, { variant: 'rope', gamma: 1 }), {
      variant: 'rope',
      ...qwen2vl,
    });
    for (let token = 0; token < 50; token++) {
      for (let pair = 0; pair < 64; pair++) {
        const angle = token * 1_000_000 ** ((-2 * pair) / 128);
        assert.equal(rope.cos[token * 128 + pair], Math.fround(Math.cos(angle)));
        assert.equal(rope.sin[token * 128 + 64 + pair], Math.fround(Math.sin(angle)));
      }
    }
    for (const variant of ['m-rope', 'videorope', 'hope'] as const) {
      const ids = positionIds(layout, { variant, gamma: 0.75 });
      assert.deepEqual(ids, positionIds(layout, { variant: 'rope', gamma: 1 }));
      const tables = rotaryTables(ids, { variant, ...qwen2vl });
      if (variant !== 'hope') assert.deepEqual(tables, rope);
      else {
        const turning = allocateFrequencies({ variant, ...qwen2vl }).frequencies;
        assert.equal(turning.filter((frequency) => frequency === 0).length, 16);
        for (const at of [0, 20, 47]) assert.equal(tables.cos[49 * 128 + at], rope.cos[49 * 128 + at]);
      }
    }
  });

  it('positions taken segment by segment, and tables made chunk by chunk, equal the whole', () => {
    for (const variant of positionVariants) {
      for (const layout of layouts) {
        const whole = positionIds(layout, { variant, gamma: 0.75 });
        const walk = new PositionWalk({ variant, gamma: 0.75 });
        const parts = layout.map((segment) => walk.take(segment));
        for (const axis of ['t', 'h', 'w'] as const) {
          assert.deepEqual(
            [...whole[axis]],
            parts.flatMap((part) => [...part[axis]]),
          );
        }
        assert.equal(walk.next, whole.next);
        const geometry = { variant, headDim: 16, sections: [2, 3, 3], theta: 10_000 };
        const tables = rotaryTables(whole, geometry);
        for (let start = 0; start < whole.t.length; start += 5) {
          const end = Math.min(start + 5, whole.t.length);
          const chunk = rotaryTables(sliceIds(whole, start, end), geometry);
          assert.deepEqual(chunk.cos, tables.cos.slice(start * 16, end * 16));
          assert.deepEqual(chunk.sin, tables.sin.slice(start * 16, end * 16));
        }
      }
    }
  });

  it('generated tokens continue at next, by 1 and in tad-rope by 2, as if they had been part of the prompt', () => {
    for (const variant of positionVariants) {
      const layout: Layout = [
        ['text', 2],
        ['video', 3, 2, 4],
      ];
      const walk = new PositionWalk({ variant, gamma: 1.5 });
      for (const segment of layout) walk.take(segment);
      const branch = walk.clone();
      const generated = [1, 2, 3].map(() => walk.take(['text', 1]).t[0]);
      const whole = positionIds([...layout, ['text', 3]], { variant, gamma: 1.5 });
      assert.deepEqual(generated, [...whole.t.slice(-3)]);
      const step = variant === 'tad-rope' ? 2 : 1;
      assert.deepEqual([...textIds(3, branch.next, step).h], generated);
    }
  });

  it('a hundred thousand tokens are laid out', () => {
    const ids = positionIds(
      [
        ['text', 20],
        ['video', 694, 9, 16],
        ['text', 44],
      ],
      { variant: 'hope', gamma: 0.75 },
    );
    assert.equal(ids.t.length, 100_000);
    assert.equal(ids.next, 20 + 0.75 * 693 + 1 + 44);
  });
});

describe('wrong arguments', () => {
  const layout: Layout = [['text', 3]];
  const geometry: RotaryGeometry = { variant: 'hope', ...qwen2vl };
  it('quotes an unknown variant', () => {
    const variant = 'nope' as 'hope';
    assert.throws(() => positionIds(layout, { variant, gamma: 1 }), badArgument('"nope"'));
    assert.throws(() => rotaryTables(textIds(1), { ...geometry, variant }), badArgument('"nope"'));
  });
  it('quotes a gamma that is not finite and positive', () => {
    for (const [gamma, quoted] of [
      [0, '0'],
      [-1, '-1'],
      [NaN, 'NaN'],
      [Infinity, 'Infinity'],
    ] as const) {
      assert.throws(() => positionIds(layout, { variant: 'hope', gamma }), badArgument(`got ${quoted}`));
    }
    assert.throws(
      () => positionIds(layout, { variant: 'rope', gamma: 'fast' as unknown as number }),
      badArgument('"fast"'),
    );
  });
  it('quotes a grid that is not whole numbers, or no segment at all', () => {
    const wrong: [unknown, string][] = [
      [['video', 1.5, 2, 2], '1.5'],
      [['video', 0, 2, 2], '0'],
      [['video', 2, 2], '["video",2,2]'],
      [['text', -1], '-1'],
      [['audio', 3], 'audio'],
      ['text', '"text"'],
      [['video', 2 ** 20, 2 ** 20, 1], '1048576'],
    ];
    for (const [segment, quoted] of wrong) {
      assert.throws(
        () => positionIds([segment] as Layout, { variant: 'hope', gamma: 1 }),
        badArgument(quoted),
      );
    }
    assert.throws(
      () => positionIds('text' as unknown as Layout, { variant: 'hope', gamma: 1 }),
      badArgument('"text"'),
    );
  });
  it('quotes sections that do not sum to half the head, an odd head and a theta of zero', () => {
    const ids = textIds(2);
    assert.throws(
      () => rotaryTables(ids, { ...geometry, sections: [16, 24, 23] }),
      badArgument('[16,24,23]'),
    );
    assert.throws(() => rotaryTables(ids, { ...geometry, sections: [16, 48] }), badArgument('[16,48]'));
    assert.throws(() => rotaryTables(ids, { ...geometry, headDim: 127 }), badArgument('127'));
    assert.throws(() => rotaryTables(ids, { ...geometry, theta: 0 }), badArgument('theta'));
    const uneven = { ...ids, w: new Float64Array(1) };
    assert.throws(() => rotaryTables(uneven, geometry), badArgument('[2,2,1]'));
  });
});

describe('semantic preference', () => {
  it('is bounded by the number of temporal pairs, and hope reaches the bound at every distance', () => {
    for (const variant of positionVariants) {
      const sum = temporalPreference({ variant, ...qwen2vl });
      const bound = Math.round(sum(0));
      const shared = { 'm-rope-interleaved': 22 } as Record<string, number>;
      const all = ['rope', 'tad-rope', 'cope', 'cope-hard', 'v2pe', 'vrope'].includes(variant);
      assert.equal(bound, shared[variant] ?? (all ? 64 : 16), variant);
      for (const distance of [1, 10, 1_000, 1_000_000]) {
        assert.ok(sum(distance) <= bound);
        if (variant === 'hope') assert.equal(sum(distance), bound);
      }
    }
  });
  it('fails early for m-rope, whose temporal pairs turn fastest, and never for hope', () => {
    const first = firstPreferenceFailure({ variant: 'm-rope', ...qwen2vl }, 100_000);
    assert.ok(first !== undefined);
    const sum = temporalPreference({ variant: 'm-rope', ...qwen2vl });
    assert.ok(sum(first) < 0);
    for (let distance = 1; distance < first; distance++) assert.ok(sum(distance) >= 0);
    assert.equal(firstPreferenceFailure({ variant: 'hope', ...qwen2vl }, 100_000), undefined);
  });
  it('is the sum of its parts times twice the variance, and full at no offset', () => {
    const geometry: RotaryGeometry = { variant: 'videorope', ...qwen2vl };
    assert.deepEqual(semanticPreference(geometry, { t: 0, h: 0, w: 0 }), {
      temporal: 16,
      spatial: 48,
      total: 128,
    });
    const apart = semanticPreference(geometry, { t: 40, h: 3, w: -2 }, 0.5);
    assert.ok(Math.abs(apart.total - (apart.temporal + apart.spatial)) < 1e-12);
    assert.ok(apart.spatial < 48);
  });
  it('flattening moves neighbours apart by the frame resolution', () => {
    assert.deepEqual(flatteningDistortion(9, 16), { t: 144, h: 16, w: 1 });
  });
});
