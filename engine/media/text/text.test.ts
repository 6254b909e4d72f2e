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
import { decodeText, encodingOf } from './decode.ts';
import { readText, textSignature } from './read-text.ts';
import { findSidecars } from './sidecars.ts';

test('SRT: tags and override codes go, the lines of a cue become one', () => {
  const source =
    '\ufeff1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>A dog</i>\r\n{\\an8}barks &amp; runs\r\n\r\n2\r\n00:01:02,5 --> 00:01:04,25\r\nBye.\r\n';
  assert.deepEqual(parseCues(source, 'srt'), [
    { start: 1.5, end: 3, text: 'A dog barks & runs' },
    { start: 62.5, end: 64.25, text: 'Bye.' },
  ]);
});

test('SRT without empty lines, and with times that end before they begin, is read as far as it makes sense', () => {
  const source =
    '1\n00:00:01,000 --> 00:00:02,000\none\n2\n00:00:05,000 --> 00:00:04,000\nwrong\n3\n00:00:06,000 --> 00:00:07,000\nthree\n';
  assert.deepEqual(
    parseCues(source, 'srt').map(({ text }) => text),
    ['one', 'three'],
  );
});

test('WebVTT: notes and styles are no text; a rolling caption says each line once', () => {
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
  assert.deepEqual(parseCues(source, 'vtt'), [
    { start: 1, end: 2, text: 'good morning' },
    { start: 2, end: 4, text: 'everybody' },
  ]);
});

test('ASS: fields as the Format line names them, commas in the text kept, drawings left out', () => {
  const source = `[Script Info]
[Events]
Format: Layer, Start, End, Style, Text
Dialogue: 0,0:00:05.00,0:00:06.50,Default,{\\b1}Well, yes\\Nand no
Dialogue: 0,0:00:07.00,0:00:08.00,Default,{\\p1}m 0 0 l 1 1
Comment: 0,0:00:09.00,0:00:10.00,Default,hidden
`;
  assert.deepEqual(parseCues(source, 'ass'), [{ start: 5, end: 6.5, text: 'Well, yes and no' }]);
});

/** GBK and the like can be decoded but not encoded by what is at hand: bytes of a few words. */
const encoded: Record<string, [Uint8Array, string]> = {
  'utf-8': [Buffer.from('Größe, 吉他', 'utf8'), 'Größe, 吉他'],
  'utf-16le': [Buffer.from('\ufeffGröße', 'utf16le'), 'Größe'],
  'utf-16be': [Buffer.from('\ufeffdog', 'utf16le').swap16(), 'dog'],
  gb18030: [Uint8Array.of(0xbc, 0xaa, 0xcb, 0xfb, 0xba, 0xcd, 0xb9, 0xb7, 0xa1, 0xa3), '吉他和狗。'],
  shift_jis: [Uint8Array.of(0x82, 0xb1, 0x82, 0xf1, 0x82, 0xc9, 0x82, 0xbf, 0x82, 0xcd), 'こんにちは'],
  'windows-1251': [Uint8Array.of(0xf1, 0xee, 0xe1, 0xe0, 0xea, 0xe0), 'собака'],
  'windows-1252': [Buffer.from('Größe, déjà vu, niño', 'latin1'), 'Größe, déjà vu, niño'],
};
for (const [encoding, [bytes, text]] of Object.entries(encoded))
  test(`subtitles in ${encoding} are read as they were meant`, () => {
    const file = Buffer.concat([bytes]);
    assert.equal(encodingOf(file), encoding);
    assert.equal(decodeText(file), text);
  });

test('UTF-16 is recognised without its mark', () => {
  assert.equal(decodeText(Buffer.from('1\n00:00:01,000', 'utf16le')), '1\n00:00:01,000');
});

test('sidecars are those of the same name, with languages and kinds after it', async (t) => {
  const folder = temporaryFolder(t);
  for (const name of [
    'film.srt',
    'film.en.srt',
    'film.zh-Hans.forced.ass',
    'film.2.srt',
    'filmography.srt',
    'film.txt',
  ])
    writeFileSync(join(folder, name), 'x');
  mkdirSync(join(folder, 'film.vtt'));
  const found = await findSidecars(join(folder, 'film.mp4'));
  assert.deepEqual(
    found.map(({ path, language }) => [path.slice(folder.length + 1), language]),
    [
      ['film.en.srt', 'en'],
      ['film.srt', undefined],
      ['film.zh-Hans.forced.ass', 'zh-Hans'],
    ],
  );
  assert.deepEqual(await findSidecars(join(folder, 'nowhere', 'film.mp4')), []);
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
  const texts = await readText(full, await probe(full, { tools }), { tools });
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
