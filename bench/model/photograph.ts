import { loadImage, type Image, type SKRSContext2D } from '@napi-rs/canvas';
import type { Random } from '../../demo/sample/random.ts';
import { blankFrame, toFrame, type FramePair, type Screen } from './frames.ts';

/** How much nearer the second frame is. */
const growth = 1.03;
/** Blur of what lies behind an upright photograph, in pixels of a frame 512 wide. */
const blur = 12;

/**
 * A photograph as a slow zoom of two frames, drawn as training's plain_shot does (models/training, compose.py): filling
 * the frame where it is wide, fitted whole over a blurred copy of itself where it is upright.
 * @param start seconds of the first frame. @param step seconds between the two
 */
export async function filmPhotograph(
  file: string,
  screen: Screen,
  random: Random,
  { start, step }: { start: number; step: number },
): Promise<FramePair> {
  const photo = await loadImage(file);
  const zoom = random.between(1, 1.05);
  const centre = [random.between(0.4, 0.6), random.between(0.4, 0.6)] as const;
  const frame = (nearer: number, time: number) => {
    const canvas = blankFrame(screen);
    const context = canvas.getContext('2d');
    if (photo.width >= 1.2 * photo.height) cover(context, photo, screen, zoom * nearer, centre);
    else fitted(context, photo, screen, nearer, centre);
    return toFrame(canvas, time);
  };
  return [frame(1, start), frame(growth, start + step)];
}

/** Fills the frame with the part of a photograph around a centre (shares of what is left over). */
function cover(
  context: SKRSContext2D,
  photo: Image,
  { width, height }: Screen,
  zoom: number,
  [x, y]: readonly [number, number],
): void {
  const scale = Math.max(width / photo.width, height / photo.height) * zoom;
  const [wide, high] = [photo.width * scale, photo.height * scale];
  context.drawImage(photo, -x * (wide - width), -y * (high - height), wide, high);
}

function fitted(
  context: SKRSContext2D,
  photo: Image,
  screen: Screen,
  nearer: number,
  centre: readonly [number, number],
): void {
  const { width, height } = screen;
  context.filter = `blur(${(blur * width) / 512}px)`;
  cover(context, photo, screen, 1.2, centre);
  context.filter = 'none';
  const high = height * nearer;
  const wide = (photo.width * high) / photo.height;
  context.drawImage(photo, (width - wide) / 2, (height - high) / 2, wide, high);
}
