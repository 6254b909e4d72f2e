import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignWords } from './align.ts';
import { linesOf } from './lines.ts';
import { pausesIn } from './pauses.ts';
import { random } from './testing/made-sound.ts';
import { timeByTokens } from './token-words.ts';
import { sampleRate } from './types.ts';
import { wordsIn } from './words.ts';

const text =
  'It was the best of times, it was the worst of times. We had everything before us: nothing was missing, ' +
  'and the one who spoke said that some of the loudest voices insisted on its being received.';

test('words are found in scripts with and without spaces', () => {
  const said = (sentence: string) => wordsIn(sentence).map((word) => word.text);
  assert.deepEqual(said('“It’s 3.5 %,” he said — really!'), ['“It’s', '3.5 %,”', 'he', 'said —', 'really!']);
  assert.deepEqual(said('今天我们谈 GDP，好吗？'), ['今', '天', '我', '们', '谈', 'GDP，', '好', '吗？']);
  assert.deepEqual(said('...'), []);
  const stops = (sentence: string) => wordsIn(sentence).map((word) => word.stop);
  assert.deepEqual(stops('Dr. Who, e.g. me. Yes? “No.”'), [
    ...['none', 'comma', 'none', 'sentence', 'sentence', 'sentence'],
  ] as const);
  assert.deepEqual(stops('好。'), ['sentence']);
});

/** Says the words at a pace that changes, with pauses after punctuation: where each begins is known. */
function spoken(seed: number) {
  const next = random(seed);
  const words = wordsIn(text);
  const starts: number[] = [];
  const pauses: { start: number; end: number }[] = [];
  let time = 1;
  for (const [n, { weight, stop }] of words.entries()) {
    starts.push(time);
    time += 0.06 * weight * (0.8 + 0.4 * next());
    if (n === words.length - 1) break;
    const pause = { none: 0, comma: 0.15 + 0.3 * next(), sentence: 0.3 + 0.4 * next() }[stop];
    // Closures of consonants look like pauses.
    if (pause === 0 && next() < 0.15) pauses.push({ start: time - 0.1, end: time - 0.03 });
    if (pause > 0 && next() < 0.9) {
      pauses.push({ start: time, end: time + pause });
      time += pause;
    }
  }
  return { words, starts, pauses, span: { start: 1, end: time } };
}

test('phrases begin within 0.3 s of the truth, however fast', () => {
  let [worst, off, phrases] = [0, 0, 0];
  for (let seed = 1; seed <= 30; seed++) {
    const { words, starts, pauses, span } = spoken(seed);
    const timed = alignWords(words, span, pauses);
    assert.equal(timed.length, words.length);
    for (const [n, word] of timed.entries()) {
      assert.ok(word.end >= word.start);
      if (n > 0) assert.ok(word.start >= timed[n - 1].end - 1e-9, 'words follow each other');
      if (n > 0 && words[n - 1].stop === 'none') continue;
      phrases++;
      const error = Math.abs(word.start - starts[n]);
      worst = Math.max(worst, error);
      if (error > 0.3) off++;
    }
  }
  assert.ok(phrases >= 150);
  assert.ok(off <= phrases / 100, `${off} of ${phrases} are further off`);
  assert.ok(worst <= 0.5, `a phrase is ${worst.toFixed(2)} s off`);
});

test('alignment holds without pauses, with one word, and with more pauses than words', () => {
  const words = wordsIn('one two');
  const even = alignWords(words, { start: 2, end: 4 }, []);
  assert.deepEqual(
    even.map(({ start, end }) => [start, end]),
    [
      [2, 3],
      [3, 4],
    ],
  );
  const many = Array.from({ length: 40 }, (_, n) => ({ start: 0.2 + n / 4, end: 0.3 + n / 4 }));
  const [only] = alignWords(wordsIn('Well.'), { start: 0, end: 11 }, many);
  assert.ok(only.start === 0 && only.end > 10.9);
  assert.deepEqual(alignWords([], { start: 0, end: 1 }, []), []);
});

test('times from tokens are kept, in whatever way they mark spaces', () => {
  const words = wordsIn('Hello, brave world.');
  const at = (texts: string[]) => texts.map((token, n) => ({ text: token, start: n / 2 }));
  const speech = [{ start: 10, end: 13 }];
  const starts = (tokens: string[]) => timeByTokens(words, at(tokens), 10, speech)?.map(({ start }) => start);
  assert.deepEqual(starts(['▁Hel', 'lo', ',', '▁brave', '▁wor', 'ld', '.']), [10, 11.5, 12]);
  assert.deepEqual(starts([' hello', ' bra', 've', ' world']), [10, 10.5, 11.5]);
  assert.equal(starts(['▁something', '▁else']), undefined);
  const chinese = timeByTokens(wordsIn('今天'), at(['今', '天']), 0, [{ start: 0, end: 0.7 }])!;
  assert.deepEqual(
    chinese.map(({ start, end }) => [start, end]),
    [
      [0, 0.5],
      [0.5, 0.7],
    ],
  );
});

test('lines are sentences; long ones are divided at commas, a long pause ends one', () => {
  const long =
    'When all that we had hoped for had come to nothing in the end, everybody who was still there went home, and nobody ever spoke of it again.';
  const words = wordsIn(`Yes. ${long}`);
  const timed = alignWords(words, { start: 0, end: 14 }, []);
  const lines = linesOf(`Yes. ${long}`, timed, { language: 'en' });
  assert.equal(lines[0].text, 'Yes.');
  assert.ok(lines.slice(1).every((line) => line.text.length <= 100 && line.language === 'en'));
  assert.equal(
    lines
      .slice(1)
      .map((line) => line.text)
      .join(' '),
    long,
  );
  assert.match(lines[1].text, /,$/);
  assert.equal(lines.flatMap((line) => line.words!).length, words.length);
  const apart = wordsIn('one two three four').map((word, n) => ({
    ...word,
    start: n < 2 ? n : n + 5,
    end: n < 2 ? n + 1 : n + 6,
  }));
  assert.deepEqual(
    linesOf('one two three four', apart, {}).map((line) => line.text),
    ['one two', 'three four'],
  );
  assert.deepEqual(
    linesOf('今天好。明天呢？', alignWords(wordsIn('今天好。明天呢？'), { start: 0, end: 3 }, []), {}).map(
      (line) => line.text,
    ),
    ['今天好。', '明天呢？'],
  );
});

test('pauses are where speech stops and where it falls far below its level', () => {
  const samples = Float32Array.from({ length: 4 * sampleRate }, (_, n) => {
    const t = n / sampleRate;
    const quiet = (t > 1 && t < 1.2) || (t > 3 && t < 3.03);
    return (quiet ? 0.001 : 0.5) * Math.sin(n / 5);
  });
  const speech = [
    { start: 10, end: 12 },
    { start: 12.5, end: 14 },
  ];
  const found = pausesIn(samples, 10, speech);
  assert.deepEqual(
    found.map(({ start, end }) => [start.toFixed(1), end.toFixed(1)]),
    [
      ['11.0', '11.2'],
      ['12.0', '12.5'],
    ],
  );
});
