import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recipes } from '../../engine/media/testing/containers.ts';
import { measureStills } from './stills.ts';
import { tryRecipe } from './try-recipe.ts';

/** A line for the list of benches. */
export const what =
  'the table of docs/formats.md: one picture asked of every room, in every container and codec (--stills: speed)';

/**
 * Makes a video of each kind, whose pictures show their numbers, asks every room for the same picture and prints a table.
 * @param args names of files to try alone ("plain.ts"), or `--stills`: a still from an hour of MPEG-TS beside MP4
 */
export async function run(args: readonly string[]): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'longview-formats-'));
  try {
    if (args.includes('--stills')) {
      await measureStills(folder);
      return;
    }
    say('| container | codec | | index | picture | still | player | exact clip | lossless clip |');
    say('|---|---|---|---|---|---|---|---|---|');
    for (const recipe of recipes.filter(({ name }) => args.length === 0 || args.includes(name))) {
      const cells = await tryRecipe(recipe, folder);
      say(`| ${[recipe.container, recipe.codec, recipe.remark, ...cells].join(' | ')} |`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
