import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LongviewError } from '../../protocol/errors.ts';
import { screenTextLineSchema, type ScreenTextLine } from '../../protocol/screen-text.ts';
import { boundLines, packLines, unpackLines } from './packing.ts';

const line = (text: string, start: number, more: Partial<ScreenTextLine> = {}): ScreenTextLine => ({
  ...{ text, start, end: start + 4.2, box: [0.1, 0.2, 0.30003, 1], confidence: 0.9, script: 'latin' },
  ...{ kind: 'on-screen', moving: false, ...more },
});

test('lines come back as they were, to a millisecond and a fraction of a pixel', () => {
  const lines = [
    line('Photosynthesis: how plants make sugar', 0),
    line('光合作用', 3599.9995, { script: 'han', kind: 'said', confidence: 0 }),
    line('🌱 x', 86_400 * 20, { script: 'other', moving: true, confidence: 1, box: [0, 0, 1, 1] }),
  ];
  const back = unpackLines(packLines(lines));
  for (const [i, now] of back.entries()) {
    const { start, end, box, confidence, ...rest } = lines[i];
    const { start: start2, end: end2, box: box2, confidence: confidence2, ...rest2 } = now;
    assert.deepEqual(rest2, rest);
    assert.ok(Math.abs(start - start2) <= 0.00051 && Math.abs(end - end2) <= 0.00051);
    box.forEach((side, j) => assert.ok(Math.abs(side - box2[j]) < 1e-5));
    assert.ok(Math.abs(confidence - confidence2) <= 0.002);
    screenTextLineSchema.parse(now);
  }
  assert.equal(back.length, 3);
  assert.deepEqual(unpackLines(packLines([])), []);
});

test('a text that is too long for its length is cut between letters', () => {
  const [{ text }] = unpackLines(packLines([line('光'.repeat(30_000), 0)]));
  assert.equal(text, '光'.repeat(21_845));
});

test('damaged bytes are told, not read', () => {
  const packed = packLines(Array.from({ length: 50 }, (_, i) => line(`line ${i}`, i)));
  const told = (bytes: Uint8Array) =>
    assert.throws(
      () => unpackLines(bytes),
      (error) =>
        error instanceof LongviewError && error.code === 'library-damaged' && error.remedy.length > 5,
    );
  told(new Uint8Array(0));
  told(packed.subarray(0, 20));
  told(Uint8Array.from(packed, (byte, i) => (i === 0 ? 9 : byte)));
  told(packLines([]).subarray(0, 1));
});

test('an hour of busy slides takes some ten kilobytes', () => {
  const words = 'light water carbon sugar plant cell energy leaf root soil'.split(' ');
  const lines = Array.from({ length: 700 }, (_, i) =>
    line(Array.from({ length: 7 }, (_, j) => words[(i * 7 + j * (1 + (i % 5))) % 10]).join(' '), i * 5),
  );
  assert.ok(packLines(lines).length < 60_000, String(packLines(lines).length));
});

test('what is too much is left out: the least sure lines first, in the order of time', () => {
  const lines = Array.from({ length: 400 }, (_, i) =>
    line(
      Array.from({ length: 20 }, (_, j) =>
        String.fromCodePoint(0x4e00 + ((i * 977 + j * 131) % 20_000)),
      ).join(''),
      i,
      {
        confidence: i % 2 ? 0.95 : 0.61,
      },
    ),
  );
  const most = packLines(lines).length / 2;
  const kept = boundLines(lines, most);
  assert.ok(packLines(kept).length <= most && kept.length > 150);
  assert.ok(kept.filter(({ confidence }) => confidence > 0.9).length >= 0.95 * kept.length);
  assert.deepEqual(
    kept,
    [...kept].sort((a, b) => a.start - b.start),
  );
  assert.deepEqual(boundLines(lines, 1e9), lines);
  assert.deepEqual(boundLines(lines, 1), []);
});
