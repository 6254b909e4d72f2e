import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { LongviewError } from '../protocol/errors.ts';
import { probe } from './probe.ts';
import { findMediaTools } from './tools.ts';
import { ffmpeg, h264, makeCodedVideo, setRotation } from './testing/coded-video.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-probe-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const tools = await findMediaTools();
const inFolder = (name: string) => path.join(folder, name);
const sound = ['-f', 'lavfi', '-i', 'sine=duration=2'];

function makeFullFile(): string {
  const file = inFolder('full.mkv');
  const subtitles = inFolder('words.srt');
  writeFileSync(subtitles, '1\n00:00:00,500 --> 00:00:01,500\nHello\n');
  const metadata = inFolder('chapters.txt');
  const chapter = (start: number, end: number, title: string) =>
    `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start}\nEND=${end}\ntitle=${title}\n`;
  writeFileSync(
    metadata,
    `;FFMETADATA1\ntitle=A film: part one\n${chapter(0, 800, 'First')}${chapter(800, 2000, 'Second')}`,
  );
  makeCodedVideo(file, {
    frames: 50,
    inputs: [...sound, '-i', subtitles, '-i', metadata],
    output: [
      ...['-map', '0', '-map', '1', '-map', '2', '-map_metadata', '3', '-map_chapters', '3'],
      ...['-vf', 'setsar=4/3', ...h264, '-c:a', 'aac', '-c:s', 'srt', '-metadata:s:s:0', 'language=eng'],
    ],
  });
  return file;
}

test('a video with everything in it is described', async () => {
  const file = makeFullFile();
  const info = await probe(file);
  assert.equal(info.path, file);
  assert.equal(info.bytes, statSync(file).size);
  assert.equal(info.codec, 'h264');
  assert.equal(info.title, 'A film: part one');
  assert.deepEqual([info.width, info.height, info.rotation], [85, 36, 0]);
  assert.deepEqual([info.fps, info.baseFps, info.variableFrameRate, info.interlaced], [25, 25, false, false]);
  assert.deepEqual([info.hasAudio, info.audioCodec], [true, 'aac']);
  assert.ok(Math.abs(info.durationSec - 2) < 0.1, `${info.durationSec} s`);
  assert.deepEqual(
    info.chapters.map(({ title, start }) => [title, Math.round(start * 10)]),
    [
      ['First', 0],
      ['Second', 8],
    ],
  );
  assert.deepEqual(
    info.subtitles.map(({ codec, isText, language }) => [codec, isText, language]),
    [['subrip', true, 'eng']],
  );
});

test('without ffprobe the same is read from what ffmpeg prints', async () => {
  const turned = inFolder('turned.mp4');
  makeCodedVideo(turned, { frames: 60, fps: 30000 / 1001, output: ['-r', '30000/1001', ...h264] });
  setRotation(turned, 90);
  const late = inFolder('late.ts');
  makeCodedVideo(late, {
    frames: 60,
    inputs: sound,
    output: ['-vf', 'setpts=PTS+0.6/TB', '-vsync', '0', ...h264, '-c:a', 'aac'],
  });
  const interlaced = inFolder('fields.mkv');
  makeCodedVideo(interlaced, {
    frames: 20,
    output: ['-c:v', 'mpeg2video', '-flags', '+ildct+ilme', '-top', '1'],
  });
  for (const file of [makeFullFile(), turned, late, interlaced]) {
    const exact = await probe(file);
    const read = await probe(file, { tools: { ...tools, ffprobe: undefined } });
    for (const key of ['durationSec', 'startSec', 'videoStartSec', 'fps', 'baseFps'] as const)
      assert.ok(Math.abs(read[key] - exact[key]) < 0.011, `${key} of ${file}: ${read[key]}, ${exact[key]}`);
    const rest = {
      durationSec: 0,
      videoEndSec: 0,
      startSec: 0,
      videoStartSec: 0,
      fps: 0,
      baseFps: 0,
      keyEverySec: 0,
    };
    assert.deepEqual({ ...read, ...rest }, { ...exact, ...rest });
  }
});

test('a recording that does not tell its length is read through', async () => {
  const file = inFolder('live.webm');
  const live = ['-c:v', 'libvpx', '-deadline', 'realtime', '-f', 'webm', '-live', '1'];
  makeCodedVideo(file, { frames: 60, output: live });
  const info = await probe(file);
  assert.ok(Math.abs(info.durationSec - 2.4) < 0.05, `${info.durationSec} s`);
});

describe('names that look like something else', () => {
  const names = [
    'quote\'s "double".mp4',
    'two\nlines.mp4',
    '-i.mp4',
    '🎬 film.mp4',
    '%d %03d.mp4',
    'http:x.mp4',
    'a|b;c$(d).mp4',
  ];
  const plain = inFolder('plain.mp4');
  makeCodedVideo(plain, { frames: 10, output: h264 });
  const bytes = readFileSync(plain);
  for (const name of process.platform === 'win32' ? ['-i.mp4', '🎬 film.mp4', '%d %03d.mp4'] : names)
    test(JSON.stringify(name), async () => {
      const file = inFolder(name);
      writeFileSync(file, bytes);
      assert.equal((await probe(file)).width, 64);
      assert.equal((await probe(file, { tools: { ...tools, ffprobe: undefined } })).width, 64);
    });

  test('relative, with a leading dash', async () => {
    writeFileSync(inFolder('-v.mp4'), bytes);
    const relative = path.relative(process.cwd(), folder);
    assert.equal((await probe(path.join(relative, '-v.mp4'))).width, 64);
  });
});

describe('what is not a video', () => {
  const cases: [string, string, (file: string) => void][] = [
    ['a text file', 'not-a-video', (file) => writeFileSync(file, 'Dear diary,\n'.repeat(200))],
    [
      'a text file with a text extension',
      'not-a-video',
      (file) => writeFileSync(`${file}`, 'words '.repeat(999)),
    ],
    [
      'random bytes',
      'not-a-video',
      (file) => writeFileSync(file, Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 31) % 251))),
    ],
    [
      'a picture',
      'not-a-video',
      (file) =>
        ffmpeg(['-f', 'lavfi', '-i', 'testsrc=d=1:r=1', '-f', 'image2', '-c:v', 'png', '-update', '1', file]),
    ],
    [
      'a playlist',
      'not-a-video',
      (file) =>
        writeFileSync(file, '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n'),
    ],
    ['an empty file', 'file-empty', (file) => writeFileSync(file, '')],
    ['a folder', 'not-a-video', (file) => mkdirSync(file)],
    ['a file that is not there', 'file-not-found', () => {}],
    ['sound alone', 'no-video-stream', (file) => ffmpeg([...sound, '-f', 'mp3', file])],
    ['sound with a cover picture', 'no-video-stream', makeSong],
    ['an MP4 that was cut off before its index', 'file-truncated', (file) => cutShort(file, 'mp4')],
    [
      'a Matroska file that was cut off in its header',
      'file-truncated',
      (file) => cutShort(file, 'matroska'),
    ],
  ];
  for (const [index, [what, code, write]] of cases.entries())
    test(`${what} is ${code}`, async () => {
      const file = inFolder(`case ${index}${what.includes('text extension') ? '.txt' : '.mp4'}`);
      write(file);
      for (const ffprobe of [tools.ffprobe, undefined]) {
        const error = await probe(file, { tools: { ...tools, ffprobe } }).catch((caught: unknown) => caught);
        assert.ok(error instanceof LongviewError, String(error));
        assert.equal(error.code, code);
        assert.match(error.message, new RegExp(path.basename(file)));
        assert.ok(error.remedy.length > 10);
      }
    });

  test(
    'a file that may not be read is permission-denied',
    { skip: process.getuid?.() === 0 || process.platform === 'win32' },
    async () => {
      const file = inFolder('secret.mp4');
      writeFileSync(file, 'x');
      chmodSync(file, 0);
      await assert.rejects(probe(file), { code: 'permission-denied', message: /secret\.mp4/ });
    },
  );
});

function makeSong(file: string): void {
  const cover = inFolder('cover.png');
  ffmpeg(['-f', 'lavfi', '-i', 'testsrc=d=1:r=1', '-frames:v', '1', cover]);
  const both = [
    ...sound,
    '-i',
    cover,
    '-map',
    '0',
    '-map',
    '1',
    '-c:v',
    'copy',
    '-disposition:v',
    'attached_pic',
  ];
  ffmpeg([...both, '-f', 'mp3', file]);
}

function cutShort(file: string, format: string): void {
  makeCodedVideo(file, { frames: 30, output: [...h264, '-f', format] });
  truncateSync(file, format === 'mp4' ? Math.floor(statSync(file).size / 2) : 60);
}

test('probing can be cancelled', async () => {
  const file = inFolder('cancel.mp4');
  makeCodedVideo(file, { frames: 10, output: h264 });
  await assert.rejects(probe(file, { signal: AbortSignal.abort() }), { code: 'cancelled' });
  const controller = new AbortController();
  const probing = probe(file, { signal: controller.signal, tools });
  controller.abort();
  await assert.rejects(probing, { code: 'cancelled' });
});

test('a small file whose pictures would take gigabytes is refused by name, and with little memory', async () => {
  const file = path.join(folder, 'huge.avi');
  ffmpeg(['-f', 'lavfi', '-i', 'color=s=9000x9000:d=0.1:r=10', '-c:v', 'mjpeg', file]);
  await assert.rejects(probe(file), { code: 'no-frames', message: /9000x9000/ });
});

test('a file that claims an hour and holds seconds is as long as what it holds', async () => {
  const file = inFolder('claims.flv');
  makeCodedVideo(file, { frames: 125, output: [...h264, '-bf', '0'] });
  const bytes = readFileSync(file);
  bytes.writeDoubleBE(3600, bytes.indexOf('duration') + 'duration'.length + 1);
  writeFileSync(file, bytes);
  const info = await probe(file);
  assert.ok(Math.abs(info.durationSec - 5) < 0.1, `${info.durationSec} s`);
});
