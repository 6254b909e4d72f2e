import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultsSchema, share, together } from './results.ts';
import { tables } from './tables.ts';

const grid = { 8: { 0: [50, 100], 1: [70, 100] }, 64: { 0: [10, 100], 1: [0, 100] } };
const run = (variant: string, more = {}) => ({
  ...{ variant, seed: 0, steps: 10, minutes: 1, parameters: 1000 },
  ...{ needles: grid, understanding: { 8: { first: [9, 10], beside: [0, 0] }, 64: { first: [1, 10] } } },
  ...more,
});
const setting = { trainedPatches: 8, tokensPerPatch: 4, retrievalGamma: 0.75, understandingGamma: 1.5 };

test('a share stands with its standard error: of the measurement, or between seeds', () => {
  assert.equal(share([[50, 100]]), '50.0 ± 5.0');
  assert.equal(
    share([
      [50, 100],
      [60, 100],
      [70, 100],
    ]),
    '60.0 ± 5.8',
  );
  assert.equal(share([[0, 0]]), '-');
  assert.deepEqual(
    together([
      [1, 2],
      [3, 4],
    ]),
    [4, 6],
  );
});

test('every variant has its row, lengths say how many times the training length they are', () => {
  const text = tables(resultsSchema.parse({ setting, runs: [run('hope'), run('rope')] }));
  assert.match(text, /\| patches \| 8 \(1x\) \| 64 \(8x\) \|/);
  assert.match(text, /\| rope \| 60\.0 ± 3\.5 \| 5\.0 ± 1\.5 \|\n\| hope \| 60\.0/);
  assert.match(text, /\| hope \| 90\.0 ± 9\.5 \| - \|/);
});

test('runs that differ in their seed are one row', () => {
  const other = run('hope', { seed: 1, needles: { 8: { 0: [70, 100], 1: [70, 100] } } });
  const text = tables(resultsSchema.parse({ setting, runs: [run('hope'), other] }));
  assert.match(text, /seeds 0, 1\./);
  assert.match(text, /\| hope \| 65\.0 ± 5\.0 \| 5\.0 ± 1\.5 \|/);
});

test('a step of the ablation that was not trained is said to be missing, not filled in', () => {
  const without = tables(resultsSchema.parse({ setting, runs: [run('rope'), run('m-rope'), run('hope')] }));
  assert.match(without, /\(`hfa`\) \| not trained/);
  const whole = tables(resultsSchema.parse({ setting, runs: [run('hfa')] }));
  assert.match(whole, /\(`hfa`\) \| 60\.0/);
});

test('the sweep of gamma goes in order of gamma', () => {
  const at = { needles: grid, understanding: grid };
  const text = tables(
    resultsSchema.parse({ setting, runs: [run('hope', { sweep: { 1.5: at, 0.5: at, 1: at } })] }),
  );
  assert.match(text, /\| 0\.5 \|.*\n\| 1 \|.*\n\| 1\.5 \|/);
});
