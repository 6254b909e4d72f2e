import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  averagedThresholds,
  averagePrecision,
  hitFirst,
  meanAveragePrecision,
  median,
  overlap,
  percentile,
  rankOf,
} from './moment-metrics.ts';
import { measureChoices, measureMoments, type MomentOutcome } from './summary.ts';
import type { ChoiceTask, MomentTask, Span } from './types.ts';

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

test('overlap is what both cover of what either covers', () => {
  near(overlap([0, 10], [5, 15]), 5 / 15);
  near(overlap([0, 10], [2, 6]), 0.4);
  near(overlap([0, 10], [0, 10]), 1);
  near(overlap([0, 10], [10, 20]), 0);
  near(overlap([0, 1], [5, 6]), 0);
  near(overlap([3, 3], [3, 3]), 0);
});

test('the first moment counts by the right one that it fits best, the threshold included', () => {
  const truth: Span[] = [
    [100, 110],
    [0, 10],
  ];
  assert.equal(hitFirst([[0, 5]], truth, 0.5), true);
  assert.equal(hitFirst([[0, 5]], truth, 0.7), false);
  assert.equal(
    hitFirst(
      [
        [50, 60],
        [0, 10],
      ],
      truth,
      0.3,
    ),
    false,
  );
  assert.equal(hitFirst([], truth, 0.3), false);
});

test('the rank is that of the first moment that is right enough', () => {
  assert.equal(
    rankOf(
      [
        [50, 60],
        [0, 4],
        [0, 10],
      ],
      [[0, 10]],
      0.5,
    ),
    3,
  );
  assert.equal(rankOf([[50, 60]], [[0, 10]], 0.5), Infinity);
});

test('average precision: right, wrong, right of two is 1/2 + 1/2 * 2/3', () => {
  const truth: Span[] = [
    [0, 10],
    [20, 30],
  ];
  near(
    averagePrecision(
      [
        [0, 10],
        [50, 60],
        [20, 30],
      ],
      truth,
      0.5,
    ),
    0.5 + 0.5 * (2 / 3),
  );
  near(
    averagePrecision(
      [
        [0, 10],
        [20, 30],
        [50, 60],
      ],
      truth,
      0.5,
    ),
    1,
  );
  // Recall stops at one half, and what is not reached counts nothing.
  near(averagePrecision([[0, 10]], truth, 0.5), 0.5);
  near(averagePrecision([], truth, 0.5), 0);
});

test('average precision is interpolated: wrong, right, right of two is 2/3 throughout', () => {
  const truth: Span[] = [
    [0, 10],
    [20, 30],
  ];
  near(
    averagePrecision(
      [
        [50, 60],
        [0, 10],
        [20, 30],
      ],
      truth,
      0.5,
    ),
    2 / 3,
  );
});

test('a right moment is found once; a second that overlaps it is wrong, unless another one is free', () => {
  near(
    averagePrecision(
      [
        [0, 10],
        [0, 9],
        [20, 30],
      ],
      [
        [0, 10],
        [20, 30],
      ],
      0.5,
    ),
    0.5 + 0.5 * (2 / 3),
  );
  // The second fits [0, 10] best, which is taken, and [2, 12] well enough.
  near(
    averagePrecision(
      [
        [0, 10],
        [0, 10],
      ],
      [
        [0, 10],
        [2, 12],
      ],
      0.6,
    ),
    1,
  );
});

test('only ten moments are counted', () => {
  const wrong = Array.from({ length: 9 }, (_, i): Span => [100 + i, 101 + i]);
  near(averagePrecision([...wrong, [0, 10]], [[0, 10]], 0.5), 0.1);
  near(averagePrecision([...wrong, [200, 201], [0, 10]], [[0, 10]], 0.5), 0);
});

test('mAP is the mean over ten thresholds', () => {
  assert.deepEqual(averagedThresholds, [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]);
  // An overlap of 0.8 passes seven of them: 0.5 to 0.8.
  near(meanAveragePrecision([[0, 8]], [[0, 10]]), 0.7);
});

test('medians and percentiles', () => {
  assert.deepEqual(
    [median([3, 1, 2]), median([1, 2, 3, Infinity]), median([1, Infinity]), median([])],
    [2, 2.5, Infinity, null],
  );
  const values = Array.from({ length: 20 }, (_, i) => 20 - i);
  assert.deepEqual(
    [0.5, 0.9, 0.95, 0.99, 1].map((share) => percentile(values, share)),
    [10, 18, 19, 20, 20],
  );
  assert.deepEqual([percentile([7], 0.5), percentile([], 0.5)], [7, null]);
});

const outcome = (moments: Span[], found: Span[], confident: boolean, latencyMs = 10): MomentOutcome => ({
  task: { kind: 'moments', at: { line: 1 }, video: 'a', query: 'q', moments } satisfies MomentTask,
  found,
  confident,
  latencyMs,
});

test('a whole evaluation, worked by hand', () => {
  const measures = measureMoments([
    // Right at once.
    outcome([[0, 10]], [[0, 10]], true, 10),
    // An overlap of 0.4 first, right at rank 2.
    outcome(
      [[0, 10]],
      [
        [0, 4],
        [0, 10],
      ],
      true,
      20,
    ),
    // Present, and said not to be: the nearest is wrong.
    outcome([[0, 10]], [[50, 60]], false, 30),
    // Absent, and said so.
    outcome([], [[1, 2]], false, 40),
    // Absent, and not said.
    outcome([], [[1, 2]], true, 50),
  ]);
  assert.deepEqual([measures.queries, measures.present], [5, 3]);
  near(measures.recallAt1!['iou0.3'], 2 / 3);
  near(measures.recallAt1!['iou0.5'], 1 / 3);
  near(measures.recallAt1!['iou0.7'], 1 / 3);
  // 1, then 1/2 at rank 2, then 0.
  near(measures.map!.average, 0.5);
  near(measures.map!['iou0.5'], 0.5);
  assert.equal(measures.medianRank, 2);
  assert.deepEqual(measures.notHere, { absent: 2, said: 2, right: 1, precision: 0.5, recall: 0.5 });
  assert.deepEqual(measures.latencyMs, { p50: 30, p90: 50, p95: 50, p99: 50, max: 50 });
  assert.equal(measures.firstLatencyMs, null);
});

test('what can’t be measured is null, never zero', () => {
  const absent = measureMoments([outcome([], [], true)]);
  assert.deepEqual([absent.recallAt1, absent.map, absent.medianRank], [null, null, null]);
  assert.deepEqual(absent.notHere, { absent: 1, said: 0, right: 0, precision: null, recall: 0 });
  const present = measureMoments([outcome([[0, 1]], [], true)]);
  assert.deepEqual([present.medianRank, present.notHere.recall], [null, null]);
  assert.deepEqual(present.recallAt1, { 'iou0.3': 0, 'iou0.5': 0, 'iou0.7': 0 });
});

test('choices are counted in all and by group, against what guessing would get', () => {
  const task = (group: string, options: number): ChoiceTask => ({
    kind: 'choice',
    at: { entry: 1 },
    video: 'a',
    question: 'q',
    options: Array.from({ length: options }, String),
    answer: 1,
    group,
  });
  const measures = measureChoices([
    { task: task('long', 4), chosen: 1, latencyMs: 1 },
    { task: task('long', 4), chosen: 0, latencyMs: 2 },
    { task: task('long', 4), chosen: undefined, latencyMs: 3 },
    { task: task('short', 2), chosen: 1, latencyMs: 4 },
  ]);
  assert.deepEqual(
    [measures.questions, measures.right, measures.accuracy, measures.unmatched],
    [4, 2, 0.5, 1],
  );
  near(measures.chance!, (3 * 0.25 + 0.5) / 4);
  near(measures.macroAccuracy!, (1 / 3 + 1) / 2);
  assert.deepEqual(
    measures.groups.map(({ group, questions }) => [group, questions]),
    [
      ['long', 3],
      ['short', 1],
    ],
  );
  assert.deepEqual([measureChoices([]).accuracy, measureChoices([]).latencyMs], [null, null]);
});

/** Made queries, with what QVHighlights' own evaluation says of them at 0.5, 0.55, … 0.95. */
const heldAgainst: { truth: Span[]; found: Span[]; precision: number[] }[] = [
  {
    truth: [
      [24, 42],
      [4, 12],
      [48, 76],
      [88, 102],
      [30, 38],
    ],
    found: [
      [25.55, 28.36],
      [26, 38],
      [22, 38],
    ],
    precision: [0.266667, 0.266667, 0.266667, 0.266667, 0.066667, 0.0, 0.0, 0.0, 0.0, 0.0],
  },
  {
    truth: [
      [38, 56],
      [38, 54],
      [42, 62],
      [0, 20],
      [2, 16],
    ],
    found: [
      [0, 22],
      [34, 52],
      [138.25, 143.94],
      [34, 50],
      [14.08, 30.56],
      [40, 62],
      [40, 50],
      [0, 18],
      [0, 22],
      [2, 18],
    ],
    precision: [0.808333, 0.775, 0.6, 0.6, 0.6, 0.35, 0.326667, 0.326667, 0.266667, 0.0],
  },
  {
    truth: [
      [32, 50],
      [52, 66],
      [14, 30],
      [92, 112],
      [50, 68],
    ],
    found: [
      [14, 30],
      [50, 70],
      [46, 66],
      [77.11, 81.54],
      [53.5, 68],
      [28, 46],
      [12, 30],
      [48, 68],
      [50, 66],
      [54, 66],
    ],
    precision: [0.733333, 0.733333, 0.733333, 0.6, 0.6, 0.52, 0.466667, 0.466667, 0.4, 0.2],
  },
  {
    truth: [[18, 36]],
    found: [
      [18, 38],
      [106.21, 113.36],
      [18, 36],
      [21.5, 41],
      [68.92, 82.23],
      [18, 32],
      [88.97, 103.7],
      [101.97, 106.75],
      [84.12, 94.94],
      [99.7, 119.46],
    ],
    precision: [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.333333],
  },
];

test('average precision is what QVHighlights’ own evaluation computes, a tie of two right moments included', () => {
  for (const { truth, found, precision } of heldAgainst)
    averagedThresholds.forEach((threshold, index) => {
      const ours = averagePrecision(found, truth, threshold);
      assert.ok(Math.abs(ours - precision[index]) < 1e-6, `${ours} is not ${precision[index]}`);
    });
});
