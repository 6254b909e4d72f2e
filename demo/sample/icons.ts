import { createRequire } from 'node:module';
import { createCanvas, loadImage, type Canvas } from '@napi-rs/canvas';
import { z } from 'zod';
import type { Style } from './types.ts';

const iconSetSchema = z.object({
  width: z.number().default(16),
  height: z.number().default(16),
  icons: z.record(
    z.string(),
    z.object({ body: z.string(), width: z.number().optional(), height: z.number().optional() }),
  ),
});

/** A set of icons that is installed: the film's two drawing styles, and one that only measurements use. */
export type IconStyle = Style | 'openmoji';

const require = createRequire(import.meta.url);
const sets = new Map<IconStyle, z.infer<typeof iconSetSchema>>();

function iconSet(style: IconStyle): z.infer<typeof iconSetSchema> {
  let set = sets.get(style);
  if (!set) {
    set = iconSetSchema.parse(require(`@iconify-json/${style}/icons.json`));
    sets.set(style, set);
  }
  return set;
}

/** Whether a set has an icon. */
export function hasIcon(style: IconStyle, icon: string): boolean {
  return Object.hasOwn(iconSet(style).icons, icon);
}

/**
 * Draws an icon of a set as large as fits a square of `size` pixels.
 * @param mirrored turned to look the other way; the sets' animals and vehicles look to the left.
 */
export async function drawIcon(style: IconStyle, icon: string, size: number, mirrored: boolean): Promise<Canvas> {
  const set = iconSet(style);
  const drawing = set.icons[icon];
  if (!drawing) throw new Error(`@iconify-json/${style} has no icon "${icon}"`);
  const box = `0 0 ${drawing.width ?? set.width} ${drawing.height ?? set.height}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${size}" height="${size}" viewBox="${box}">${drawing.body}</svg>`;
  const canvas = createCanvas(size, size);
  const context = canvas.getContext('2d');
  if (mirrored) {
    context.translate(size, 0);
    context.scale(-1, 1);
  }
  context.drawImage(await loadImage(Buffer.from(svg)), 0, 0, size, size);
  return canvas;
}
