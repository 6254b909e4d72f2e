// Draws the application's icons from renderer/src/mark.svg.
//   node build/packaging/icons.ts [folder = dist/icons]
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';

const root = join(import.meta.dirname, '..', '..');

/** Where the icons of a checkout lie. */
export const iconsFolder = join(root, 'dist', 'icons');

/** Sizes that Linux desktops, Windows and macOS show icons at. */
const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const windowsSizes = [16, 24, 32, 48, 64, 128, 256];
/** Types of an icns file's entries, by the size of the PNG in each. */
const appleTypes = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
  ['ic11', 32],
  ['ic12', 64],
  ['ic13', 256],
  ['ic14', 512],
] as const;

/** Writes `icon.png`, `icon.ico`, `icon.icns` and one PNG a size (`64x64.png`, as electron-builder wants them). */
export async function makeIcons(folder = iconsFolder): Promise<void> {
  const mark = await readFile(join(root, 'renderer', 'src', 'mark.svg'), 'utf8');
  await mkdir(join(folder, 'linux'), { recursive: true });
  for (const size of linuxSizes)
    await writeFile(join(folder, 'linux', `${size}x${size}.png`), await draw(mark, size));
  await writeFile(join(folder, 'icon.png'), await draw(mark, 512));
  const windows = await Promise.all(
    windowsSizes.map(async (size) => ({ size, png: await draw(mark, size) })),
  );
  await writeFile(join(folder, 'icon.ico'), ico(windows));
  // Apple's icons leave a tenth of air on every side.
  const apple = appleTypes.map(async ([type, size]) => ({ type, png: await draw(mark, size, 0.1) }));
  await writeFile(join(folder, 'icon.icns'), icns(await Promise.all(apple)));
}

async function draw(svg: string, size: number, margin = 0): Promise<Buffer> {
  const inner = Math.round(size * (1 - 2 * margin));
  const sized = svg.replace('<svg ', `<svg width="${inner}" height="${inner}" `);
  const image = await loadImage(Buffer.from(sized));
  const canvas = createCanvas(size, size);
  const at = (size - inner) / 2;
  canvas.getContext('2d').drawImage(image, at, at, inner, inner);
  return canvas.encode('png');
}

/** A Windows icon of PNGs: a header, a directory of 16 bytes an image, and the images. */
export function ico(images: readonly { size: number; png: Buffer }[]): Buffer {
  const directory = Buffer.alloc(6 + 16 * images.length);
  directory.writeUInt16LE(1, 2);
  directory.writeUInt16LE(images.length, 4);
  let offset = directory.length;
  for (const [index, { size, png }] of images.entries()) {
    const entry = 6 + 16 * index;
    // 256 doesn't fit into a byte and is written as 0.
    directory.writeUInt8(size % 256, entry);
    directory.writeUInt8(size % 256, entry + 1);
    directory.writeUInt16LE(1, entry + 4);
    directory.writeUInt16LE(32, entry + 6);
    directory.writeUInt32LE(png.length, entry + 8);
    directory.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  }
  return Buffer.concat([directory, ...images.map(({ png }) => png)]);
}

/** An Apple icon of PNGs: each after its type and its length, big-endian. */
export function icns(images: readonly { type: string; png: Buffer }[]): Buffer {
  const block = (type: string, content: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(content.length + 8, 4);
    return Buffer.concat([head, content]);
  };
  return block('icns', Buffer.concat(images.map(({ type, png }) => block(type, png))));
}

if (import.meta.main) await makeIcons(process.argv[2]);
