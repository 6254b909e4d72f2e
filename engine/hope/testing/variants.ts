// What the tests of the encodings share.
import assert from 'node:assert/strict';
import { LongviewError } from '../../protocol/errors.ts';
import { type Layout, type PositionOptions } from '../index.ts';

/** A head of Qwen3-VL. */
export const qwen = { headDim: 128, sections: [24, 20, 20], theta: 5_000_000 } as const;
/** Prompts of text, of video, and of both. */
export const layouts: Layout[] = [
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

/** Holds numbers against those that are expected. */
export function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    assert.ok(difference <= tolerance, `value ${i}: ${actual[i]} against ${expected[i]}`);
  }
}

/** The layout's own options of a variant, so that each is tried with all that it has. */
export function optionsOf(variant: PositionOptions['variant']): PositionOptions {
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
export const given = (value: unknown) => value as never;

/** Matches a typed error that names the option and quotes the value. */
export function badArgument(name: string, quoted: string) {
  return (error: unknown) =>
    error instanceof LongviewError &&
    error.code === 'bad-argument' &&
    error.message.includes(name) &&
    error.message.includes(quoted);
}
