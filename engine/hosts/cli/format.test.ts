import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clock } from '../../protocol/clock.ts';
import { bytes, duration, harmlessJson, percent, plural, printable, range } from './format.ts';
import { shorten, table, textWidth } from './table.ts';
import { openTerminal, progressLine } from './terminal.ts';
import { suggestion } from './usage.ts';

test('times are written as h:mm:ss.t, rounded once', () => {
  assert.deepEqual([0, 59.94, 59.96, 3599.99, 36_000.04, -1].map(clock), [
    '0:00:00.0',
    '0:00:59.9',
    '0:01:00.0',
    '1:00:00.0',
    '10:00:00.0',
    '0:00:00.0',
  ]);
  assert.equal(range(1, 2.5), '0:00:01.0 – 0:00:02.5');
});

test('percentages never round to certainty', () => {
  assert.deepEqual([0, 0.001, 0.42, 0.999, 1].map(percent), ['0 %', '<1 %', '42 %', '>99 %', '100 %']);
});

test('sizes and durations take the unit that reads well', () => {
  assert.deepEqual([0, 999, 1000, 28_600_000, 999_600_000, 4e12].map(bytes), [
    '0 B',
    '999 B',
    '1.0 kB',
    '28.6 MB',
    '1.0 GB',
    '4.0 TB',
  ]);
  assert.deepEqual([4.4, 999, 2400].map(duration), ['4 ms', '999 ms', '2.4 s']);
  assert.deepEqual([plural(1, 'video'), plural(2, 'video')], ['1 video', '2 videos']);
});

test('control characters of a file name never reach the terminal', () => {
  assert.equal(printable('a\nb\u001b[31m\u0007.mp4'), 'a\\nb\\x1b[31m\\x07.mp4');
});

test('whatever is printed, a terminal obeys nothing but our own styles', () => {
  const evil =
    '\u001b[31mred\u001b]0;title\u0007\u009b2J\r\u0008\u202egpj.exe\u2066\u001b[1;0123456789abcdefm';
  let out = '';
  let err = '';
  const stream = (add: (text: string) => void) => ({
    write: (text: string) => (add(text), true),
    isTTY: true,
    columns: 80,
  });
  const terminal = openTerminal({
    stdout: stream((text) => (out += text)),
    stderr: stream((text) => (err += text)),
    env: { FORCE_COLOR: '1' },
  });
  terminal.line(`${terminal.style('bold', 'Found')}\t${evil}\nsecond line`);
  terminal.write(evil);
  terminal.note(evil);
  terminal.line(harmlessJson({ name: evil }));
  terminal.progress({ stage: evil, fraction: 0.5, subject: evil });
  assert.ok(out.startsWith('\u001b[1mFound\u001b[0m\t\\x1b[31mred'), JSON.stringify(out));
  assert.ok(out.includes('\nsecond line\n'));
  for (const text of [out.replace('\u001b[1mFound\u001b[0m', ''), err.replaceAll('\r\u001b[2K', '')])
    assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u);
  const json = out.split('\n').find((line) => line.includes('{"name"'))!;
  assert.deepEqual(JSON.parse(json.slice(json.indexOf('{'))), { name: evil }, 'JSON reads as the same value');
});

test('wide characters take two columns, combining ones none', () => {
  assert.deepEqual(['abc', '吉他', '🐕', 'e\u0301'].map(textWidth), [3, 4, 2, 1]);
});

test('text is cut at its end, a path in its middle', () => {
  assert.equal(shorten('abcdefgh', 5), 'abcd…');
  assert.equal(shorten('/films/holiday/beach.mp4', 14, 'middle'), '/film…each.mp4');
  assert.ok(textWidth(shorten('吉他吉他吉他', 5)) <= 5);
});

test('a table fits the terminal by shortening what may be shortened', () => {
  const columns = [
    { title: 'id' },
    { title: 'video', shrink: 'middle' as const },
    { title: 'length', right: true },
  ];
  const rows = [
    ['1', `/films/${'very-'.repeat(20)}long.mp4`, '0:01:00.0'],
    ['22', '/short.mp4', '10:00:00.0'],
  ];
  const lines = table(columns, rows, 60);
  assert.ok(
    lines.every((line) => textWidth(line) <= 60),
    lines.join('\n'),
  );
  assert.ok(lines[1].includes('…') && lines[1].endsWith('0:01:00.0'));
  assert.ok(table(columns, rows, Infinity)[1].includes(rows[0][1]));
});

test('the progress line says stage, share, speed, time left and subject, and fits', () => {
  const progress = {
    stage: 'indexing',
    fraction: 0.42,
    realtimeFactor: 12.34,
    secondsLeft: 83,
    subject: 'a.mp4',
  };
  assert.equal(progressLine(progress, 200), 'indexing  42 % ████████░░░░░░░░░░░░ 12.3x 0:01:23 left a.mp4');
  assert.equal(textWidth(progressLine({ ...progress, subject: 'x'.repeat(200) }, 79)), 79);
});

function capture(isTTY: boolean, env = {}) {
  let out = '';
  let err = '';
  const terminal = openTerminal({
    stdout: { isTTY, columns: 80, write: (text: string) => ((out += text), true) },
    stderr: { isTTY, columns: 80, write: (text: string) => ((err += text), true) },
    env,
  });
  return { terminal, out: () => out, err: () => err };
}

test('colours and progress are for terminals, and NO_COLOR is respected', () => {
  for (const [isTTY, env, coloured] of [
    [true, {}, true],
    [true, { NO_COLOR: '1' }, false],
    [true, { TERM: 'dumb' }, false],
    [false, {}, false],
    [false, { FORCE_COLOR: '1' }, true],
  ] as const)
    assert.equal(
      capture(isTTY, env).terminal.style('red', 'x') !== 'x',
      coloured,
      JSON.stringify({ isTTY, env }),
    );
  const piped = capture(false);
  piped.terminal.progress({ stage: 'indexing', fraction: 0.5 });
  assert.equal(piped.err(), '');
  assert.equal(piped.terminal.width, Infinity);
});

test('the progress bar goes before anything else is written', () => {
  const shown = capture(true);
  shown.terminal.progress({ stage: 'indexing', fraction: 0.5 });
  shown.terminal.line('done');
  assert.ok(shown.err().endsWith('\r\u001b[2K'));
  assert.equal(shown.out(), 'done\n');
});

test('a misspelled word is corrected where one is near, else not', () => {
  const known = ['index', 'find', 'library'];
  assert.deepEqual(
    ['fnid', 'libary', 'FIND', 'zzz', 'ask'].map((word) => suggestion(word, known)),
    ['find', 'library', 'find', undefined, undefined],
  );
});
