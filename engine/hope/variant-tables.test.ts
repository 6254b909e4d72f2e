import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { positionVariants } from '../protocol/bundle.ts';
import {
  allocateFrequencies,
  firstPreferenceFailure,
  positionIds,
  rotaryTables,
  semanticPreference,
  temporalPreference,
  textIds,
  type Layout,
  type PositionOptions,
  type RotaryGeometry,
} from './index.ts';
import { badArgument, given, layouts, optionsOf, qwen } from './testing/variants.ts';

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
