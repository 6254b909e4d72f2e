import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../tests/fixtures/library.ts';
import { probe } from '../probe.ts';
import { makeCodedVideo } from '../testing/coded-video.ts';
import { findMediaTools } from '../tools.ts';
import { parseCues } from './cues.ts';
import { readText, textSignature } from './read-text.ts';

test('SRT: tags and override codes go, the lines of a cue become one', async () => {
  const source =
    '\ufeff1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>A dog</i>\r\n{\\an8}barks &amp; runs\r\n\r\n2\r\n00:01:02,5 --> 00:01:04,25\r\nBye.\r\n';
  assert.deepEqual(await parseCues(source, 'srt'), [
    { start: 1.5, end: 3, text: 'A dog barks & runs' },
    { start: 62.5, end: 64.25, text: 'Bye.' },
  ]);
});

test('SRT without empty lines, and with times that end before they begin, is read as far as it makes sense', async () => {
  const source =
    '1\n00:00:01,000 --> 00:00:02,000\none\n2\n00:00:05,000 --> 00:00:04,000\nwrong\n3\n00:00:06,000 --> 00:00:07,000\nthree\n';
  assert.deepEqual(
    (await parseCues(source, 'srt')).map(({ text }) => text),
    ['one', 'three'],
  );
});

test('WebVTT: notes and styles are no text; a rolling caption says each line once', async () => {
  const source = `WEBVTT

NOTE not said

STYLE
::cue { color: red }

00:01.000 --> 00:02.000 align:start
good morning

00:02.000 --> 00:03.000
good morning
<c.x>everybody</c>

00:03.000 --> 00:04.000
everybody
`;
  assert.deepEqual(await parseCues(source, 'vtt'), [
    { start: 1, end: 2, text: 'good morning' },
    { start: 2, end: 4, text: 'everybody' },
  ]);
});

test('ASS: fields as the Format line names them, commas in the text kept, drawings left out', async () => {
  const source = `[Script Info]
[Events]
Format: Layer, Start, End, Style, Text
Dialogue: 0,0:00:05.00,0:00:06.50,Default,{\\b1}Well, yes\\Nand no
Dialogue: 0,0:00:07.00,0:00:08.00,Default,{\\p1}m 0 0 l 1 1
Comment: 0,0:00:09.00,0:00:10.00,Default,hidden
`;
  assert.deepEqual(await parseCues(source, 'ass'), [{ start: 5, end: 6.5, text: 'Well, yes and no' }]);
});

test('text inside a file, beside it and of its chapters is read on its own timeline', async (t) => {
  const folder = temporaryFolder(t);
  const [bare, full] = [join(folder, 'bare.mkv'), join(folder, 'full.mkv')];
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  makeCodedVideo(bare, { frames: 200, output: [...h264, '-f', 'matroska'] });
  writeFileSync(join(folder, 'inside.srt'), '1\n00:00:01,000 --> 00:00:02,500\nA dog barks\n');
  writeFileSync(
    join(folder, 'chapters.txt'),
    ';FFMETADATA1\ntitle=Our holidays\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=4000\ntitle=At the sea\n',
  );
  writeFileSync(join(folder, 'full.de.vtt'), 'WEBVTT\n\n00:03.000 --> 00:04.000\nEin Hund\n');
  const { ffmpeg, ffprobe, version, source } = await findMediaTools();
  const inputs = ['bare.mkv', 'inside.srt', 'chapters.txt'].flatMap((name) => ['-i', join(folder, name)]);
  const maps = ['-map', '0', '-map', '1', '-map_metadata', '2', '-map_chapters', '2'];
  execFileSync(ffmpeg, [
    '-v',
    'error',
    ...inputs,
    ...maps,
    '-c',
    'copy',
    '-metadata:s:s:0',
    'language=eng',
    full,
  ]);
  const tools = { ffmpeg, ffprobe, version, source };
  const { lines: texts } = await readText(full, await probe(full, { tools }), { tools });
  assert.deepEqual(
    texts.map(({ kind, start, end, text, language }) => [
      kind,
      start,
      Math.round(end * 10) / 10,
      text,
      language,
    ]),
    [
      ['title', 0, 8, 'Our holidays', undefined],
      ['chapter', 0, 4, 'At the sea', undefined],
      ['said', 3, 4, 'Ein Hund', 'de'],
      ['said', 1, 2.5, 'A dog barks', 'eng'],
    ],
  );
});

test('the signature of a video’s text changes with its sidecars and nothing else', async (t) => {
  const folder = temporaryFolder(t);
  const [video, sidecar] = [join(folder, 'film.mp4'), join(folder, 'film.srt')];
  const without = await textSignature(video);
  writeFileSync(sidecar, 'one');
  const first = await textSignature(video);
  writeFileSync(join(folder, 'other.srt'), 'one');
  assert.equal(await textSignature(video), first);
  writeFileSync(sidecar, 'two');
  utimesSync(sidecar, 1, 1);
  const second = await textSignature(video);
  assert.equal(new Set([without, first, second]).size, 3);
});

test('streams keep their own form on the way out: drawings, speakers and angle brackets', async (t) => {
  const folder = temporaryFolder(t);
  const in_ = (name: string) => join(folder, name);
  writeFileSync(
    in_('a.ass'),
    `[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\an7\\p1}m 0 0 l 100 0 100 50 0 50{\\p0}
Dialogue: 0,0:00:03.00,0:00:04.00,Default,Anna,0,0,0,,The {\\i1}ocelot{\\i0} sleeps
`,
  );
  writeFileSync(
    in_('b.srt'),
    '1\n00:00:01,000 --> 00:00:02,000\nDeclare a vector<float>\n\n2\n00:00:03,000 --> 00:00:04,000\nThe ocelot sleeps\n',
  );
  writeFileSync(
    in_('c.vtt'),
    'WEBVTT\n\n00:05.000 --> 00:06.000\n<v Bob>Hello\n\n00:30.000 --> 00:40.000\nbehind the end\n',
  );
  makeCodedVideo(in_('bare.mkv'), { frames: 250, output: ['-c:v', 'libx264', '-preset', 'ultrafast'] });
  const { ffmpeg } = await findMediaTools();
  const inputs = ['bare.mkv', 'a.ass', 'b.srt', 'c.vtt'].flatMap((name) => ['-i', in_(name)]);
  const maps = ['0', '1', '2', '3'].flatMap((input) => ['-map', input]);
  execFileSync(ffmpeg, ['-v', 'error', ...inputs, ...maps, '-c', 'copy', in_('film.mkv')]);
  const mp4 = [
    '-i',
    in_('bare.mkv'),
    '-i',
    in_('b.srt'),
    '-c:v',
    'copy',
    '-c:s',
    'mov_text',
    in_('film.mp4'),
  ];
  execFileSync(ffmpeg, ['-v', 'error', ...mp4]);
  const read = async (name: string) =>
    (await readText(in_(name), await probe(in_(name)))).lines.map(({ start, end, text, speaker }) => [
      Math.round(start),
      Math.round(end),
      text,
      speaker,
    ]);
  assert.deepEqual(await read('film.mkv'), [
    [3, 4, 'The ocelot sleeps', 'Anna'],
    [1, 2, 'Declare a vector<float>', undefined],
    [5, 6, 'Hello', 'Bob'],
  ]);
  // ffmpeg's own reading of SRT takes what looks like a tag away, on the way in here.
  assert.deepEqual(await read('film.mp4'), [
    [1, 2, 'Declare a vector', undefined],
    [3, 4, 'The ocelot sleeps', undefined],
  ]);
});

test('what can’t be read is named, telemetry is no speech, a copy’s subtitles belong to the video', async (t) => {
  const folder = temporaryFolder(t);
  const in_ = (name: string) => join(folder, name);
  mkdirSync(in_('copy'));
  makeCodedVideo(in_('film.mp4'), { frames: 250, output: ['-c:v', 'libx264', '-preset', 'ultrafast'] });
  writeFileSync(in_('film.sup'), 'x');
  writeFileSync(in_('film.idx'), 'x');
  writeFileSync(in_('film.sub'), Uint8Array.of(0, 0, 1, 0xba, 0x44));
  writeFileSync(in_('film.en.srt'), 'no cue at all');
  writeFileSync(
    in_('film.srt'),
    Array.from(
      { length: 8 },
      (_, at) =>
        `${at}\n00:00:0${at},000 --> 00:00:0${at},900\n[iso: 100] [shutter: 1/640.0] [fnum: 2.8] [latitude: 47.3] [longitude: 8.5]\n\n`,
    ).join(''),
  );
  writeFileSync(in_('copy/film.de.srt'), '1\n00:00:01,000 --> 00:00:02,000\nHallo\n');
  const info = await probe(in_('film.mp4'));
  const { lines, telemetry, notices } = await readText(in_('film.mp4'), info, {
    copies: [in_('copy/film.mp4')],
  });
  assert.deepEqual(
    lines.map(({ text, language }) => [text, language]),
    [['Hallo', 'de']],
  );
  assert.deepEqual([telemetry.length, telemetry[0].latitude], [8, 47.3]);
  assert.deepEqual(
    notices.map(({ code, message }) => [code, message]),
    [
      ['file-unreadable', 'The subtitles "film.en.srt" have no line that could be read.'],
      ['file-unreadable', 'The subtitles "film.sub" are pictures, not text.'],
      ['file-unreadable', 'The subtitles "film.sup" are of a kind that Longview can’t read.'],
    ],
  );
  const both = [in_('film.mp4'), in_('copy/film.mp4')];
  assert.equal(await textSignature(both[0], both), await textSignature(both[1], both));
});
