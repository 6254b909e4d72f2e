import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from '../../engine/media/process.ts';
import { findMediaTools } from '../../engine/media/tools.ts';
import { LongviewError } from '../../engine/protocol/errors.ts';
import type { Slide } from './deck.ts';
import { drawSlide } from './draw-slide.ts';

/** A line that is to be found in a film of slides, and when. */
export interface SlideTruth {
  text: string;
  start: number;
  end: number;
}

/** What a film of slides is like. */
export interface FilmOptions {
  fps: number;
  /** H.264's constant rate factor; higher is worse (23 is usual). */
  crf: number;
  /** Strength of the noise that is added, 0 to 100 (ffmpeg's noise filter). */
  noise: number;
  /** A moving picture in the corner, as of a speaker. */
  speaker: boolean;
}

/** The times at which each line of a deck stands there. */
export function slideTruth(deck: readonly Slide[]): SlideTruth[] {
  let at = 0;
  return deck.flatMap(({ lines, seconds }) => {
    const begin = at;
    at += seconds;
    return lines.map(({ text, from = 0 }) => ({ text, start: begin + from, end: begin + seconds }));
  });
}

/**
 * Films a deck: H.264, 1280x720, hard cuts.
 * @param folder for the pictures of the states of slides
 * @throws LongviewError `ffmpeg-missing`, `ffmpeg-failed`.
 */
export async function filmSlides(
  deck: readonly Slide[],
  folder: string,
  output: string,
  { fps, crf, noise, speaker }: FilmOptions,
): Promise<void> {
  const list: string[] = ['ffconcat version 1.0'];
  for (const [number, slide] of deck.entries()) {
    const states = [...new Set(slide.lines.map(({ from = 0 }) => from))].sort((a, b) => a - b);
    for (const [index, from] of states.entries()) {
      const name = `slide-${number}-${index}.png`;
      await writeFile(join(folder, name), drawSlide(slide, from).toBuffer('image/png'));
      list.push(`file ${name}`, `duration ${(states[index + 1] ?? slide.seconds) - from}`);
      if (number === deck.length - 1 && index === states.length - 1) list.push(`file ${name}`);
    }
  }
  await writeFile(join(folder, 'slides.ffconcat'), list.join('\n'));
  const seconds = deck.reduce((sum, slide) => sum + slide.seconds, 0);
  const grain = noise > 0 ? `,noise=alls=${noise}:allf=t` : '';
  const face = speaker
    ? `;mandelbrot=s=240x180:r=${fps}:start_scale=0.3:end_pts=400[face];[slides][face]overlay=W-w-20:H-h-20:shortest=1[film]`
    : ';[slides]null[film]';
  const inputs = ['-f', 'concat', '-i', 'slides.ffconcat'];
  const graph = `[0:v]fps=${fps}${grain}[slides]${face}`;
  await encode(folder, output, { inputs, graph, seconds, fps, crf });
}

/**
 * Runs ffmpeg on a filter graph whose result is called `film`.
 * @throws LongviewError `ffmpeg-missing`, `ffmpeg-failed`.
 */
export async function encode(
  folder: string,
  output: string,
  film: { inputs: readonly string[]; graph: string; seconds: number; fps: number; crf: number },
): Promise<void> {
  const { inputs, graph, seconds, fps, crf } = film;
  const { ffmpeg } = await findMediaTools();
  const quality = `-c:v libx264 -preset veryfast -crf ${crf} -pix_fmt yuv420p -g ${fps * 10}`.split(' ');
  const ends = ['-map', '[film]', '-t', String(seconds)];
  const { code, stderr } = await runProcess(
    ffmpeg,
    ['-v', 'error', '-nostdin', '-y', ...inputs, '-filter_complex', graph, ...ends, ...quality, output],
    { cwd: folder, timeoutMs: 3_600_000 },
  );
  if (code !== 0)
    throw new LongviewError(
      'ffmpeg-failed',
      `ffmpeg could not film the slides: ${stderr.trim().split('\n')[0]}`,
      'Check that this ffmpeg has libx264 and that the disk has room.',
    );
}
