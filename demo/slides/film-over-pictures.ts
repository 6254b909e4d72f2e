import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { Random } from '../sample/random.ts';
import type { SlideLine } from './deck.ts';
import { drawLine } from './draw-slide.ts';
import { encode, type SlideTruth } from './film-slides.ts';
import { sentences } from './sentences.ts';

/** What stands or runs over a moving picture. */
export type OverPictures = 'subtitles' | 'ticker' | 'credits' | 'nothing';

const [width, height, fps, crf] = [1280, 720, 10, 26];
/** A picture that moves all over, at every frame. */
const moving = `mandelbrot=s=320x180:r=${fps}:start_scale=1.6:end_scale=0.002:end_pts=900,scale=${width}:${height},hue=s=0.5`;

/** What a strip of words that runs through the picture is like. */
const ticker = { speed: 90, y: 650, size: 30, pause: ' +++ ' };
const credits = { speed: 70, size: 34, step: 90 };

/**
 * Films words over a moving picture: subtitles that come and go, a ticker, credits, or none.
 * @returns what is to be found in it, and when it is wholly in the picture at the earliest and in part at the latest
 * @throws LongviewError `ffmpeg-missing`, `ffmpeg-failed`.
 */
export async function filmOverPictures(
  kind: OverPictures,
  seconds: number,
  seed: number,
  folder: string,
  output: string,
): Promise<SlideTruth[]> {
  const random = new Random(seed);
  const film = { seconds, fps, crf };
  if (kind === 'nothing') {
    await encode(folder, output, { ...film, inputs: [], graph: `${moving}[film]` });
    return [];
  }
  if (kind === 'subtitles') {
    const truth = subtitles(random, seconds);
    await writeSubtitles(truth, folder, seconds);
    const graph = `${moving}[back];[0:v]fps=${fps},format=rgba[words];[back][words]overlay=shortest=1[film]`;
    await encode(folder, output, { ...film, inputs: ['-f', 'concat', '-i', 'subtitles.ffconcat'], graph });
    return truth;
  }
  const { truth, place } =
    kind === 'ticker'
      ? await makeTicker(random, seconds, folder)
      : await makeCredits(random, seconds, folder);
  const strip = `[0:v]format=rgba,loop=-1:1,setpts=N/(${fps}*TB)[strip]`;
  const graph = `${moving}[back];${strip};[back][strip]overlay=${place}:shortest=0[film]`;
  await encode(folder, output, { ...film, inputs: ['-i', 'strip.png'], graph });
  return truth;
}

function subtitles(random: Random, seconds: number): SlideTruth[] {
  const truth: SlideTruth[] = [];
  for (let start = 2; ;) {
    const text = sentences[random.next() < 0.3 ? 'chinese' : 'english'].line(random);
    const end = start + Math.round(random.between(16, 40)) / 10;
    if (end > seconds) return truth;
    truth.push({ text, start, end });
    start = end + Math.round(random.between(0, 3)) * 0.5;
  }
}

const subtitleStyle: Omit<SlideLine, 'text'> = {
  ...{ x: width / 2, y: 660, size: 36, face: 'sans', weight: 600 },
  ...{ colour: '#ffffff', rim: '#000000', centred: true },
};

async function writeSubtitles(truth: readonly SlideTruth[], folder: string, seconds: number): Promise<void> {
  const empty = createCanvas(width, height);
  await writeFile(join(folder, 'empty.png'), empty.toBuffer('image/png'));
  const list = ['ffconcat version 1.0'];
  let at = 0;
  for (const [index, { text, start, end }] of truth.entries()) {
    if (start > at) list.push('file empty.png', `duration ${(start - at).toFixed(3)}`);
    const canvas = createCanvas(width, height);
    drawLine(canvas, { ...subtitleStyle, text });
    await writeFile(join(folder, `subtitle-${index}.png`), canvas.toBuffer('image/png'));
    list.push(`file subtitle-${index}.png`, `duration ${(end - start).toFixed(3)}`);
    at = end;
  }
  list.push('file empty.png', `duration ${Math.max(1, seconds - at).toFixed(3)}`, 'file empty.png');
  await writeFile(join(folder, 'subtitles.ffconcat'), list.join('\n'));
}

/** A strip whose words run from right to left. */
async function makeTicker(random: Random, seconds: number, folder: string) {
  const pieces: string[] = [];
  const canvas = createCanvas(Math.ceil(seconds * ticker.speed), 60);
  const context = canvas.getContext('2d');
  context.fillStyle = '#1a1a5a';
  context.fillRect(0, 0, canvas.width, canvas.height);
  const line = { y: 41, size: ticker.size, face: 'sans', weight: 500, colour: '#ffffff' } as const;
  const truth: SlideTruth[] = [];
  for (let x = 10; ;) {
    const text = sentences.english.line(random);
    drawLine(canvas, { ...line, text: '', x: 0 });
    const across = context.measureText(text).width;
    // What comes in at the right at the very end can't be read whole.
    if (x + across + width > canvas.width) break;
    drawLine(canvas, { ...line, text: text + ticker.pause, x });
    pieces.push(text);
    truth.push({ text, start: (x + across) / ticker.speed, end: (x + width) / ticker.speed });
    x += context.measureText(text + ticker.pause).width;
  }
  await writeFile(join(folder, 'strip.png'), canvas.toBuffer('image/png'));
  return { truth, place: `x=W-t*${ticker.speed}:y=${ticker.y}` };
}

/** A column of lines that runs from below to above, over a black picture's part. */
async function makeCredits(random: Random, seconds: number, folder: string) {
  const lines = Math.floor((seconds * credits.speed - height) / credits.step);
  const canvas = createCanvas(width, (lines + 1) * credits.step);
  const truth = Array.from({ length: Math.max(0, lines) }, (_, index): SlideTruth => {
    const text = sentences[random.next() < 0.3 ? 'chinese' : 'english'].line(random);
    const y = 60 + index * credits.step;
    drawLine(canvas, {
      ...{ text, x: width / 2, y, size: credits.size, face: 'sans', weight: 500 },
      ...{ colour: '#ffffff', rim: '#000000', centred: true },
    });
    return { text, start: y / credits.speed, end: (y + height) / credits.speed };
  });
  await writeFile(join(folder, 'strip.png'), canvas.toBuffer('image/png'));
  return { truth, place: `x=0:y=H-t*${credits.speed}` };
}
