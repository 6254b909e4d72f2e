import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCues } from '../../media/text/cues.ts';
import { LongviewError } from '../../protocol/errors.ts';
import { transcriptSchema, type Transcript } from '../../protocol/transcript.ts';
import { parseTranscriptFormat, transcriptFormats, writeTranscript } from './transcript.ts';

const transcript: Transcript = {
  ...{
    videoId: 'v1',
    path: '/films/a "b".mp4',
    durationSec: 40_000,
    source: 'speech',
    model: 'whisper-base',
  },
  heardSec: 40_000,
  lines: [
    { start: 1.2, end: 4.7, text: 'It was the best of times, it was the worst of times.', language: 'en' },
    { start: 4.5, end: 6, text: '=SUM(A1) --> <b>5 < 6 & more', speaker: 'Speaker 1', confidence: 0.5 },
    { start: 9, end: 9, text: 'Short.', corrected: true },
    { start: 36_000.0004, end: 36_002, text: '今天好。' },
    { start: 36_002.1, end: 36_004, text: '明天呢？' },
  ],
};

test('SubRip and WebVTT are read again as what was written, without overlaps', async () => {
  for (const format of ['srt', 'vtt'] as const) {
    const text = writeTranscript(transcript, format);
    const cues = await parseCues(text, format);
    assert.deepEqual(
      cues.map(({ start, end }) => [start, end]),
      [
        [1.2, 4.5],
        [4.5, 6],
        [9, 9.1],
        [36_000, 36_002],
        [36_002.1, 36_004],
      ],
    );
    assert.equal(cues[0].text, transcript.lines[0].text);
    assert.equal(cues[4].text, '明天呢？');
  }
  const srt = writeTranscript(transcript, 'srt');
  assert.match(
    srt,
    /^1\n00:00:01,200 --> 00:00:04,500\nIt was the best of times,\nit was the worst of times\.\n\n2\n/,
  );
  assert.match(srt, /\nSpeaker 1: =SUM/);
  assert.match(srt, /\n10:00:00,000 --> /);
  const vtt = writeTranscript(transcript, 'vtt');
  assert.match(vtt, /^WEBVTT\n\n00:00:01\.200 --> 00:00:04\.500\n/);
  assert.match(vtt, /<v Speaker 1>=SUM\(A1\) --&gt; &lt;b&gt;5 &lt; 6 &amp; more/);
});

test('plain text has paragraphs, and no space between Chinese sentences', () => {
  assert.equal(
    writeTranscript({ ...transcript, lines: transcript.lines.filter((_, n) => n !== 1) }, 'txt'),
    'It was the best of times, it was the worst of times.\n\nShort.\n\n今天好。明天呢？\n',
  );
  assert.match(writeTranscript(transcript, 'txt'), /\n\nSpeaker 1: =SUM/);
});

test('a table has one row per line, and no formulas', () => {
  const rows = writeTranscript(transcript, 'csv').split('\r\n');
  assert.equal(rows.length, 7);
  assert.match(rows[1], /^1,1\.200,4\.700,00:00:01\.200,00:00:04\.700,,en,"It was the best of times, it/);
  assert.match(rows[2], /,'=SUM/);
  assert.match(rows[3], /,1,speech,"\/films\/a ""b""\.mp4"$/);
});

test('JSON is the transcript itself', () => {
  const parsed: unknown = JSON.parse(writeTranscript(transcript, 'json'));
  assert.deepEqual(transcriptSchema.parse(parsed), transcript);
});

test('an empty transcript can be written, an unknown format is named', () => {
  for (const format of transcriptFormats)
    assert.equal(typeof writeTranscript({ ...transcript, lines: [] }, format), 'string');
  assert.equal(parseTranscriptFormat('WebVTT'), 'vtt');
  assert.throws(
    () => parseTranscriptFormat('docx'),
    (error) => error instanceof LongviewError && /srt, vtt, txt, json, csv/.test(error.message),
  );
});
