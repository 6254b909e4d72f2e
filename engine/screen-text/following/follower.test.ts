import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LongviewError } from '../../protocol/errors.ts';
import { finishLines } from '../lines/finish.ts';
import type { Pyramid } from '../reading/picture.ts';
import type { LineReader } from '../reading/text-reader.ts';
import type { ReadLine, Rectangle, ScreenFrame, Sighting, TextArea } from '../types.ts';
import { ScreenTextFollower } from './follower.ts';

const [width, height] = [640, 360];
const [letterWidth, lineHeight] = [10, 24];

/** Words on a made screen: letters are bars whose pattern is their own. */
interface Word {
  text: string;
  x: number;
  y: number;
}

/** What stands on the screen at a time, and how the rest of the picture moves. */
interface Scene {
  words: readonly Word[];
  shot?: number;
  /** Another number, another background. */
  background?: number;
}

const hash = (a: number, b: number) =>
  Math.imul((a * 374761393 + b * 668265263) ^ 0x5bf03635, 1274126177) >>> 8;
const rectangleOf = ({ text, x, y }: Word): Rectangle => ({
  ...{ x: x + (text.length * letterWidth) / 2, y: y + lineHeight / 2, angle: 0 },
  ...{ width: text.length * letterWidth, height: lineHeight },
});

function draw(time: number, { words, shot = 0, background = 0 }: Scene): ScreenFrame {
  const pixels = new Uint8Array(width * height * 3).fill(210);
  const dot = (x: number, y: number, value: number) => {
    if (x >= 0 && y >= 0 && x < width && y < height)
      pixels.fill(value, (y * width + x) * 3, (y * width + x) * 3 + 3);
  };
  if (background > 0)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        dot(x, y, 150 + (hash(((x / 16) | 0) + background * 99, (y / 16) | 0) % 50));
  for (const { text, x, y } of words)
    for (let i = 0; i < text.length; i++)
      for (let dx = 0; dx < letterWidth - 2; dx++)
        for (let dy = 4; dy < lineHeight - 4; dy++)
          if (hash(text.charCodeAt(i) * 31 + (dx >> 1), dy >> 2) % 2)
            dot(x + i * letterWidth + dx, y + dy, 20);
  return { time, shot, width, height, pixels };
}

/** Reads what the scene says stands there; knows how often it was asked. */
class SceneReader implements LineReader {
  words: readonly Word[] = [];
  readonly asked = { glance: 0, full: 0, read: [] as string[] };

  find(_: Pyramid, detail: 'glance' | 'full'): Promise<TextArea[]> {
    this.asked[detail]++;
    return Promise.resolve(this.words.map((word) => ({ rectangle: rectangleOf(word), score: 0.9 })));
  }

  read(_: Pyramid, rectangle: Rectangle): Promise<ReadLine | undefined> {
    const word = this.words.find((each) => {
      const { x, y } = rectangleOf(each);
      return Math.abs(x - rectangle.x) < 1 && Math.abs(y - rectangle.y) < 1;
    });
    this.asked.read.push(word?.text ?? '');
    return Promise.resolve(
      word?.text.startsWith('#') ? undefined : { text: word!.text, rectangle, confidence: 0.9 },
    );
  }
}

/** Shows scenes one second each. */
async function follow(scenes: readonly Scene[]) {
  const reader = new SceneReader();
  const follower = new ScreenTextFollower(reader);
  const sightings: Sighting[] = [];
  for (const [time, scene] of scenes.entries()) {
    reader.words = scene.words;
    await follower.push(draw(time, scene));
    sightings.push(...follower.takeEnded());
  }
  sightings.push(...follower.finish(scenes.length));
  const told = sightings
    .map(({ text, start, end }) => [text, start, end])
    .sort((a, b) => Number(a[1]) - Number(b[1]) || Number(b[2]) - Number(a[2]));
  return { told, sightings, asked: reader.asked, work: follower.work };
}
const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));

const title = { text: 'photosynthesis', x: 60, y: 40 };
const second = { text: 'light reactions', x: 60, y: 100 };
const third = { text: 'the calvin cycle', x: 60, y: 150 };

describe('following text', () => {
  test('a slide that stands still is read once', async () => {
    const { told, asked } = await follow(times(30, () => ({ words: [title, second] })));
    assert.deepEqual(told, [
      ['photosynthesis', 0, 30],
      ['light reactions', 0, 30],
    ]);
    assert.deepEqual([asked.glance, asked.full, asked.read.length], [1, 1, 2]);
  });

  test('when a line comes, it alone is read, and it is told since when it stands there', async () => {
    const { told, asked } = await follow(times(30, (i) => ({ words: i < 10 ? [title] : [title, second] })));
    assert.deepEqual(told, [
      ['photosynthesis', 0, 30],
      ['light reactions', 10, 30],
    ]);
    assert.deepEqual(asked.read, ['photosynthesis', 'light reactions']);
  });

  test('another slide ends the lines of the one before', async () => {
    const { told } = await follow(times(20, (i) => ({ words: i < 8 ? [title, second] : [title, third] })));
    assert.deepEqual(told, [
      ['photosynthesis', 0, 20],
      ['light reactions', 0, 8],
      ['the calvin cycle', 8, 20],
    ]);
  });

  test('one number that changes in a line is another line', async () => {
    const page = (i: number) => ({ text: `page ${i < 9 ? 3 : 4} of 20`, x: 60, y: 300 });
    const { told } = await follow(times(20, (i) => ({ words: [title, page(i)] })));
    assert.deepEqual(told.slice(1), [
      ['page 3 of 20', 0, 9],
      ['page 4 of 20', 9, 20],
    ]);
  });

  test('a line that is being typed is one line', async () => {
    const whole = 'def train model data';
    const { sightings } = await follow(
      times(24, (i) => ({ words: [title, { text: whole.slice(0, Math.min(20, 3 + i)), x: 60, y: 200 }] })),
    );
    const lines = finishLines(sightings);
    assert.deepEqual(
      lines.map(({ text, start, end }) => [text, start, end]),
      [
        ['photosynthesis', 0, 24],
        [whole, 0, 24],
      ],
    );
  });

  test('subtitles over a moving picture are read one by one', async () => {
    const says = ['i never said that', 'you did say so', 'where were you then', 'at home and alone'];
    const { sightings, asked } = await follow(
      times(24, (i) => ({
        background: i + 1,
        words: i % 6 < 4 ? [{ text: says[Math.floor(i / 6)], x: 200, y: 310 }] : [],
      })),
    );
    assert.deepEqual(
      finishLines(sightings).map(({ text, start, end }) => [text, start, end]),
      says.map((text, i) => [text, i * 6, i * 6 + 4]),
    );
    assert.equal(asked.read.length, 4, 'a line that stays over moving pictures is not read again');
  });

  test('a moving picture without words is glanced at, and nothing is read', async () => {
    const { told, work } = await follow(times(40, (i) => ({ background: i + 1, words: [] })));
    assert.deepEqual(told, []);
    assert.ok(work.glances >= 10 && work.glances <= 25 && work.looks === 0);
  });

  test('what looks like text and is none is read once a shot', async () => {
    const scenes = times(20, (i) => ({ background: i + 1, words: [{ text: '########', x: 100, y: 100 }] }));
    assert.equal((await follow(scenes)).asked.read.length, 1);
    const cut = scenes.map((scene, i) => ({ ...scene, shot: i < 10 ? 1 : 2 }));
    assert.equal((await follow(cut)).asked.read.length, 2);
  });

  test('credits that scroll are read once each', async () => {
    const names = ['directed by anna', 'music by thomas', 'edited by mia chen', 'camera by omar'];
    const { sightings, asked } = await follow(
      times(16, (i) => ({
        words: names
          .map((text, k) => ({ text, x: 200, y: 330 + k * 50 - i * 36 }))
          .filter(({ y }) => y >= 0 && y <= height - lineHeight),
      })),
    );
    const lines = finishLines(sightings);
    assert.deepEqual(lines.map(({ text }) => text).sort(), [...names].sort());
    assert.ok(lines.every(({ moving }) => moving));
    assert.ok(asked.read.length <= 5, asked.read.join());
  });

  test('boxes are shares of the picture', async () => {
    const { sightings } = await follow(times(3, () => ({ words: [title] })));
    assert.deepEqual(sightings[0].box, [60 / 640, 40 / 360, 200 / 640, 64 / 360]);
  });

  test('a change of the picture’s size begins anew, a cancelled call stops', async () => {
    const reader = new SceneReader();
    const follower = new ScreenTextFollower(reader);
    reader.words = [title];
    await follower.push(draw(0, { words: [title] }));
    await follower.push({ time: 1, shot: 1, width: 64, height: 48, pixels: new Uint8Array(64 * 48 * 3) });
    assert.deepEqual(
      follower.takeEnded().map(({ start, end }) => [start, end]),
      [[0, 1]],
    );
    await assert.rejects(
      follower.push(draw(2, { words: [] }), AbortSignal.abort()),
      (error) => error instanceof LongviewError && error.code === 'cancelled',
    );
    await assert.rejects(
      follower.push({ time: 3, shot: 1, width: 64, height: 48, pixels: new Uint8Array(5) }),
      (error) => error instanceof LongviewError && error.code === 'bad-argument',
    );
  });
});
