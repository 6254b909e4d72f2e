import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choreograph, pathExpressions, positionAt, stage, visibleFrames } from './choreography.ts';
import { Random } from './random.ts';
import type { Actor, MotionKind } from './types.ts';

const motions: MotionKind[] = [
  'stand',
  'enter',
  'leave',
  'visit',
  'cross',
  'hop',
  'track',
  'panned',
  'hover',
  'drop',
  'rise',
  'surface',
  'pop',
];
const durationSec = 10;

function plan(motion: MotionKind) {
  const actor: Actor = { name: 'ball', style: 'noto', motion, place: 'ground', size: 300, x: 0.4 };
  const setting = { durationSec, panSpeed: motion === 'panned' ? 50 : 0, y: 400 };
  return choreograph(actor, setting, new Random(7));
}

/** Computes an expression of ffmpeg's language, as far as the film uses it. */
function evaluate(expression: string, t: number): number {
  const script = expression.replaceAll('if(', 'choose(').replaceAll('sin', 'Math.sin').replaceAll('abs', 'Math.abs');
  const choose = (test: boolean, yes: number, no: number) => (test ? yes : no);
  const lt = (a: number, b: number) => a < b;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const compute = new Function('t', 'PI', 'choose', 'lt', `return ${script}`) as (...values: unknown[]) => number;
  return compute(t, Math.PI, choose, lt);
}

for (const motion of motions)
  test(`"${motion}" is told to ffmpeg as it is planned`, () => {
    const path = plan(motion);
    const { x, y } = pathExpressions(path);
    for (let time = 0; time < durationSec; time += 0.04) {
      const expected = positionAt(path, time);
      assert.ok(Math.abs(evaluate(x, time) - expected.x) < 0.05, `x at ${time}`);
      assert.ok(Math.abs(evaluate(y, time) - expected.y) < 0.05, `y at ${time}`);
    }
  });

test('an object counts as seen while at least half of it is on the screen', () => {
  const path = plan('cross');
  const visible = visibleFrames(path, 300, 250, 25)!;
  const inside = (frame: number) => {
    const { x } = positionAt(path, frame / 25);
    return x >= 0 && x <= stage.width;
  };
  assert.ok(inside(visible.first) && !inside(visible.first - 1));
  assert.ok(inside(visible.end - 1) && !inside(visible.end));
});

test('what stands is seen all along, what enters only later, what leaves only before', () => {
  assert.deepEqual(visibleFrames(plan('stand'), 300, 250, 25), { first: 0, end: 250 });
  const [entering, leaving, appearing] = (['enter', 'leave', 'pop'] as const).map(
    (motion) => visibleFrames(plan(motion), 300, 250, 25)!,
  );
  assert.ok(entering.first > 25 && entering.end === 250);
  assert.ok(leaving.first === 0 && leaving.end < 235);
  assert.ok(appearing.first > 25 && appearing.end === 250);
});
