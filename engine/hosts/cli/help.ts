import type { Command } from './command.ts';

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
  const label = (name: string) =>
    command.options[name].type === 'string' ? `--${name} ${name.toUpperCase()}` : `--${name}`;
  const width = Math.max(...names.map((name) => label(name).length), '--library DIR'.length);
  return [
    `longview ${command.name}: ${command.summary}`,
    '',
    `usage: longview ${command.name} ${command.usage}`.trimEnd(),
    '',
    ...names.map((name) => `  ${label(name).padEnd(width)}  ${command.optionHelp[name] ?? ''}`.trimEnd()),
    ...everywhere(width),
  ].join('\n');
}

function everywhere(width = '--library DIR'.length): string[] {
  return [
    `  ${'--library DIR'.padEnd(width)}  the data folder (default: LONGVIEW_LIBRARY, or this platform's place for it)`,
    `  ${'--json'.padEnd(width)}  one JSON object on stdout and nothing else`,
    `  ${'--verbose'.padEnd(width)}  also show the log: what is decoded, which model runs where, what failed`,
  ];
}
