import { table } from '../table.ts';
import { plural, printable } from '../format.ts';
import { UsageError } from '../usage.ts';
import { printIndexed } from './index-videos.ts';
import type { Command, Context } from '../command.ts';
import type { Folders } from '../../../protocol/folders.ts';

const actions = ['add', 'remove', 'rescan'] as const;

/** `longview folders`: the folders whose videos belong into the library. */
export const foldersCommand: Command = {
  name: 'folders',
  summary: 'list the folders that are followed; add or remove one, index what is new in them',
  usage: '[<folder>]',
  options: {
    add: { type: 'boolean' },
    remove: { type: 'boolean' },
    rescan: { type: 'boolean' },
    ignore: { type: 'string', multiple: true },
    forget: { type: 'boolean' },
  },
  optionValues: { ignore: '<pattern>' },
  optionHelp: {
    add: 'follow the folder: the window and "longview serve" index what comes into it as long as they run',
    remove: 'follow it no longer; its videos stay in the library',
    rescan: 'index what is new or changed, in this folder or all',
    ignore: 'with --add: leave out what fits, as "*.tmp", "proxies" or "raw/**"; may be given several times',
    forget: 'with --remove: take its videos out of the library too (files are never touched)',
  },
  words: { min: 0, max: 1, what: 'a folder' },
  async run(context, { words: [path], options }) {
    const chosen = actions.filter((action) => options[action]);
    if (chosen.length > 1)
      throw new UsageError(`folders takes one of --${chosen.join(' and --')}`, 'Do one after the other.');
    const [action] = chosen;
    if (path === undefined && action !== undefined && action !== 'rescan')
      throw new UsageError(`--${action} needs a folder`, 'Write it after "folders".');
    const engine = await context.engine();
    if (action === 'rescan') {
      const { paths } = await engine.newFootage(path === undefined ? {} : { path });
      if (paths.length === 0) {
        if (!context.json) context.terminal.line('Nothing is new in the folders that are followed.');
        return { result: { videos: [], wallSec: 0, realtimeFactor: 0 } };
      }
      return printIndexed(
        context,
        await engine.index({ paths }, { signal: context.signal, onProgress: context.terminal.progress }),
      );
    }
    const ignore = options.ignore as string[] | undefined;
    const result =
      action === 'add'
        ? await engine.addFolder({ path, ...(ignore ? { ignore } : {}) })
        : action === 'remove'
          ? await engine.removeFolder({ path, forget: options.forget === true })
          : await engine.folders();
    if (!context.json) print(context, result);
    return { result };
  },
};

function print({ terminal }: Context, { folders }: Folders): void {
  if (folders.length === 0)
    return terminal.line('No folder is followed. Add one with "longview folders FOLDER --add".');
  const lines = table(
    [
      { title: 'folder', shrink: 'middle' },
      { title: 'left out', shrink: 'end' },
    ],
    folders.map(({ path, ignore }) => [path, ignore.join(', ')]),
    terminal.width,
  );
  lines.forEach((line, i) => terminal.line(i === 0 ? terminal.style('dim', line) : line));
  terminal.line(printable(`${plural(folders.length, 'folder')} followed.`));
}
