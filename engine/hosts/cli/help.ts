import { optionLabel, usageOf, type Command } from './command.ts';

/** What `longview help` prints. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length), 'version'.length);
  const line = (name: string, summary: string) => `  ${name.padEnd(width)}  ${summary}`;
  return [
    'Longview: ask your own long videos questions. Everything stays on your machine.',
    '',
    'usage: longview <command> [options]',
    '',
    ...commands.map(({ name, summary }) => line(name, summary)),
    line('help', 'this page, or a page on one command: longview help find'),
    line('version', 'the version of Longview'),
    '',
    ...everywhere(),
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 130 cancelled with Ctrl-C.',
  ].join('\n');
}

/** What `longview help <command>` prints. */
export function manual(command: Command): string {
  const names = Object.keys(command.options);
  const label = (name: string) => optionLabel(name, command.optionValues);
  const width = Math.max(...names.map((name) => label(name).length), libraryLabel.length);
  return [
    `longview ${command.name}: ${command.summary}`,
    '',
    ...wrapped(`usage: ${usageOf(command)}`, `usage: longview ${command.name} `.length),
    '',
    ...names.map((name) => `  ${label(name).padEnd(width)}  ${command.optionHelp[name] ?? ''}`.trimEnd()),
    ...everywhere(width),
  ].join('\n');
}

const libraryLabel = '--library <folder>';

/** A usage in lines of at most 80 columns, broken between options only. */
function wrapped(usage: string, indent: number): string[] {
  const parts = usage.split(/ (?=[[(|]|--)/u);
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    if (line !== '' && line.length + 1 + part.length > 80) {
      lines.push(line);
      line = ' '.repeat(indent) + part;
    } else line += line === '' ? part : ` ${part}`;
  }
  return [...lines, line];
}

function everywhere(width = libraryLabel.length): string[] {
  return [
    `  ${libraryLabel.padEnd(width)}  the data folder (default: LONGVIEW_LIBRARY, or this platform's place for it)`,
    `  ${'--json'.padEnd(width)}  one JSON object on stdout and nothing else`,
    `  ${'--verbose'.padEnd(width)}  also show the log: what is decoded, which model runs where, what failed`,
  ];
}
