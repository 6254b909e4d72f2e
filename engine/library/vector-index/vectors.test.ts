import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../../tests/fixtures/library.ts';
import { Coder } from './coding.ts';
import { bins, segmentGroups, segmentRows } from './scan-module.ts';
import { RowFile } from './row-file.ts';
import { ScanHelper } from './scan-helper.ts';
import { SegmentMaker, type Segment, type Step } from './segment.ts';
import { type CodedRun, VectorIndex } from './vector-index.ts';

const size = 96;

/** The same numbers for the same seed, roughly normally distributed. */
function unitVectors(seed: number, count: number): Float32Array {
  let state = seed;
  const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const rows = new Float32Array(count * size);
  for (let at = 0; at < rows.length; at += size) {
    let squares = 0;
    for (let i = at; i < at + size; i++) {
      rows[i] = uniform() + uniform() + uniform() + uniform() - 2;
      squares += rows[i] ** 2;
    }
    for (let i = at; i < at + size; i++) rows[i] /= Math.sqrt(squares);
  }
  return rows;
}

const dot = (query: Float32Array, rows: Float32Array, row: number) =>
  query.reduce((sum, value, i) => sum + value * rows[row * size + i], 0);

/** Runs whose embeddings come from their names, with a count of the rows that were read. */
function setting(t: TestContext) {
  const folder = temporaryFolder(t);
  const path = join(folder, 'made.codes');
  const contents = new Map<string, Float32Array>();
  const run = (id: string, patches: number): CodedRun => {
    if (!contents.has(id))
      contents.set(
        id,
        unitVectors(
          [...id].reduce((n, c) => n * 31 + c.charCodeAt(0), 7),
          patches,
        ),
      );
    return { id, patches };
  };
  const read = { rows: 0 };
  const open = () =>
    new VectorIndex(path, ({ id }, first, count) => {
      read.rows += count;
      return contents.get(id)!.subarray(first * size, (first + count) * size);
    });
  const exact = (query: Float32Array, ids: string[], count: number) =>
    ids
      .flatMap((id) => {
        const rows = contents.get(id)!;
        return Array.from({ length: rows.length / size }, (_, patch) => ({
          key: `${id} ${patch}`,
          score: dot(query, rows, patch),
        }));
      })
      .sort((a, b) => b.score - a.score)
      .slice(0, count)
      .map(({ key }) => key);
  const near = (index: VectorIndex, query: Float32Array, count: number, among?: Set<string>) =>
    index.nearest(query, count, among).map(({ run: id, patch }) => `${id} ${patch}`);
  return { path, run, open, exact, near, read, contents };
}

/** Scores everything: every group may do. */
function scoreAll(segment: Segment, offset: number): void {
  const all = [{ from: 0, past: segment.groups }];
  segment.do({ does: 'scoreGroups', values: [offset, bins / 2] }, all);
  segment.do({ does: 'scoreRows', values: [offset, 0, 0] }, all);
}

const sum = (values: Uint32Array) => values.reduce((a, b) => a + b);

test('the machine code estimates what the arithmetic says', () => {
  const coder = new Coder(new Float32Array(size));
  const segment = new SegmentMaker(coder.bytes).make();
  const rows = unitVectors(3, 500);
  segment.append(coder, rows, 0, 500);
  const query = unitVectors(9, 1);
  const coded = coder.query(query);
  segment.prepare(coded);
  scoreAll(segment, coded.offset);
  assert.equal(sum(segment.histogram('rows')), 500);
  assert.equal(sum(segment.histogram('groups')), segment.groups);
  segment.do({ does: 'listRows', values: [0, 0, 0] }, [{ from: 0, past: segment.groups }]);
  const listed = [...segment.listed];
  assert.deepEqual(
    listed,
    Array.from({ length: 500 }, (_, row) => row),
  );
  const [x, y] = [listed.map((row) => dot(query, rows, row)), listed.map((row) => segment.scoreOf(row))];
  assert.ok(correlation(x, y) > 0.9, String(correlation(x, y)));
});

/** `count` rows of shots that last so many rows each, all of one being nearly alike. */
function shots(seed: number, count: number, length: number): Float32Array {
  const [things, noise] = [unitVectors(seed, Math.ceil(count / length)), unitVectors(seed + 1, count)];
  return Float32Array.from({ length: count * size }, (_, at) => {
    const row = Math.floor(at / size);
    return 0.98 * things[Math.floor(row / length) * size + (at % size)] + 0.2 * noise[at];
  });
}

test('a shot is a group, and only the rows of promising groups are looked at', () => {
  const coder = new Coder(new Float32Array(size));
  const segment = new SegmentMaker(coder.bytes).make();
  const rows = shots(11, 3000, 12);
  segment.append(coder, rows, 0, 3000);
  assert.equal(segment.groups, 250);
  assert.deepEqual(segment.groupsOf({ from: 11, past: 25 }), { from: 0, past: 3 });
  assert.deepEqual([segment.groupOf(12), segment.groupOf(2999), segment.groupOf(3000)], [1, 249, 250]);
  const query = rows.subarray(1201 * size, 1202 * size);
  const coded = coder.query(query);
  segment.prepare(coded);
  const all = [{ from: 0, past: segment.groups }];
  segment.do({ does: 'scoreGroups', values: [coded.offset, bins / 2] }, all);
  const best = segment.histogram('groups').findLastIndex((count) => count > 0);
  segment.do({ does: 'scoreRows', values: [coded.offset, best, coded.slack] }, all);
  const looked = sum(segment.histogram('rows'));
  assert.ok(looked >= 12 && looked < 600, `${looked} rows looked at`);
  segment.do({ does: 'listRows', values: [1, best, coded.slack] }, all);
  assert.equal(segment.listed.length, looked);
  for (let row = 1200; row < 1212; row++) assert.ok(segment.listed.includes(row), `row ${row}`);
});

test('footage that never stays the same has a group for every four rows at most', () => {
  const coder = new Coder(new Float32Array(size));
  const segment = new SegmentMaker(coder.bytes).make();
  for (let first = 0; first < 4000; first += 1000) segment.append(coder, unitVectors(3, 4000), first, 1000);
  assert.ok(segment.groups > 900 && segment.groups <= 1000 + 16, `${segment.groups} groups`);
  assert.equal(segment.rows, 4000);
});

test('more videos of one patch than a segment has room for groups are found all the same', (t) => {
  const { open, near, contents } = setting(t);
  const count = segmentGroups + 300;
  const rows = unitVectors(21, count);
  const runs = Array.from({ length: count }, (_, index) => ({ id: `v${index}`, patches: 1 }));
  runs.forEach(({ id }, index) => contents.set(id, rows.subarray(index * size, (index + 1) * size)));
  const index = open();
  index.update(runs);
  for (const wanted of [5, segmentGroups - 1, segmentGroups + 200]) {
    const query = rows.subarray(wanted * size, (wanted + 1) * size);
    assert.equal(near(index, query, 3)[0], `v${wanted} 0`);
    assert.deepEqual(near(index, query, 3, new Set([`v${wanted}`])), [`v${wanted} 0`]);
    const others = new Set(runs.map(({ id }) => id).filter((id) => id !== `v${wanted}`));
    assert.ok(!near(index, query, 3, others).includes(`v${wanted} 0`));
  }
});

test('of footage made of shots the nearest are found, and in appended runs too', (t) => {
  const { open, exact, near, contents } = setting(t);
  const ids = ['a', 'b', 'c'];
  ids.forEach((id, index) => contents.set(id, shots(31 + 7 * index, 4000, 5 + 20 * index)));
  const runs = ids.map((id) => ({ id, patches: 4000 }));
  open().update(runs.slice(0, 2));
  const index = open();
  index.update(runs);
  const again = open();
  again.update(runs);
  for (let seed = 0; seed < 5; seed++) {
    const query = unitVectors(50 + seed, 1);
    const found = near(index, query, 200);
    const truth = exact(query, ids, 20);
    assert.ok(truth.filter((key) => found.includes(key)).length >= 19);
    assert.deepEqual(near(again, query, 200), found);
  }
});

test('a second thread scans a segment as this one does', async () => {
  const coder = new Coder(new Float32Array(size));
  const maker = new SegmentMaker(coder.bytes);
  const segments = [maker.make(), maker.make()];
  const coded = coder.query(unitVectors(9, 1));
  for (const segment of segments) {
    segment.append(coder, unitVectors(3, 500), 0, 500);
    segment.prepare(coded);
  }
  const [alone, helped] = segments;
  const ranges = [
    { from: 0, past: 40 },
    { from: 60, past: alone.groups },
  ];
  const [middle, offset] = [bins / 2, coded.offset];
  const steps: Step[] = [
    { does: 'scoreGroups', values: [offset, bins / 2] },
    { does: 'scoreRows', values: [offset, middle, coded.slack] },
    { does: 'listRows', values: [middle, middle, coded.slack] },
  ];
  const helper = ScanHelper.start(2)!;
  try {
    while (!helper.ready) await setImmediate();
    helper.add({ number: 7, module: helped.module, memory: helped.memory });
    for (const step of steps) {
      helper.begin(step, [{ number: 7, ranges }]);
      alone.do(step, ranges);
      assert.ok(helper.finish());
    }
    assert.deepEqual([...helped.histogram('groups')], [...alone.histogram('groups')]);
    assert.deepEqual([...helped.histogram('rows')], [...alone.histogram('rows')]);
    assert.ok(alone.listed.length > 0 && alone.listed.length < 400);
    assert.deepEqual([...helped.listed], [...alone.listed]);
  } finally {
    await helper.close();
  }
  assert.ok(!helper.ready, 'a closed one is given no work');
});

test('no second thread where there is one core only', () => {
  assert.equal(ScanHelper.start(1), undefined);
});

test('the nearest by their codes hold the truly nearest', (t) => {
  const { run, open, exact, near } = setting(t);
  const index = open();
  index.update([run('a', 3000), run('b', 5000)]);
  const query = unitVectors(77, 1);
  const found = new Set(near(index, query, 400));
  const truth = exact(query, ['a', 'b'], 20);
  assert.ok(truth.filter((key) => found.has(key)).length >= 19);
});

test('a look in some runs finds nothing of the others', (t) => {
  const { run, open, near } = setting(t);
  const index = open();
  index.update([run('a', 500), run('b', 500)]);
  const found = near(index, unitVectors(5, 1), 50, new Set(['b']));
  assert.equal(found.length, 50);
  assert.ok(found.every((key) => key.startsWith('b ')));
  assert.deepEqual(near(index, unitVectors(5, 1), 50, new Set()), []);
});

test('a new run is appended, and nothing else is read again, in this process or the next', (t) => {
  const { run, open, near, read } = setting(t);
  const runs = [run('a', 700), run('b', 300)];
  open().update(runs);
  read.rows = 0;
  const second = open();
  second.update([...runs, run('c', 200)]);
  assert.equal(read.rows, 200);
  read.rows = 0;
  const third = open();
  third.update([...runs, run('c', 200)]);
  assert.equal(read.rows, 0);
  assert.deepEqual(near(third, unitVectors(1, 1), 30), near(second, unitVectors(1, 1), 30));
});

test('a run that went is passed over; when most have gone, the codes are made anew', (t) => {
  const { run, open, near, read } = setting(t);
  const [a, b, c] = [run('a', 100), run('b', 100), run('c', 150)];
  const index = open();
  index.update([a, b, c]);
  index.update([a, c]);
  assert.ok(near(index, unitVectors(1, 1), 300).every((key) => !key.startsWith('b')));
  read.rows = 0;
  index.update([a]);
  assert.ok(read.rows >= 100, 'made anew');
  assert.equal(near(index, unitVectors(1, 1), 300).length, 100);
});

for (const [how, damage] of [
  ['lost', (path: string) => rmSync(path)],
  ['without its description', (path: string) => rmSync(`${path}.json`)],
  ['cut short', (path: string) => truncateSync(path, 100)],
  [
    'damaged',
    (path: string) => {
      const bytes = readFileSync(path);
      bytes[10] ^= 1;
      writeFileSync(path, bytes);
    },
  ],
  ['described by nonsense', (path: string) => writeFileSync(`${path}.json`, '{"format": 1')],
] as const)
  test(`a file that is ${how} is made again`, (t) => {
    const { path, run, open, near, read } = setting(t);
    const runs = [run('a', 400)];
    const before = open();
    before.update(runs);
    damage(path);
    read.rows = 0;
    const after = open();
    after.update(runs);
    assert.ok(read.rows >= 400);
    assert.deepEqual(near(after, unitVectors(2, 1), 20), near(before, unitVectors(2, 1), 20));
    read.rows = 0;
    open().update(runs);
    assert.equal(read.rows, 0, 'it is whole again');
  });

test('rows beyond one segment are found with those before', (t) => {
  const { run, open, near, contents } = setting(t);
  const index = open();
  const rows = segmentRows - 50;
  contents.set('long', new Float32Array(rows * size).fill(1 / Math.sqrt(size)));
  index.update([{ id: 'long', patches: rows }, run('z', 100)]);
  const query = contents.get('z')!.subarray(99 * size, 100 * size);
  assert.equal(near(index, query, 5)[0], 'z 99');
});

test('rows in eight bits have the similarity that the embeddings have, within a few thousandths', (t) => {
  const path = join(temporaryFolder(t), 'made.rows');
  const rows = new RowFile(path, size);
  const embeddings = unitVectors(4, 200);
  const query = unitVectors(5, 1);
  rows.write({ row: 0, run: 'a', patch: 0 }, embeddings.subarray(0, 100 * size));
  rows.write({ row: 150, run: 'b', patch: 7 }, embeddings.subarray(100 * size));
  const places = [
    ...Array.from({ length: 100 }, (_, patch) => ({ row: patch, run: 'a', patch })),
    ...Array.from({ length: 100 }, (_, index) => ({ row: 150 + index, run: 'b', patch: 7 + index })),
  ];
  const check = (file: RowFile) =>
    file.similarities(query, places).forEach((similarity, row) => {
      assert.ok(Math.abs(similarity - dot(query, embeddings, row)) < 4e-3);
    });
  check(rows);
  rows.close();
  const again = new RowFile(path, size);
  check(again);
  const others = [
    { row: 3, run: 'b', patch: 3 },
    { row: 4, run: 'a', patch: 5 },
    { row: 120, run: 'a', patch: 120 },
    { row: 900, run: 'a', patch: 900 },
  ];
  assert.ok(again.similarities(query, others).every((similarity) => Number.isNaN(similarity)));
  again.close();
});

test('rows that are lost or damaged are read where they are from, and kept again', (t) => {
  const { path, run, open, near, read } = setting(t);
  const runs = [run('a', 400)];
  const index = open();
  index.update(runs);
  const query = unitVectors(2, 1);
  const before = near(index, query, 20);
  read.rows = 0;
  near(index, query, 20);
  assert.equal(read.rows, 0);
  const whole = readFileSync(`${path}.rows`);
  const damaged = Uint8Array.from(whole);
  damaged[50] ^= 1;
  writeFileSync(`${path}.rows`, damaged);
  near(index, query, 20);
  assert.equal(read.rows, 1);
  assert.deepEqual(readFileSync(`${path}.rows`), whole);
  truncateSync(`${path}.rows`, 1000);
  near(index, query, 20);
  assert.ok(read.rows > 300);
  assert.deepEqual(near(index, query, 20), before);
  assert.equal(statSync(`${path}.rows`).size, whole.length);
});

function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const product = mean(x.map((value, i) => (value - mx) * (y[i] - my)));
  const variance = (values: readonly number[], m: number) => mean(values.map((value) => (value - m) ** 2));
  return product / Math.sqrt(variance(x, mx) * variance(y, my));
}
