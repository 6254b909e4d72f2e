import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PieceCutter, type CutPiece } from './pieces.ts';
import { random, tones } from './testing/made-sound.ts';
import { simpleDetector } from './testing/simple-ears.ts';
import { sampleRate } from './types.ts';

/** Cuts sound that comes in pieces of a length, from a time on with context before it. */
function cut(
  sound: Float32Array,
  { from = 0, chunk = 8000 }: { from?: number; chunk?: number } = {},
): CutPiece[] {
  const cutter = new PieceCutter(simpleDetector(), from);
  const pieces: CutPiece[] = [];
  const first = Math.round(Math.max(0, from - 20) * sampleRate);
  for (let at = first; at < sound.length; at += chunk)
    pieces.push(...cutter.accept(at / sampleRate, sound.slice(at, at + chunk)));
  return [...pieces, ...cutter.end()];
}

const spans = (pieces: readonly CutPiece[]) =>
  pieces.flatMap(({ utterance }) => (utterance ? [utterance.speech] : []));

test('speech is joined over short pauses to pieces of 10 to 25 seconds, cut in the longest pause', () => {
  // Sentences of 4 s, 0.5 s apart; a pause of 1 s after the third.
  const starts = [1, 5.5, 10, 15.5, 20, 24.5, 29];
  const sound = tones(
    starts.map((at) => ({ at, count: 10 })),
    36,
  );
  const pieces = cut(sound).filter(({ utterance }) => utterance);
  assert.equal(pieces.length, 2);
  const [first, second] = pieces.map(({ utterance }) => utterance!);
  assert.ok(first.samples.length / sampleRate >= 10 && first.samples.length / sampleRate <= 25.5);
  assert.ok(Math.abs(first.speech[0].start - 1) < 0.05);
  assert.ok(Math.abs(first.speech.at(-1)!.end - 13.9) < 0.1, `${first.speech.at(-1)!.end}`);
  assert.ok(Math.abs(second.speech[0].start - 15.5) < 0.05);
  assert.ok(pieces[0].until > 13.9 && pieces[0].until < 15.5);
});

test('a pause of more than two seconds ends a piece, a click is none', () => {
  const sound = tones(
    [
      { at: 1, count: 3 },
      { at: 6, count: 3 },
    ],
    20,
  );
  for (let n = 0; n < 500; n++) sound[12 * sampleRate + n] = 0.5;
  const heard = spans(cut(sound));
  assert.equal(heard.length, 2);
  assert.ok(heard.every((speech) => speech.at(-1)!.end < 8));
});

test('pieces are in order, cover all the sound, and none is longer than a recogniser takes', () => {
  const next = random(7);
  const groups: { at: number; count: number }[] = [];
  for (let at = 0.5; at < 580;) {
    const count = 1 + Math.floor(next() * 60);
    groups.push({ at, count });
    at += 0.4 * count + 0.1 + next() ** 4 * 12;
  }
  const sound = tones(groups, 600);
  const pieces = cut(sound);
  let end = 0;
  for (const { until, utterance } of pieces) {
    assert.ok(until > end);
    if (utterance) {
      assert.ok(utterance.time >= end - 1e-6, 'sound is heard once');
      assert.ok(utterance.time + utterance.samples.length / sampleRate <= until + 1e-6);
      assert.ok(utterance.samples.length <= 27 * sampleRate);
    }
    end = until;
  }
  assert.equal(end, 600);
  const heard = pieces.flatMap(({ utterance }) => (utterance ? [utterance] : []));
  const loud = (samples: Float32Array) =>
    samples.reduce((sum, sample) => sum + (Math.abs(sample) > 0.1 ? 1 : 0), 0);
  const lost = loud(sound) - heard.reduce((sum, { samples }) => sum + loud(samples), 0);
  assert.equal(lost, 0, `${lost} loud samples were not heard`);
});

test('going on from any piece gives the pieces that an undisturbed run gives', () => {
  const next = random(11);
  const groups: { at: number; count: number }[] = [];
  for (let at = 3; at < 230; at += 6 * next() ** 3) {
    const count = 1 + Math.floor(next() * 30);
    groups.push({ at, count });
    at += 0.4 * count;
  }
  const sound = tones(groups, 240);
  const whole = cut(sound);
  assert.ok(whole.length > 8);
  for (const [n, { until }] of whole.entries())
    assert.deepEqual(cut(sound, { from: until }), whole.slice(n + 1), `after ${until}`);
  assert.deepEqual(cut(sound, { chunk: 1111 }), whole, 'however the sound comes in');
});

test('a gap in time ends a piece, and so does the end', () => {
  const cutter = new PieceCutter(simpleDetector(), 0);
  const sentence = tones([{ at: 0.5, count: 5 }], 3);
  assert.deepEqual(cutter.accept(0, sentence), []);
  const [before] = cutter.accept(1000, sentence);
  assert.ok(Math.abs(before.until - 3) < 1e-6);
  assert.ok(before.utterance!.speech[0].start < 1);
  const [after] = cutter.end();
  assert.ok(Math.abs(after.utterance!.speech[0].start - 1000.5) < 0.05);
  assert.ok(Math.abs(after.until - 1003) < 1e-6);
});

test('an hour of digital silence costs no detection, and is told as heard', () => {
  let accepted = 0;
  const detector = simpleDetector();
  const counting = { ...detector, accept: (window: Float32Array) => (accepted++, detector.accept(window)) };
  const cutter = new PieceCutter(counting, 0);
  const pieces: CutPiece[] = [];
  for (let second = 0; second < 3600; second += 5)
    pieces.push(...cutter.accept(second, new Float32Array(5 * sampleRate)));
  pieces.push(...cutter.end());
  assert.ok(accepted < 10, `${accepted} windows`);
  assert.ok(pieces.every(({ utterance }) => !utterance));
  assert.equal(pieces.at(-1)!.until, 3600);
  assert.ok(pieces.length > 50 && pieces.length < 130);
});

test('speech without any pause is cut where it is quietest', () => {
  const sound = Float32Array.from({ length: 60 * sampleRate }, (_, n) => {
    const quiet = Math.abs(n / sampleRate - 17) < 0.1 ? 0.3 : 1;
    return 0.5 * quiet * Math.sin(n / 4);
  });
  const [first] = cut(sound);
  assert.ok(Math.abs(first.until - 17) < 0.15, `${first.until}`);
});
