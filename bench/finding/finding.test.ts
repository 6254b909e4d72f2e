import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibrationError, dropped, figuresOf, interval, keptOf, type JudgedFind } from './measure.ts';

const found = (confidence: number, ...right: boolean[]): JudgedFind => ({
  there: true,
  confident: confidence >= 0.6,
  moments: right.map((one) => ({ confidence, right: one })),
});
const absent = (confidence: number): JudgedFind => ({
  there: false,
  confident: confidence >= 0.6,
  moments: [{ confidence, right: false }],
});
const judged = [
  found(0.9, true),
  found(0.9, false, true),
  found(0.3, true),
  found(0.2),
  absent(0.1),
  absent(0.8),
];

test('firsts, fives, sure ones and false alarms are counted over what they are about', () => {
  const { first, five, sure, falseAlarms } = figuresOf(judged);
  assert.deepEqual([first, five, sure, falseAlarms], [0.5, 0.75, 0.25, 0.5]);
  assert.equal(figuresOf([]).first, undefined);
});

test('calibration error is the distance of confidence and accuracy, bin by bin', () => {
  const sure = (confidence: number, right: boolean) => ({ confidence, right });
  assert.equal(calibrationError([]), undefined);
  const exact = [...Array(8).fill(sure(0.8, true)), ...Array(2).fill(sure(0.8, false))] as {
    confidence: number;
    right: boolean;
  }[];
  assert.ok(calibrationError(exact)! < 1e-9);
  assert.ok(Math.abs(calibrationError([sure(0.95, false), sure(0.05, false)])! - 0.5) < 1e-9);
});

test('intervals are the same each time, hold the figure, and narrow with more queries', () => {
  const [low, high] = interval(judged, ({ first }) => first)!;
  assert.deepEqual(
    interval(judged, ({ first }) => first),
    [low, high],
  );
  assert.ok(low <= 0.5 && 0.5 <= high);
  const many = Array.from({ length: 30 }, () => judged).flat();
  const [lowOfMany, highOfMany] = interval(many, ({ first }) => first)!;
  assert.ok(highOfMany - lowOfMany < (high - low) / 2);
});

test('what is worse than the kept interval is a drop, and chance is none', () => {
  const many = Array.from({ length: 20 }, () => judged).flat();
  const before = keptOf(many);
  assert.deepEqual(dropped(before, before), []);
  const worse = keptOf(
    many.map((one) => (one.there ? { ...one, moments: [] } : { ...one, confident: true })),
  );
  assert.deepEqual(dropped(before, worse), ['first', 'five', 'sure', 'falseAlarms']);
  assert.deepEqual(dropped(worse, before), [], 'better is no drop');
});
