import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cropLine, lineHeight } from './crop.ts';
import { spell } from './ctc.ts';
import { detectorSize } from './detector.ts';
import { hasWideLetters, tidied } from './letters.ts';
import { Pyramid, toPlanes } from './picture.ts';

const letters = ['a', 'b', '光', ' '];

/** Columns as probabilities: each names a class and how sure it is. */
function columns(...surest: readonly (readonly [number, number])[]): Float32Array {
  return Float32Array.from(
    surest.flatMap(([k, p]) =>
      Array.from({ length: letters.length + 1 }, (_, i) => (i === k ? p : (1 - p) / letters.length)),
    ),
  );
}

test('repetitions are joined, blanks dropped, a letter doubled by a blank between', () => {
  assert.equal(spell(columns([1, 0.9], [1, 0.9], [0, 0.9], [1, 0.9], [2, 0.9]), letters).text, 'aab');
  assert.equal(spell(columns([3, 0.8], [4, 0.8], [3, 0.8]), letters).text, '光 光');
  assert.deepEqual(spell(columns([0, 0.9], [0, 0.8]), letters), { text: '', confidence: 0, columns: [] });
  assert.equal(spell(new Float32Array(0), letters).text, '');
});

test('confidence is the mean of the letters, each where it is surest', () => {
  const { confidence, columns: where } = spell(columns([1, 0.6], [1, 0.9], [0, 0.99], [2, 0.7]), letters);
  assert.ok(Math.abs(confidence - 0.8) < 1e-6);
  assert.deepEqual(where, [1, 3]);
});

test('letters are half as wide as the recogniser writes them, Chinese signs stay', () => {
  assert.equal(tidied('ＡＢＣ：１２３'), 'ABC:123');
  assert.equal(tidied('过拟合：训练误差小，测试误差大'), '过拟合：训练误差小，测试误差大');
  assert.equal(tidied('第３章（上）'), '第3章（上）');
  assert.equal(tidied('  a　 b  '), 'a b');
  assert.equal(tidied('￥30'), '¥30');
  assert.equal(tidied('Lecture 19,page 3:the plan'), 'Lecture 19, page 3: the plan');
  for (const text of ['10:30', '1,200;3', 'std::vector', 'https://example.org', 'f(a,b)', 'a, b'])
    assert.equal(tidied(text), text);
  assert.ok(hasWideLetters('カメラ') && hasWideLetters('한국') && !hasWideLetters('Gauß 3'));
});

test('the detector looks at sides of multiples of 32, never larger than the picture needs', () => {
  assert.deepEqual(detectorSize({ width: 1280, height: 720 }, 736), { width: 736, height: 416 });
  assert.deepEqual(detectorSize({ width: 720, height: 1280 }, 736), { width: 416, height: 736 });
  assert.deepEqual(detectorSize({ width: 320, height: 240 }, 736), { width: 320, height: 256 });
  assert.deepEqual(detectorSize({ width: 4000, height: 10 }, 736), { width: 736, height: 32 });
});

const picture = (width: number, height: number, at: (x: number, y: number) => number[]) => ({
  ...{ width, height },
  pixels: Uint8Array.from({ length: width * height }, (_, i) => i).reduce<Uint8Array>(
    (pixels, _, i) => {
      pixels.set(at(i % width, Math.floor(i / width)), i * 3);
      return pixels;
    },
    new Uint8Array(width * height * 3),
  ),
});

test('a crop is level, 48 high, blue first, and grey where it is filled up', () => {
  const red = new Pyramid(picture(200, 100, () => [255, 0, 0]));
  const crop = cropLine(red, { x: 100, y: 50, width: 80, height: 40, angle: 0 }, 160);
  assert.deepEqual([crop.width, crop.filled, crop.planes.length], [160, 96, 3 * lineHeight * 160]);
  const at = (plane: number, x: number) => crop.planes[plane * lineHeight * 160 + 20 * 160 + x];
  assert.deepEqual([at(0, 50), at(1, 50), at(2, 50)], [-1, -1, 1]);
  assert.deepEqual([at(0, 100), at(2, 100)], [0, 0]);
});

test('a line that falls by 30 degrees is turned level, and upside down where asked', () => {
  const angle = Math.PI / 6;
  // Brightness grows along the line and not across it.
  const ramp = new Pyramid(
    picture(300, 300, (x, y) => {
      const along = (x - 150) * Math.cos(angle) + (y - 150) * Math.sin(angle);
      return [128 + along, 128 + along, 128 + along].map((value) =>
        Math.round(Math.min(255, Math.max(0, value))),
      );
    }),
  );
  const rectangle = { x: 150, y: 150, width: 160, height: 24, angle };
  const { planes, filled, width } = cropLine(ramp, rectangle, 64);
  const at = (x: number, y: number) => planes[y * width + x];
  assert.ok(at(filled - 5, 10) > 0.4 && at(5, 10) < -0.4);
  for (const x of [20, filled / 2, filled - 20]) assert.ok(Math.abs(at(x, 4) - at(x, 44)) < 0.03);
  const turned = cropLine(ramp, rectangle, 64, true);
  assert.ok(turned.planes[10 * width + 5] > 0.4);
});

test('planes are normalised, blue first, whatever the size; a small picture is not made of others’ pixels', () => {
  const how = { scale: [1, 1, 1], shift: [0, 0, 0] } as const;
  const flat = new Pyramid(picture(64, 48, () => [10, 20, 30]));
  for (const [width, height] of [
    [64, 48],
    [32, 32],
    [96, 64],
  ]) {
    const planes = toPlanes(flat, width, height, how);
    const area = width * height;
    assert.deepEqual([planes[0], planes[area], planes[2 * area], planes[3 * area - 1]], [30, 20, 10, 10]);
  }
  assert.throws(
    () => new Pyramid({ width: 10, height: 10, pixels: new Uint8Array(5) }),
    /10 x 10 x 3 bytes, got 5/u,
  );
  assert.throws(
    () => new Pyramid({ width: 0, height: 10, pixels: new Uint8Array(0) }),
    /width and a height/u,
  );
});
