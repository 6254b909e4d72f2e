import { createCanvas, type Canvas } from '@napi-rs/canvas';
import { paintBackdrop } from '../../demo/sample/backgrounds/index.ts';
import { drawIcon, type IconStyle } from '../../demo/sample/icons.ts';
import type { Random } from '../../demo/sample/random.ts';
import type { BackgroundName, Light } from '../../demo/sample/types.ts';
import { blankFrame, toFrame, type Screen } from './frames.ts';
import type { RgbFrame } from '../../engine/core/frames.ts';

/** A thing as one set draws it. */
export interface Drawing {
  /** What it is called. */
  name: string;
  style: IconStyle;
  icon: string;
}

const backgrounds: readonly BackgroundName[] = [
  'meadow',
  'countryside',
  'savanna',
  'desert',
  'forest',
  'jungle',
  'pond',
  'garden',
  'park',
  'street',
  'railway',
  'racetrack',
  'skyline',
  'sky',
  'kitchen',
  'living-room',
  'study',
  'workshop',
  'stage',
  'sea',
  'underwater',
  'beach',
  'snow',
  'hilltop',
  'space',
];
const lights: readonly Light[] = ['day', 'day', 'sunset', 'night'];
const tints: Record<Light, string> = { day: '#00000000', sunset: '#ff8a4a26', night: '#0a1a5a48' };

/** Words that a painted background shows by itself: a query for one of them has no single right place. */
const painted =
  /\b(?:sun|sunrise|sunset|moon|stars?|night|cloud|rainbow|tree|house|houses|building|skyscraper|cityscape|city|mountain|desert|beach|park|planet|comet|galaxy|milky|railway|window|stadium|fence|hedge|grass|wave|castle|bridge|motorway|lamp|couch|picture)\b/u;

/** Whether a thing may be seen in painted scenes only where it was put. */
export function isUnpainted(name: string): boolean {
  return !painted.test(name);
}

/** A made shot: things in a painted scene, at any moment of it. */
export type Scene = (share: number, time: number) => RgbFrame;

/** Where on its way something is, and how near, at each share of the shot. */
type Glide = (share: number) => { x: number; y: number; zoom: number };

/** A thing that moves through a scene; size in pixels. */
interface Item {
  picture: Canvas;
  size: number;
  place: Glide;
}

/**
 * Sets a scene: a random painted background and light, the thing at a random place and size, a little motion of both the
 * thing and the camera.
 * @returns draws the frame at a share (0 to 1) of the shot.
 */
export async function setScene(drawing: Drawing, screen: Screen, random: Random): Promise<Scene> {
  const light = random.pick(lights);
  const backdrop = paintBackdrop(random.pick(backgrounds), light, 1280, random.fork(1)).canvas;
  const size = Math.round(
    screen.height * (random.next() < 0.15 ? random.between(0.25, 0.38) : random.between(0.38, 0.95)),
  );
  const picture = await inLight(drawing, size, random.next() < 0.5, light);
  const dim = light === 'day' && random.next() < 0.4 ? random.between(0, 0.3) : 0;
  const camera = cameraOf(random);
  const place = glide(random, { zoom: [1, 1], growth: 0.12, drift: 0.1, keepInside: size / screen.height });
  return filmed({ backdrop, dim, camera, items: [{ picture, size, place }] }, screen);
}

/** A thing at a place: `x` from the left side (0) to the right (1), its size as a share of the frame's height. */
export interface Placed {
  drawing: Drawing;
  x: number;
  size: number;
}

/** Sets a scene with things at given places, which hardly move from there. */
export async function setTogether(things: readonly Placed[], screen: Screen, random: Random): Promise<Scene> {
  const light = random.pick(lights);
  const backdrop = paintBackdrop(random.pick(backgrounds), light, 1280, random.fork(1)).canvas;
  const items: Item[] = [];
  for (const { drawing, x, size: share } of things) {
    const size = Math.round(screen.height * share);
    const picture = await inLight(drawing, size, random.next() < 0.5, light);
    const y = random.between(0.4, 0.6);
    items.push({ picture, size, place: () => ({ x, y, zoom: 1 }) });
  }
  return filmed({ backdrop, dim: 0, camera: cameraOf(random), items }, screen);
}

function cameraOf(random: Random): Glide {
  return glide(random, { zoom: [1.1, 1.8], growth: 0.08, drift: 0.15 });
}

function filmed(
  scene: { backdrop: Canvas; dim: number; camera: Glide; items: readonly Item[] },
  screen: Screen,
): Scene {
  const { backdrop, dim, camera, items } = scene;
  const { width, height } = screen;
  return (share, time) => {
    const canvas = blankFrame(screen);
    const context = canvas.getContext('2d');
    const view = camera(share);
    const [wide, high] = [backdrop.width / view.zoom, backdrop.height / view.zoom];
    const [left, top] = [view.x * (backdrop.width - wide), view.y * (backdrop.height - high)];
    context.drawImage(backdrop, left, top, wide, high, 0, 0, width, height);
    for (const { picture, size, place } of items) {
      const at = place(share);
      const side = size * at.zoom;
      context.drawImage(picture, at.x * width - side / 2, at.y * height - side / 2, side, side);
    }
    context.fillStyle = `rgba(0,0,0,${dim})`;
    context.fillRect(0, 0, width, height);
    return toFrame(canvas, time);
  };
}

/** The drawing without its empty edges, its longer side `size` pixels, in the scene's light. */
async function inLight(
  { style, icon }: Drawing,
  size: number,
  mirrored: boolean,
  light: Light,
): Promise<Canvas> {
  const drawn = await drawIcon(style, icon, size, mirrored);
  const { x, y, side } = drawnSquare(drawn);
  const item = createCanvas(size, size);
  const context = item.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(drawn, x, y, side, side, 0, 0, size, size);
  context.globalCompositeOperation = 'source-atop';
  context.fillStyle = tints[light];
  context.fillRect(0, 0, size, size);
  return item;
}

/** The smallest square around what is drawn: sets leave margins of their own, and sizes should mean the same in all. */
function drawnSquare(canvas: Canvas): { x: number; y: number; side: number } {
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (data[(y * width + x) * 4 + 3] > 16) {
        left = Math.min(left, x);
        right = Math.max(right, x + 1);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y + 1);
      }
  const side = Math.max(1, right - left, bottom - top);
  return { x: (left + right - side) / 2, y: (top + bottom - side) / 2, side };
}

/** A slow straight movement: where and how near at each share of the shot. */
function glide(
  random: Random,
  how: { zoom: readonly [number, number]; growth: number; drift: number; keepInside?: number },
): Glide {
  const { keepInside } = how;
  // What fills the height stands in its middle; what is small may be anywhere.
  const slack = keepInside === undefined ? 0.5 : Math.max(0.04, (1 - keepInside) / 2);
  const from = {
    x: 0.5 + random.between(-1, 1) * Math.min(0.3, slack + 0.1),
    y: 0.5 + random.between(-1, 1) * slack,
  };
  const by = { x: random.between(-1, 1) * how.drift, y: (random.between(-1, 1) * how.drift) / 2 };
  const zoom = random.between(...how.zoom);
  const growth = random.between(-how.growth, how.growth);
  const kept = (value: number) => Math.min(1, Math.max(0, value));
  return (share) => ({
    x: kept(from.x + by.x * (share - 0.5)),
    y: kept(from.y + by.y * (share - 0.5)),
    zoom: zoom * (1 + growth * share),
  });
}
