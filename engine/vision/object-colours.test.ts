import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colours, shareOf, type Colour } from '../protocol/colours.ts';
import { colourMeter, colourOf } from './object-colours.ts';

const size = 64;
const whole = { x: 0, y: 0, width: size, height: size };
type Rgb = readonly [number, number, number];

/** A frame of one colour with a square of another from a quarter to three quarters of it, and a white strip above. */
function frame(ground: Rgb, square: Rgb, strip: Rgb = [250, 250, 250]) {
  const pixels = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const inside = x >= 16 && x < 48 && y >= 16 && y < 48;
      pixels.set(y < 8 ? strip : inside ? square : ground, (y * size + x) * 3);
    }
  return { time: 0, pixels };
}

function main(packed: number): Colour {
  return [...colours].sort((a, b) => shareOf(packed, b) - shareOf(packed, a))[0];
}

const box = [0.25, 0.25, 0.75, 0.75] as const;

test('a plain colour has its name', () => {
  const named: Partial<Record<Colour, Rgb>> = {
    ...{ black: [12, 12, 14], white: [244, 244, 240], grey: [128, 128, 128], red: [200, 20, 30] },
    ...{ orange: [250, 150, 20], yellow: [250, 230, 40], green: [30, 140, 50], blue: [30, 70, 200] },
    ...{ purple: [120, 40, 160], pink: [250, 180, 200], brown: [110, 70, 40] },
  };
  assert.deepEqual(Object.keys(named).sort(), [...colours].sort());
  for (const [name, rgb] of Object.entries(named)) {
    assert.equal(colourOf(...rgb), name);
    const measured = colourMeter(frame([90, 90, 90], rgb), size, whole)(box);
    assert.equal(main(measured), name);
    assert.ok(shareOf(measured, name as Colour) >= 0.45, `${name} ${shareOf(measured, name as Colour)}`);
  }
});

test('what lies around a thing in its box counts little, and what lies outside it not at all', () => {
  const meter = colourMeter(frame([90, 90, 90], [200, 20, 30]), size, whole);
  assert.ok(shareOf(meter(box), 'red') > 0.9);
  assert.ok(shareOf(meter([0.2, 0.2, 0.8, 0.8]), 'red') > 0.7);
  assert.equal(shareOf(meter([0, 0.5, 0.24, 1]), 'red'), 0);
});

test('in a picture that is dark all over colours are named as in a light one', () => {
  const dark = ([r, g, b]: Rgb): Rgb => [r * 0.6, g * 0.6, b * 0.6];
  const meter = colourMeter(
    frame(dark([90, 90, 90]), dark([250, 150, 20]), dark([250, 250, 250])),
    size,
    whole,
  );
  assert.equal(main(meter(box)), 'orange');
});

test('a red thing that shines is red', () => {
  const pixels = frame([90, 90, 90], [190, 30, 60]).pixels;
  for (let y = 20; y < 34; y++) for (let x = 18; x < 46; x++) pixels.set([240, 128, 152], (y * size + x) * 3);
  const measured = colourMeter({ time: 0, pixels }, size, whole)(box);
  assert.ok(shareOf(measured, 'red') > 0.8);
  assert.equal(shareOf(measured, 'pink'), 0);
});

test('a box is a share of the picture inside the letterbox', () => {
  const letterbox = { x: 16, y: 16, width: 32, height: 32 };
  const meter = colourMeter(frame([20, 20, 240], [200, 20, 30]), size, letterbox);
  assert.ok(shareOf(meter([0, 0, 1, 1]), 'red') > 0.9);
});

test('a box of less than a pixel is of that pixel’s colour', () => {
  const meter = colourMeter(frame([90, 90, 90], [200, 20, 30]), size, whole);
  assert.equal(main(meter([0.5, 0.5, 0.501, 0.501])), 'red');
});
