import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { LongviewError } from '../protocol/errors.ts';
import { readPicture } from './picture.ts';
import { ffmpeg } from './testing/coded-video.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-picture-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const size = { width: 32, height: 16 };
const pixel = (pixels: Uint8Array, x: number, y: number) => [
  ...pixels.subarray((y * 32 + x) * 3).subarray(0, 3),
];

for (const kind of ['png', 'jpg', 'gif', 'bmp', 'tiff'])
  test(`a ${kind} file is read, letterboxed in grey, whatever its name`, async () => {
    const file = path.join(folder, `a %d, 'picture'.${kind}`);
    ffmpeg([
      '-f',
      'lavfi',
      '-i',
      'color=red:s=16x16',
      '-frames:v',
      '1',
      '-update',
      '1',
      `file:${path.join(folder, `plain.${kind}`)}`,
    ]);
    const { readFileSync } = await import('node:fs');
    writeFileSync(file, readFileSync(path.join(folder, `plain.${kind}`)));
    const { pixels } = await readPicture(file, size);
    assert.equal(pixels.length, 32 * 16 * 3);
    const [r, g, b] = pixel(pixels, 16, 8);
    assert.ok(r > 230 && g < 25 && b < 25, `${r}, ${g}, ${b}`);
    assert.deepEqual(pixel(pixels, 1, 8), [114, 114, 114]);
  });

const drawn = (name: string, ...args: string[]) => {
  const file = path.join(folder, name);
  ffmpeg([...args, '-frames:v', '1', '-update', '1', `file:${file}`]);
  return file;
};

test('a part of a picture is read alone, with where it lies in the frame', async () => {
  const halves = 'color=red:s=40x40[a];color=blue:s=40x40[b];[a][b]hstack';
  const file = drawn('halves.png', '-f', 'lavfi', '-i', halves);
  const whole = await readPicture(file, size);
  assert.deepEqual(whole.letterbox, { x: 0, y: 0, width: 32, height: 16 });
  const { pixels, letterbox } = await readPicture(file, size, { box: [0.5, 0, 0.5, 1] });
  assert.deepEqual(letterbox, { x: 8, y: 0, width: 16, height: 16 });
  const [r, , b] = pixel(pixels, 10, 8);
  assert.ok(b > 230 && r < 25, 'the right half is blue');
});

test('a picture of a hundred megapixels is read', async () => {
  const file = drawn(
    'large.png',
    '-f',
    'lavfi',
    '-i',
    'color=green:s=10000x10000',
    '-compression_level',
    '1',
  );
  const { letterbox } = await readPicture(file, size);
  assert.deepEqual(letterbox, { x: 8, y: 0, width: 16, height: 16 });
});

test('what is no picture is refused by name, without being opened by ffmpeg', async () => {
  const file = path.join(folder, 'list.m3u8');
  writeFileSync(file, '#EXTM3U\nhttp://localhost/x.png\n');
  const refused = (code: string) => (error: unknown) => error instanceof LongviewError && error.code === code;
  await assert.rejects(readPicture(file, size), refused('not-a-video'));
  const broken = path.join(folder, 'broken.png');
  writeFileSync(broken, Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(40)]));
  await assert.rejects(readPicture(broken, size), refused('not-a-video'));
  await assert.rejects(readPicture(path.join(folder, 'none.png'), size), refused('file-not-found'));
});
