import { clock } from '../../../protocol/clock.ts';
import { table } from '../table.ts';
import type { Command } from '../command.ts';

/** `longview library`: the videos and their state. */
export const libraryCommand: Command = {
  name: 'library',
  summary: 'list the videos of the library with their state',
  usage: '',
  options: {},
  optionValues: {},
  optionHelp: {},
  words: { min: 0, max: 0, what: 'nothing' },
  async run({ engine, terminal, json }) {
    const result = await (await engine()).library();
    if (json) return { result };
    const rows = result.videos.map((video) => [
      video.id,
      video.path,
      video.durationSec === null ? '-' : clock(video.durationSec),
      String(video.patches),
      video.status,
    ]);
    const columns = [
      { title: 'id' },
      { title: 'video', shrink: 'middle' as const },
      { title: 'length', right: true },
      { title: 'temporal patches', right: true },
      { title: 'state' },
    ];
    if (rows.length === 0)
      terminal.line(`The library in ${result.folder} is empty. Add videos with "longview index <folder>".`);
    else
      table(columns, rows, terminal.width).forEach((line, i) =>
        terminal.line(i === 0 ? terminal.style('dim', line) : line),
      );
    for (const { path, error } of result.videos)
      if (error) terminal.note(`${path}: ${error.message} ${error.remedy}`);
    return { result };
  },
};

/** `longview remove`: forgets a video; the footage stays. */
export const removeCommand: Command = {
  name: 'remove',
  summary: 'forget a video (the file itself is never touched)',
  usage: '<video>',
  options: {},
  optionValues: {},
  optionHelp: {},
  words: { min: 1, max: 1, what: 'the id or path of a video' },
  async run({ engine, terminal, json }, { words }) {
    const result = await (await engine()).remove({ video: words[0] });
    if (!json)
      terminal.line(`Removed ${result.removed.path} from the library; the file itself was not touched.`);
    return { result };
  },
};
