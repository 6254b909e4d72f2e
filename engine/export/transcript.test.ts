import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { parseCues } from '../media/text/cues.ts';
import { transcriptExportSchema } from '../protocol/export.ts';
import type { TranscriptLine } from '../protocol/transcript.ts';
import { exportTranscript, materialOfLines, type LineMaterial } from './index.ts';
import { parseCsv } from './testing/parsers.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-transcript-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const material = (lines: readonly TranscriptLine[]): LineMaterial => ({
  title: 'park --> one.mp4',
  videoId: 'v1',
  path: path.join(folder, 'park.mp4'),
  lines,
});
const lines: TranscriptLine[] = [
  { start: 65.4, end: 67, text: 'Is 2 < 3 & 4 > 3?', speaker: 'Anna <A>', language: 'en' },
  { start: 1.25, end: 2, text: 'Look --> there,\n  a {dog}', speaker: 'Anna <A>' },
  { start: 2.5, end: 4, text: 'It barks.', speaker: 'Anna <A>' },
  { start: 5, end: 5, text: '=SUM(1)' },
  { start: 370_000, end: 370_001, text: '很远' },
  { start: 7, end: 8, text: ' \u0007 ' },
];
const text = async (format: string, of = lines) => {
  const result = await exportTranscript(material(of), { format });
  transcriptExportSchema.parse(result);
  assert.equal(result.out, null);
  return result.text!;
};

test('SRT and WebVTT say the same when they are read back, speakers too', async () => {
  for (const format of ['srt', 'vtt'] as const) {
    const cues = await parseCues(await text(format), format);
    const told = cues.map(({ start, end, text: words, speaker }) => [
      start,
      end,
      speaker === undefined ? words : `${speaker}: ${words}`,
    ]);
    assert.deepEqual(told, [
      [1.25, 2, `Anna <A>: Look ${format === 'srt' ? '->' : '-->'} there, a {dog}`],
      [2.5, 4, 'Anna <A>: It barks.'],
      [5, 5.1, '=SUM(1)'],
      [65.4, 67, 'Anna <A>: Is 2 < 3 & 4 > 3?'],
      [370_000, 370_001, '很远'],
    ]);
  }
});

test('cues do not overlap, and lines that begin together stand in one', async () => {
  const of: TranscriptLine[] = [
    { start: 1.2, end: 4.7, text: 'It was the best of times.' },
    { start: 4.5, end: 6, text: 'Yes.', speaker: 'Anna' },
    { start: 4.55, end: 7, text: 'No.', speaker: 'Ben' },
    { start: 36_002.1, end: 36_004, text: '明天呢？' },
  ];
  assert.deepEqual(
    (await parseCues(await text('srt', of), 'srt')).map(({ start, end, text: words }) => [start, end, words]),
    [
      [1.2, 4.5, 'It was the best of times.'],
      [4.5, 7, 'Anna: Yes. Ben: No.'],
      [36_002.1, 36_004, '明天呢？'],
    ],
  );
  assert.match(await text('vtt', of), /\n<v Anna>Yes\.<\/v>\n<v Ben>No\.<\/v>\n/);
});

test('a long line is divided into rows, and a longer one into cues at the times of its words', async () => {
  const words =
    'It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness.';
  const timed = words.split(' ').map((word, n) => ({ start: n < 12 ? n / 10 : n, end: n + 0.1, text: word }));
  const of: TranscriptLine[] = [{ start: 0, end: 30, text: words, words: timed }];
  const srt = await text('srt', of);
  const cues = await parseCues(srt, 'srt');
  assert.deepEqual([cues.map(({ text: part }) => part).join(' '), cues.length], [words, 2]);
  assert.equal(cues[0].end, cues[1].start);
  assert.ok(
    timed.some(({ start, text: word }) => start === cues[1].start && cues[1].text.startsWith(word)),
    srt,
  );
  for (const row of srt.split('\n')) assert.ok(row.length <= 42, row);
  const chinese = '温度升高会加快化学反应的速度，货币政策影响企业的投资决定，每个细胞都含有完整的遗传信息。';
  const rows = (await text('srt', [{ start: 0, end: 9, text: chinese }])).split('\n');
  assert.equal(rows.filter((row) => /\p{sc=Han}/u.test(row)).join(''), chinese);
  for (const row of rows) assert.ok(row.length <= 42 || row.includes('-->'), row);
});

test('plain text has a paragraph for each speaker and after each pause', async () => {
  const said = (start: number, words: string, speaker?: string) => ({
    start,
    end: start + 1,
    text: words,
    ...(speaker ? { speaker } : {}),
  });
  const of = [
    said(0, 'One.'),
    said(1, 'Two.'),
    said(5, 'Three.'),
    said(6, '四，', 'Li'),
    said(7, '五。', 'Li'),
  ];
  assert.equal(
    await text('txt', of),
    '[00:00:00] One. Two.\n\n[00:00:05] Three.\n\n[00:00:06] Li: 四，五。\n',
  );
});

test('a table and JSON have every line with its times, and no formula', async () => {
  const rows = parseCsv(await text('csv'));
  assert.deepEqual(
    [rows.length, rows[0].start, rows[0].start_time, rows[0].speaker, rows[2].text],
    [5, '1.250', '00:00:01.250', 'Anna <A>', '=SUM(1)'],
  );
  assert.match(await text('csv'), /,'=SUM\(1\),/);
  const json = JSON.parse(await text('json')) as { lines: TranscriptLine[] };
  assert.deepEqual(json.lines.at(-1), { start: 370_000, end: 370_001, text: '很远' });
});

test('lines become moments, each with its words', () => {
  const { moments } = materialOfLines(material(lines));
  assert.deepEqual(
    moments.map(({ start, title, note }) => [start, title, note]),
    [
      [65.4, 'Is 2 < 3 & 4 > 3?', 'Anna <A>'],
      [1.25, 'Look --> there, a {dog}', 'Anna <A>'],
      [2.5, 'It barks.', 'Anna <A>'],
      [5, '=SUM(1)', ''],
      [370_000, '很远', ''],
    ],
  );
});

test('a file is written whole, never over footage, and over others only when that is asked for', async () => {
  const out = path.join(folder, 'park.srt');
  const written = await exportTranscript(material(lines), { format: 'SRT', out });
  assert.deepEqual([written.out, written.lines, written.text], [out, 5, undefined]);
  assert.equal(readFileSync(out, 'utf8'), await text('srt'));
  await assert.rejects(exportTranscript(material(lines), { format: 'srt', out }), { code: 'file-exists' });
  await exportTranscript(material(lines), { format: 'txt', out, overwrite: true });
  const footage = material(lines).path;
  writeFileSync(footage, 'x');
  await assert.rejects(exportTranscript(material(lines), { format: 'srt', out: footage, overwrite: true }), {
    code: 'bad-argument',
  });
  await assert.rejects(exportTranscript(material(lines), { format: 'docx' }), {
    message: /one of srt, vtt, txt, csv, json, got "docx"/,
  });
  await assert.rejects(exportTranscript(material([]), { format: 'srt' }), { code: 'nothing-to-export' });
  await assert.rejects(exportTranscript(material([{ start: 2, end: 1, text: 'x' }]), { format: 'srt' }), {
    code: 'bad-argument',
  });
});
