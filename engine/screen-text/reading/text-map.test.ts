import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rectangle } from '../types.ts';
import { boundsOf, rectangleAround } from './rectangle.ts';
import { joinRows } from './rows.ts';
import { areasIn, type TextMap } from './text-map.ts';

const emptyMap = (width: number, height: number): TextMap => ({
  ...{ width, height },
  probabilities: new Float32Array(width * height),
});

/** Fills a rectangle at an angle with a probability. */
function paint(map: TextMap, { x, y, width, height, angle }: Rectangle, probability: number): void {
  for (let row = 0; row < map.height; row++)
    for (let column = 0; column < map.width; column++) {
      const [dx, dy] = [column + 0.5 - x, row + 0.5 - y];
      const along = dx * Math.cos(angle) + dy * Math.sin(angle);
      const across = dy * Math.cos(angle) - dx * Math.sin(angle);
      if (Math.abs(along) < width / 2 && Math.abs(across) < height / 2)
        map.probabilities[row * map.width + column] = probability;
    }
}

const close = (actual: number, wanted: number, slack: number) =>
  assert.ok(Math.abs(actual - wanted) <= slack, `${actual} is not ${wanted} give or take ${slack}`);

test('an area grows back by area x 1.5 / circumference and the margin', () => {
  const map = emptyMap(200, 60);
  paint(map, { x: 100, y: 30, width: 120, height: 10, angle: 0 }, 0.9);
  const [{ rectangle, score }, ...rest] = areasIn(map, 2);
  assert.equal(rest.length, 0);
  close(score, 0.9, 1e-6);
  const distance = (120 * 10 * 1.5) / (2 * 130) + 2;
  assert.deepEqual([rectangle.x, rectangle.y, rectangle.angle], [100, 30, 0]);
  close(rectangle.width, 120 + 2 * distance, 1e-6);
  close(rectangle.height, 10 + 2 * distance, 1e-6);
});

test('areas are told from top to bottom; faint ones and specks are none', () => {
  const map = emptyMap(200, 100);
  paint(map, { x: 50, y: 80, width: 60, height: 8, angle: 0 }, 0.8);
  paint(map, { x: 120, y: 20, width: 60, height: 8, angle: 0 }, 0.7);
  paint(map, { x: 60, y: 50, width: 60, height: 8, angle: 0 }, 0.5);
  paint(map, { x: 180, y: 50, width: 2, height: 2, angle: 0 }, 0.95);
  assert.deepEqual(
    areasIn(map, 0).map(({ rectangle }) => Math.round(rectangle.y)),
    [20, 80],
  );
});

test('a slanted line has a slanted rectangle, a column one that stands', () => {
  for (const degrees of [-75, -30, -8, 12, 45, 80]) {
    const map = emptyMap(240, 240);
    const angle = (degrees * Math.PI) / 180;
    paint(map, { x: 120, y: 120, width: 150, height: 14, angle }, 0.9);
    const [{ rectangle }] = areasIn(map, 0);
    close((rectangle.angle * 180) / Math.PI, degrees, 1.5);
    assert.ok(rectangle.width > 4 * rectangle.height);
  }
  const map = emptyMap(60, 240);
  paint(map, { x: 30, y: 120, width: 12, height: 160, angle: 0 }, 0.9);
  const [{ rectangle }] = areasIn(map, 0);
  close(Math.abs(rectangle.angle), Math.PI / 2, 1e-6);
  const [x1, y1, x2, y2] = boundsOf(rectangle);
  close((x1 + x2) / 2, 30, 0.01);
  assert.ok(y2 - y1 > 160 && x2 - x1 < 40);
});

test('a map of nothing has no areas, one that is full has one', () => {
  assert.deepEqual(areasIn(emptyMap(64, 32), 1), []);
  const full = emptyMap(64, 32);
  full.probabilities.fill(1);
  assert.equal(areasIn(full, 0).length, 1);
});

test('the smallest rectangle holds all points', () => {
  const points = Array.from(
    { length: 40 },
    (_, i) => [Math.cos(i) * 90 + i, Math.sin(i * 7) * 20 + i / 2] as const,
  );
  const { x, y, width, height, angle } = rectangleAround(points);
  for (const [px, py] of points) {
    const along = (px - x) * Math.cos(angle) + (py - y) * Math.sin(angle);
    const across = (py - y) * Math.cos(angle) - (px - x) * Math.sin(angle);
    assert.ok(Math.abs(along) <= width / 2 + 1e-6 && Math.abs(across) <= height / 2 + 1e-6);
  }
});

test('pieces of one line are joined; columns, other lines and other sizes are not', () => {
  const area = (x: number, y: number, width: number, height = 30, angle = 0) => ({
    ...{ rectangle: { x, y, width, height, angle }, score: 0.8 },
  });
  const joined = joinRows([area(330, 52, 200), area(100, 50, 200), area(100, 90, 200)]);
  assert.equal(joined.length, 2);
  assert.deepEqual(boundsOf(joined[0].rectangle), [0, 35, 430, 67]);
  assert.equal(joinRows([area(100, 50, 200), area(360, 50, 200)]).length, 2);
  assert.equal(joinRows([area(100, 50, 200), area(320, 50, 200, 60)]).length, 2);
  assert.equal(joinRows([area(100, 50, 200), area(320, 50, 200, 30, 0.4)]).length, 2);
});

test('cells of a table are told row by row', () => {
  const cell = (x: number, y: number) => ({
    rectangle: { x, y, width: 50, height: 30, angle: 0 },
    score: 0.8,
  });
  const cells = [cell(700, 101), cell(100, 104), cell(400, 100), cell(400, 159), cell(100, 162)];
  assert.deepEqual(
    joinRows(cells).map(({ rectangle }) => [rectangle.x, rectangle.y]),
    [
      [100, 104],
      [400, 100],
      [700, 101],
      [100, 162],
      [400, 159],
    ],
  );
});
