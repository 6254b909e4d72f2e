import { rmSync } from 'node:fs';
import { mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Light } from '../video-info.ts';
import { toScreen } from './curves.ts';

/** Points along each side of the table; ffmpeg interpolates between them. */
const side = 33;

let folder: Promise<string> | undefined;
const tables = new Map<Light, Promise<string>>();

/**
 * ffmpeg's filters that turn a picture's light into what a plain screen shows, as 16-bit RGB: a table of our own, so
 * that it works with every build of ffmpeg and looks the same in all (`zscale` and `tonemap` are in some only).
 * They belong behind the scaling, where pictures are small.
 * @returns undefined where nothing has to be done
 */
export async function toneFilters(light: Light | undefined): Promise<string | undefined> {
  if (!light) return undefined;
  let table = tables.get(light);
  if (!table) {
    table = writeTable(light);
    tables.set(light, table);
    table.catch(() => tables.delete(light));
  }
  return `format=rgb48le,lut3d=file=${filterQuoted(await table)}`;
}

async function writeTable(light: Light): Promise<string> {
  folder ??= temporaryFolder();
  const file = path.join(await folder, `${light}.cube`);
  const lines = [`LUT_3D_SIZE ${side}`];
  const at = (index: number) => index / (side - 1);
  for (let b = 0; b < side; b++)
    for (let g = 0; g < side; g++)
      for (let r = 0; r < side; r++)
        lines.push(
          toScreen([at(r), at(g), at(b)], light)
            .map((value) => value.toFixed(5))
            .join(' '),
        );
  await writeFile(`${file}.part`, `${lines.join('\n')}\n`);
  await rename(`${file}.part`, file);
  return file;
}

async function temporaryFolder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'longview-light-'));
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A path as an option of a filter: ":" and "\" for the filter's own options, quotes for the chain of filters. */
function filterQuoted(file: string): string {
  const inner = file.replaceAll('\\', '/').replaceAll(':', '\\:').replaceAll("'", "\\'");
  return `'${inner.replaceAll("'", "'\\''")}'`;
}
