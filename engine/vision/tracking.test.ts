import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Box } from '../core/boxes.ts';
import { colours, packShares } from '../protocol/colours.ts';
import { track, turnsAtEdge, type Sighting } from './tracking.ts';

/** Somebody as wide as a tenth of the picture, standing at x (middle). */
const at = (x: number, y = 0.5): Box => [x - 0.05, y - 0.2, x + 0.05, y + 0.2];

/** Sightings of somebody whose middle is at `path(time)`, two a second; undefined is out of sight. */
function walk(
  from: number,
  to: number,
  path: (time: number) => number | undefined,
  { shot = 0, score = 0.7 }: { shot?: number; score?: number } = {},
): Sighting[] {
  const seen: Sighting[] = [];
  for (let time = from; time < to; time += 0.5) {
    const x = path(time);
    if (x !== undefined) seen.push({ time, shot, box: at(x), score });
  }
  return seen;
}

const inOrder = (...sightings: Sighting[][]) => sightings.flat().sort((a, b) => a.time - b.time);
const spans = (sightings: readonly Sighting[], options = {}) =>
  track(sightings, options).map(({ sightings: own }) => [own[0].time, own.at(-1)!.time]);

/** Numbers that are the same in every run. */
function random(seed: number): () => number {
  return () => {
    seed = (seed * 1664525 + 1013904223) % 2 ** 32;
    return seed / 2 ** 32;
  };
}

suite('a visit', () => {
  test('of somebody who stands there for a minute is one', () => {
    assert.deepEqual(spans(walk(0, 60, () => 0.5)), [[0, 59.5]]);
  });

  test('of somebody who walks through the picture is one', () => {
    assert.deepEqual(spans(walk(0, 6, (time) => 0.06 + time * 0.15)), [[0, 5.5]]);
  });

  test('goes on while somebody is hidden for a short time, and ends when it takes long', () => {
    const hidden = (seconds: number) =>
      walk(0, 20, (time) => (time >= 5 && time < 5 + seconds ? undefined : 0.5));
    assert.equal(spans(hidden(3)).length, 1);
    assert.equal(spans(hidden(8)).length, 2);
    assert.equal(spans(hidden(8), { bridge: 10 }).length, 1);
  });

  test('ends sooner for who was last seen at the edge', () => {
    const left = (time: number) =>
      time < 5 ? Math.max(0.05, 0.5 - time * 0.1) : time < 8 ? undefined : 0.05;
    assert.equal(spans(walk(0, 12, left)).length, 2);
  });

  test('survives frames in which the detector is unsure, but none begins with them', () => {
    const doubtful = walk(0, 10, () => 0.5).map((one, i) => ({ ...one, score: i % 4 === 0 ? 0.6 : 0.2 }));
    assert.deepEqual(spans(doubtful), [[0, 9.5]]);
    assert.deepEqual(spans(walk(0, 10, () => 0.5, { score: 0.25 })), []);
  });

  test('that lasts for a frame or two is a flicker', () => {
    assert.deepEqual(spans(walk(3, 4, () => 0.5)), []);
  });

  test('ends with its shot', () => {
    const cut = [...walk(0, 5, () => 0.5, { shot: 0 }), ...walk(5, 10, () => 0.5, { shot: 1 })];
    assert.equal(spans(cut).length, 2);
  });

  test('goes on where the view comes back within a bounded time', () => {
    const away = [
      ...walk(0, 5, () => 0.5, { shot: 0 }),
      ...walk(5, 10, () => 0.2, { shot: 1 }),
      ...walk(10, 15, () => 0.5, { shot: 2 }),
    ];
    const sameView = (a: number, b: number) => a % 2 === b % 2;
    assert.deepEqual(spans(away, { sameView }), [
      [0, 14.5],
      [5, 9.5],
    ]);
    assert.equal(spans(away, { sameView, returns: 2 }).length, 3);
  });
});

suite('several', () => {
  test('side by side are kept apart', () => {
    const two = inOrder(
      walk(0, 10, () => 0.3),
      walk(2, 8, () => 0.7),
    );
    assert.deepEqual(spans(two), [
      [0, 9.5],
      [2, 7.5],
    ]);
  });

  test('that cross each other stay two', () => {
    const crossing = inOrder(
      walk(0, 8, (time) => 0.1 + time * 0.1),
      walk(0, 8, (time) => 0.9 - time * 0.1),
    );
    assert.equal(track(crossing).length, 2);
  });

  test('boxes around one thing are one', () => {
    const twice = walk(0, 5, () => 0.5).flatMap((one) => [one, { ...one, box: at(0.51), score: 0.5 }]);
    assert.equal(track(twice).length, 1);
  });

  test('who come one after the other at the same place are as many', () => {
    const queue = inOrder(...[0, 20, 40].map((from) => walk(from, from + 8, () => 0.5)));
    assert.equal(track(queue).length, 3);
  });
});

test('whatever is seen: tracks share nothing, are in order, and bridge no more than they may', () => {
  const next = random(7);
  for (let round = 0; round < 60; round++) {
    const seen: Sighting[] = [];
    for (let time = 0; time < 30; time += 0.5)
      for (let n = Math.floor(next() * 4); n > 0; n--)
        seen.push({
          time,
          shot: Math.floor(time / 7),
          box: at(0.05 + 0.9 * next(), 0.2 + 0.6 * next()),
          score: next(),
        });
    const tracks = track(seen, { bridge: 3 });
    const used = tracks.flatMap(({ sightings }) => sightings);
    assert.equal(new Set(used).size, used.length);
    for (const { sightings } of tracks) {
      assert.ok(sightings.length >= 3 && sightings.some(({ score }) => score >= 0.33));
      for (const [i, one] of sightings.slice(1).entries()) {
        const gap = one.time - sightings[i].time;
        assert.ok(gap > 0 && gap <= 3 && one.shot === sightings[i].shot);
      }
    }
  }
});

test('people who are there together, apart from each other, are counted right', () => {
  const next = random(3);
  for (let round = 0; round < 60; round++) {
    const people = 1 + Math.floor(next() * 3);
    const visits = Array.from({ length: people }, (_, i) => {
      const from = 1 + Math.floor(next() * 14) / 2;
      const x = 0.08 + (0.84 * (i + 0.5)) / people;
      const sway = next() * 0.01;
      // The detector misses every sixth frame or so.
      return walk(from, 11 + next() * 20, (time) => (next() < 0.15 ? undefined : x + sway * Math.sin(time)));
    });
    const shown = visits.filter((visit) => visit.length >= 3);
    assert.equal(track(inOrder(...visits)).length, shown.length, `round ${round}`);
  }
});

suite('two who pass each other', () => {
  const dark = packShares(colours.map((one) => (one === 'black' ? 1 : 0)));
  const red = packShares(colours.map((one) => (one === 'red' ? 1 : 0)));
  const pass = (a = 0, b = 0) =>
    inOrder(
      walk(0, 8, (time) => 0.1 + time * 0.1).map((one) => ({ ...one, colours: a })),
      walk(0, 8, (time) => 0.9 - time * 0.1).map((one) => ({ ...one, colours: b })),
    );
  const ways = (sightings: readonly Sighting[]) =>
    track(sightings).map(({ sightings: own }) => Math.sign(own.at(-1)!.box[0] - own[0].box[0]));

  test('go on as they went, and do not turn back', () => {
    assert.deepEqual(ways(pass()).sort(), [-1, 1]);
    assert.deepEqual(ways(pass(dark, red)).sort(), [-1, 1]);
    for (const { sightings } of track(pass(dark, red)))
      assert.equal(new Set(sightings.map((one) => one.colours)).size, 1);
  });
});

test('who leaves at the edge and another who comes in there are told apart as a turn', () => {
  const x = (time: number) => (time < 5 ? 0.55 + time * 0.08 : 0.95 - (time - 5) * 0.08);
  const [there] = track(walk(0, 10, x));
  assert.equal(turnsAtEdge(there).length, 1);
  assert.deepEqual(turnsAtEdge(track(walk(0, 10, (time) => 0.3 + 0.1 * Math.sin(time)))[0]), []);
  assert.deepEqual(turnsAtEdge(track(walk(0, 10, () => 0.95))[0]), []);
});
