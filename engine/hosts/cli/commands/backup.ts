import { plural, printable } from '../format.ts';
import type { Command } from '../command.ts';

/** `longview backup`: the library in one file. */
export const backupCommand: Command = {
  name: 'backup',
  summary: 'copy the library into one file, also while something is being indexed',
  usage: '<file>',
  options: { files: { type: 'boolean' } },
  optionValues: {},
  optionHelp: {
    files: 'include the stills and the visual tokens: larger, but nothing has to be indexed again',
  },
  words: { min: 1, max: 1, what: 'the file to write' },
  async run({ engine, terminal, json }, { words, options }) {
    const result = await (await engine()).backup({ file: words[0], files: options.files === true });
    if (!json) {
      const size = `${(result.bytes / 1e6).toFixed(1)} MB`;
      terminal.line(`Copied ${plural(result.videos, 'video')} to ${printable(result.path)} (${size}).`);
      if (result.files === 0)
        terminal.line(
          'Restored from it, finding works at once; asking needs the videos to be indexed again.',
        );
    }
    return { result };
  },
};

/** `longview restore`: a backup becomes the library. */
export const restoreCommand: Command = {
  name: 'restore',
  summary: 'put a backup in the place of the library, which is kept aside',
  usage: '<file>',
  options: {},
  optionValues: {},
  optionHelp: {},
  words: { min: 1, max: 1, what: 'the file of a backup' },
  async run({ engine, terminal, json }, { words }) {
    const result = await (await engine()).restore({ file: words[0] });
    if (!json) {
      terminal.line(`The library in ${printable(result.folder)} has ${plural(result.videos, 'video')} now.`);
      if (result.replaced !== null)
        terminal.line(
          `What was there before lies in ${printable(result.replaced)}; delete it when all is well.`,
        );
    }
    return { result };
  },
};
