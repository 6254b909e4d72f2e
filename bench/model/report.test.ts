import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tally } from './metrics.ts';
import {
  compared,
  comparedLines,
  measure,
  measuredLines,
  measuredMarkdown,
  type Measured,
} from './report.ts';

function tallyOf(right: number, all: number): Tally {
  const tally = new Tally();
  for (let i = 0; i < all; i++) tally.add(i < right, { gamma: i % 2 ? '1' : '0.5', object: `thing ${i}` });
  return tally;
}

function measuredAs(precision: string, right: number): Measured {
  const one = { id: 'a.r1', group: 'Some videos', what: 'R@1', tally: tallyOf(right, 200), target: 0.8 };
  return {
    bundle: { id: 'bundle', precision, fingerprint: precision, trainedPatches: 16 },
    measures: [measure(one), measure({ ...one, id: 'a.r5', what: 'R@5', target: undefined })],
    skipped: ['Something was left out.'],
    seconds: 1,
  };
}

test('each figure stands beside its target, with what was judged', () => {
  const text = measuredLines(measuredAs('int8', 150), Infinity).join('\n');
  assert.match(text, /R@1 +0\.750 +200 +0\.800 +not reached/);
  assert.match(text, /by gamma: 0\.5 0\.750, 1 0\.750/);
  assert.doesNotMatch(text, /thing 1/);
  assert.match(text, /Something was left out\./);
  assert.match(measuredLines(measuredAs('int8', 160), Infinity).join('\n'), /0\.800 +reached/);
});

test('two bundles are compared in points, and what loses more than one is named', () => {
  const rows = compared(measuredAs('int8', 150), measuredAs('fp32', 153));
  assert.deepEqual(
    rows.map(({ id, loss, n }) => [id, Number(loss.toFixed(6)), n]),
    [
      ['a.r1', 1.5, 200],
      ['a.r5', 1.5, 200],
    ],
  );
  const worse = comparedLines(measuredAs('int8', 150), measuredAs('fp32', 153), Infinity).join('\n');
  assert.match(worse, /More than one point lost: a\.r1 \(1\.50\), a\.r5 \(1\.50\)\./);
  const fine = comparedLines(measuredAs('int8', 150), measuredAs('fp32', 149), Infinity).join('\n');
  assert.match(fine, /No figure loses more than one point to the fp32 bundle\./);
});

test('the tables for the model card hold the same', () => {
  const lines = measuredMarkdown(measuredAs('int8', 150));
  assert.ok(lines.includes('### Some videos'));
  assert.ok(lines.includes('| R@1 | 0.750 | 200 | 0.800 | gamma: 0.5 0.750, 1 0.750 |'));
  assert.ok(lines.includes('| R@5 | 0.750 | 200 |  |  |'));
});
