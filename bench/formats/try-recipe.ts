import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  framesAt,
  probe,
  sampleFrames,
  streamFootage,
  writeStillAt,
  cutClip,
} from '../../engine/media/index.ts';
import { makeCodedVideo, numberIn, readNumber } from '../../engine/media/testing/coded-video.ts';
import type { Recipe } from '../../engine/media/testing/containers.ts';

const frames = 200;
const fps = 25;
const size = { width: 256, height: 144 };
const number = 111;

/**
 * Asks every room for the same picture of a made video.
 * @returns a word for each: "yes", how many pictures it is off, "no" with the reason, or "-" where it is not tried
 */
export async function tryRecipe(recipe: Recipe, folder: string): Promise<string[]> {
  const file = path.join(folder, recipe.name);
  const inputs = recipe.sound ? ['-f', 'lavfi', '-i', `sine=sample_rate=48000:duration=${frames / fps}`] : [];
  try {
    makeCodedVideo(file, { frames, fps, inputs, ...recipe.video });
  } catch {
    return ['this ffmpeg can’t write it', '', '', '', '', ''];
  }
  const info = await probe(file);
  const { letterbox } = sampleFrames(file, info, { fps: 1, ...size });
  const start = info.videoStartSec + (number + 0.5) / fps;
  const seen = (pixels: Uint8Array) => readNumber({ time: 0, pixels }, size.width, letterbox);
  const word = async (look: () => Promise<number>) => {
    try {
      const off = (await look()) - number;
      return off === 0 ? 'yes' : `${off > 0 ? '+' : ''}${off}`;
    } catch (error) {
      return `no: ${error instanceof Error ? error.message.slice(0, 60) : String(error)}`;
    }
  };
  const cells = [
    await word(async () => {
      for await (const { time, pixels } of sampleFrames(file, info, { fps, ...size }))
        if (time >= start - 0.5 / fps - 1e-3 && time < start + 0.5 / fps - 1e-3) return seen(pixels);
      return NaN;
    }),
    await word(async () => seen((await framesAt(file, [start], size))[0])),
    await word(async () => {
      await writeStillAt(file, start, `${file}.jpg`);
      return numberIn(`${file}.jpg`);
    }),
    await word(async () => {
      const { process } = await streamFootage(file, { start });
      await writeFile(`${file}.stream.mp4`, await process.child.stdout!.toArray());
      return numberIn(`${file}.stream.mp4`);
    }),
    await word(async () => {
      const span = { start: start - 0.5 / fps, end: start + 1 };
      await cutClip(info, span, `${file}.exact.mp4`, { exact: true });
      return numberIn(`${file}.exact.mp4`);
    }),
  ];
  if (recipe.copies === undefined) return [...cells, '–'];
  const copy = await word(async () => {
    const begin = await cutClip(info, { start, end: start + 1 }, `${file}.copy${recipe.copies}`);
    const due = Math.round((begin - info.videoStartSec) * fps);
    return numberIn(`${file}.copy${recipe.copies}`) - due + number;
  });
  return [...cells, copy];
}
