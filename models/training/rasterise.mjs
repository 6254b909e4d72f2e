// Rasterises every sprite of work/concepts.json to SIZE x SIZE RGBA, raw, one after another:
// work/sprites.rgba and work/sprites.json {size, keys}. Run: node rasterise.mjs (after the concepts module).
import { createRequire } from 'node:module';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const size = 224;
const work = process.env.LONGVIEW_WORK ?? join(import.meta.dirname, 'work');
const sources = process.env.LONGVIEW_SOURCES ?? join(homedir(), '.cache/longview-training');
const require = createRequire(join(sources, 'package.json'));
const { Resvg } = require('@resvg/resvg-js');
const { createCanvas, loadImage } = createRequire(import.meta.url)('@napi-rs/canvas');
const stamps = join(sources, 'root/usr/share/tuxpaint/stamps');
const sets = new Map();
/** Drawings that resvg 2.6.2 aborts on; the canvas's own SVG reader draws them. */
const aborting = new Set(['noto/package']);

/** The SVG text of an iconify icon. */
function icon(style, name) {
  if (!sets.has(style)) sets.set(style, require(`@iconify-json/${style}/icons.json`));
  const set = sets.get(style);
  let entry = set.icons[name];
  if (!entry && set.aliases?.[name]) entry = set.icons[set.aliases[name].parent];
  const width = entry.width ?? set.width ?? 16;
  const height = entry.height ?? set.height ?? 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${entry.body}</svg>`;
}

/** Draws an SVG with resvg, largest side = size. @returns PNG bytes. */
function svgToPng(svg) {
  const probe = new Resvg(svg);
  const mode = probe.width >= probe.height ? 'width' : 'height';
  return new Resvg(svg, { fitTo: { mode, value: size }, font: { loadSystemFonts: false } }).render().asPng();
}

async function pixels(key) {
  const [style, ...rest] = key.split('/');
  const name = rest.join('/');
  let bytes;
  if (style === 'fluent-3d') bytes = readFileSync(join(sources, `node_modules/@lobehub/fluent-emoji-3d/assets/${name}.webp`));
  // resvg aborts on one of the stamps, so the canvas draws those.
  else if (style === 'stamp') bytes = readFileSync(join(stamps, name));
  else if (aborting.has(key)) bytes = Buffer.from(icon(style, name));
  else bytes = svgToPng(icon(style, name));
  const image = await loadImage(bytes);
  const canvas = createCanvas(size, size);
  const context = canvas.getContext('2d');
  const scale = size / Math.max(image.width, image.height);
  const [w, h] = [image.width * scale, image.height * scale];
  context.drawImage(image, (size - w) / 2, (size - h) / 2, w, h);
  return context.getImageData(0, 0, size, size).data;
}

mkdirSync(work, { recursive: true });
const { concepts } = JSON.parse(readFileSync(join(work, 'concepts.json'), 'utf8'));
const keys = [...new Set(concepts.flatMap((c) => c.sprites.map((s) => s.key)))].sort();
const file = openSync(join(work, 'sprites.rgba'), 'w');
const done = [];
for (const key of keys) {
  try {
    if (process.env.VERBOSE) console.log(key);
    writeSync(file, await pixels(key));
    done.push(key);
  } catch (error) {
    console.warn(`left out ${key}: ${error.message}`);
  }
}
closeSync(file);
writeFileSync(join(work, 'sprites.json'), JSON.stringify({ size, keys: done }));
console.log(`${done.length} of ${keys.length} sprites`);
