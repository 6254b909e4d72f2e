import { LongviewError } from '../../protocol/errors.ts';
import { parseCommand, type Command, type CommandEngine, type Context } from './command.ts';
import { manual, overview } from './help.ts';
import { harmlessJson } from './format.ts';
import { suggestion, UsageError } from './usage.ts';
import type { Terminal } from './terminal.ts';

/** What the command line runs in. */
export interface Setting {
  commands: readonly Command[];
  terminal: Terminal;
  version: string;
  signal: AbortSignal;
  /** Opens the engine on a data folder; undefined is the default one. */
  open(library: string | undefined, verbose: boolean): Promise<CommandEngine>;
}

/**
 * Runs one command line and prints what it made.
 * @param argv the words after the program's name
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 130 cancelled
 */
export async function run(argv: readonly string[], setting: Setting): Promise<number> {
  const { terminal } = setting;
  const json = wantsJson(argv);
  try {
    const { result, exitCode } = await dispatch(argv, json, setting);
    terminal.clear();
    if (json) terminal.line(harmlessJson(result));
    return exitCode;
  } catch (error) {
    terminal.clear();
    return report(error, json, setting);
  }
}

async function dispatch(
  argv: readonly string[],
  json: boolean,
  setting: Setting,
): Promise<{ result: unknown; exitCode: number }> {
  const { terminal, commands, version } = setting;
  // Options may stand before the command, as in `longview --library DIR find …`.
  const at = commandAt(argv);
  const name = at < 0 ? undefined : argv[at];
  const rest = at < 0 ? [...argv] : [...argv.slice(0, at), ...argv.slice(at + 1)];
  if (name === 'version' || (!name && (rest.includes('--version') || rest.includes('-v')))) {
    if (!json) terminal.line(version);
    return { result: { version }, exitCode: 0 };
  }
  if (name === undefined || name === 'help') return help(rest, json, setting, name === undefined);
  const command = lookUp(name, commands);
  const given = parseCommand(command, rest);
  if (given.options.help) return help([command.name], json, setting, false);

  let engine: Promise<CommandEngine> | undefined;
  const context: Context = {
    engine: () =>
      (engine ??= setting.open(given.options.library as string | undefined, given.options.verbose === true)),
    terminal,
    json,
    signal: setting.signal,
  };
  try {
    const { result, exitCode = 0 } = await command.run(context, given);
    return { result, exitCode };
  } finally {
    // An engine that failed to open has told so already.
    await engine?.then(
      (opened) => opened.close(),
      () => undefined,
    );
  }
}

function help(
  words: readonly string[],
  json: boolean,
  { commands, terminal, version }: Setting,
  wrong: boolean,
): { result: unknown; exitCode: number } {
  const stray = words.find((word) => word.startsWith('-') && !['--json', '--help', '-h'].includes(word));
  if (wrong && stray !== undefined)
    throw new UsageError(
      `there is no option ${JSON.stringify(stray)} without a command`,
      'See "longview help".',
    );
  const about = words.find((word) => !word.startsWith('-'));
  const asked = words.includes('--help') || words.includes('-h');
  if (wrong && !asked && json) throw new UsageError('a command is missing', 'See "longview help".');
  const page = about === undefined ? overview(commands) : manual(lookUp(about, commands));
  if (!json) terminal.line(page);
  return { result: { version, help: page }, exitCode: wrong && !asked ? 2 : 0 };
}

function lookUp(name: string, commands: readonly Command[]): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return command;
  const near = suggestion(name, [...commands.map((candidate) => candidate.name), 'help', 'version']);
  throw new UsageError(
    `there is no command ${JSON.stringify(name)}`,
    near ? `Did you mean "longview ${near}"?` : 'See "longview help".',
  );
}

/** Where the command's name stands: the first word that is neither an option nor --library's value. */
function commandAt(argv: readonly string[]): number {
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === '--') return -1;
    if (argv[i] === '--library') i++;
    else if (!argv[i].startsWith('-')) return i;
  }
  return -1;
}

function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json');
}

/** Tells what went wrong: people on stderr, programs on stdout. @returns the exit code. */
function report(error: unknown, json: boolean, { terminal, signal }: Setting): number {
  const { code, message, remedy } = plain(error);
  if (json) terminal.line(harmlessJson({ error: { code, message, remedy } }));
  else {
    terminal.note(`longview: ${message.replace(/\.$/, '')}. ${remedy}`.trimEnd());
    if (code === 'internal' && error instanceof Error) terminal.note(error.stack ?? '');
  }
  if (error instanceof UsageError) return 2;
  return code === 'cancelled' && signal.aborted ? 130 : 1;
}

function plain(error: unknown): { code: string; message: string; remedy: string } {
  if (error instanceof UsageError)
    return { code: 'bad-argument', message: error.message, remedy: error.remedy };
  if (error instanceof LongviewError) return error.toData();
  return {
    code: 'internal',
    message: `This is a bug in Longview: ${error instanceof Error ? error.message : String(error)}`,
    remedy:
      'Please report it, with the command that you typed and the file that "longview doctor --report <file>" writes.',
  };
}
