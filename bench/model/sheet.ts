import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import type { FramePair, Screen } from './frames.ts';

const [columns, rows, wide, high, caption] = [8, 12, 200, 113, 14];

/** Contact sheets of what was drawn, for people to look at; without a folder nothing is kept. */
export class Sheets {
  readonly #folder: string | undefined;
  readonly #sheets = new Map<string, { picture: Uint8Array; screen: Screen; text: string }[]>();

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** Keeps the second frame of a temporal patch, of the first temporal patches of each sheet. */
  add(sheet: string, text: string, [, frame]: FramePair, screen: Screen): void {
    if (this.#folder === undefined) return;
    const kept = this.#sheets.get(sheet) ?? [];
    this.#sheets.set(sheet, kept);
    if (kept.length < columns * rows) kept.push({ picture: frame.pixels, screen, text });
  }

  /** Writes a PNG a sheet. */
  async write(): Promise<void> {
    if (this.#folder === undefined) return;
    await mkdir(this.#folder, { recursive: true });
    for (const [name, kept] of this.#sheets) {
      const lines = Math.ceil(kept.length / columns);
      const canvas = createCanvas(columns * wide, lines * (high + caption));
      const context = canvas.getContext('2d');
      context.font = '11px sans-serif';
      for (const [i, { picture, screen, text }] of kept.entries()) {
        const [x, y] = [(i % columns) * wide, Math.floor(i / columns) * (high + caption)];
        context.drawImage(canvasOf(picture, screen), x, y, wide, high);
        context.fillText(text, x + 2, y + high + 11);
      }
      await writeFile(join(this.#folder, `${name}.png`), canvas.toBuffer('image/png'));
    }
  }
}

function canvasOf(pixels: Uint8Array, { width, height }: Screen) {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    image.data.set(pixels.subarray(i * 3, i * 3 + 3), i * 4);
    image.data[i * 4 + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
