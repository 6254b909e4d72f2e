import { parseArgs, type ParseArgsConfig } from 'node:util';
import { givenPath } from '../../media/given-path.ts';
import type { AskMeasures, AskTools } from '../../protocol/asking.ts';
import type { LibraryBackups } from '../../protocol/backup.ts';
import type { Engine, ModelTools } from '../../protocol/engine.ts';
import type { LibraryView } from '../../protocol/view.ts';
import type { WatchedFolders } from '../../protocol/folders.ts';
import type { Keeping } from '../../protocol/keeping.ts';
import type { TeamTools } from '../../protocol/team.ts';
import type { TranscriptTools } from '../../protocol/transcript.ts';
import type { WindowTools } from '../../protocol/window.ts';
import type { Terminal } from './terminal.ts';
import { suggestion, UsageError } from './usage.ts';

/** The engine as commands use it. */
export type CommandEngine = Engine &
  AskTools &
  AskMeasures &
  ModelTools &
  LibraryBackups &
  TranscriptTools &
  Keeping & { team: TeamTools } & Omit<WatchedFolders, 'completePath' | 'followFolders'> &
  Pick<LibraryView, 'answers' | 'editAnswer'> &
  Pick<WindowTools, 'catalogue' | 'downloadModel' | 'removeModel' | 'exportMoments'>;

/** What a command works with. */
export interface Context {
  /** Opens the engine on the chosen library (once; it is closed when the command ends). */
  engine: () => Promise<CommandEngine>;
  terminal: Terminal;
  /** True with --json: the command returns its result and prints nothing on stdout. */
  json: boolean;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** The words and options after a command's name. */
export interface Arguments {
  words: string[];
  options: Record<string, string | boolean | string[] | undefined>;
}

/** What a command made: the object that --json prints, and the exit code (0 where absent). */
export interface Outcome {
  result: unknown;
  exitCode?: 0 | 1;
}

/** One command of the command line. */
export interface Command {
  name: string;
  /** One line for `longview help`. */
  summary: string;
  /**
   * What comes right after the name: `"<words>"`. Options that must be given, or exclude each other, stand here too;
   * {@link usageOf} adds all others.
   */
  usage: string;
  /** Its own options; --library, --json and --help are everybody's. */
  options: NonNullable<ParseArgsConfig['options']>;
  /** What stands for the value of each option that takes one: `<video|folder>`. */
  optionValues: Record<string, string>;
  /** A line on each option, for `longview help <command>`. */
  optionHelp: Record<string, string>;
  /** Names that options had once, each with today's: what people wrote into scripts goes on working. */
  formerOptions?: Record<string, string>;
  /** How many words it takes. */
  words: { min: number; max: number; what: string };
  run(context: Context, given: Arguments): Promise<Outcome>;
}

/** What stands for the values of a command's options, and of those that every command takes. */
function valueNames({ optionValues }: Command): Record<string, string> {
  return { ...optionValues, library: '<folder>' };
}

const everybodys = {
  library: { type: 'string' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The whole usage of a command: `longview find "<words>" [--in <video|folder>]…`. */
export function usageOf({ name, usage, options, optionValues }: Command): string {
  const rest = Object.entries(options)
    .filter(([option]) => !new RegExp(`--${option}(?![\\w-])`).test(usage))
    .map(([option, { multiple }]) => `[${optionLabel(option, optionValues)}]${multiple ? '…' : ''}`);
  return ['longview', name, usage, ...rest].filter((part) => part !== '').join(' ');
}

/** An option with what stands for its value: `--in <video|folder>`. */
export function optionLabel(name: string, values: Record<string, string>): string {
  return values[name] === undefined ? `--${name}` : `--${name} ${values[name]}`;
}

/**
 * Parses what comes after a command's name.
 * @throws UsageError for an unknown option, an option without its value, or too few or too many words.
 */
export function parseCommand(command: Command, args: readonly string[]): Arguments {
  const options = { ...command.options, ...everybodys };
  args = withTodaysNames(args, command.formerOptions ?? {});
  const { tokens, values, positionals } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = (options as Record<string, { type: string }>)[token.name];
    if (!option) throw unknownOption(command, token.rawName, Object.keys(options));
    if (option.type === 'boolean' && token.value !== undefined)
      throw new UsageError(
        `${token.rawName} takes no value, got ${JSON.stringify(token.value)}`,
        `Write it as ${token.rawName}.`,
      );
    if (option.type === 'string' && (token.value === undefined || looksLikeOption(token)))
      throw new UsageError(
        `${token.rawName} needs a value`,
        `Write ${optionLabel(token.name, valueNames(command))}; a value that begins with a dash as ${token.rawName}=<value>.`,
      );
  }
  const given = withHome(command, { words: positionals, options: values });
  if (!given.options.help) countWords(command, positionals);
  return given;
}

/** What stands for the value of an option that names a file or folder, and the commands whose words do. */
const pathValue = /file|folder|video/;
const pathCommands = ['index', 'models', 'history', 'remove', 'folders'];

/** Shells make `~` the home folder at a word's beginning alone, not in `--out=~/clips`, and know no `file:` addresses. */
function withHome(command: Command, { words, options }: Arguments): Arguments {
  const values = valueNames(command);
  const whole = (text: string) => (/^(?:~$|~[/\\]|file:\/\/)/i.test(text) ? givenPath(text) : text);
  const entries = Object.entries(options).map(([option, value]) => {
    if (!pathValue.test(values[option] ?? '') || value === undefined || typeof value === 'boolean')
      return [option, value] as const;
    return [option, typeof value === 'string' ? whole(value) : value.map(whole)] as const;
  });
  return {
    words: pathCommands.includes(command.name) ? words.map(whole) : words,
    options: Object.fromEntries(entries),
  };
}

/** The words with options by the names that they have today; what stands after -- is none. */
function withTodaysNames(args: readonly string[], former: Record<string, string>): readonly string[] {
  const end = args.indexOf('--');
  return args.map((word, i) => {
    const [, name, rest] = /^--([\w-]+)(=.*)?$/su.exec(word) ?? [];
    const today = end >= 0 && i >= end ? undefined : former[name];
    return today === undefined ? word : `--${today}${rest ?? ''}`;
  });
}

function looksLikeOption(token: { value?: string; inlineValue?: boolean }): boolean {
  // A number may be negative: that it is wrong for this option is for the engine to say.
  return !token.inlineValue && /^-[^\d.]/.test(token.value!);
}

function countWords(command: Command, words: readonly string[]): void {
  const { min, max, what } = command.words;
  const correct = `Usage: longview ${command.name} ${command.usage}`.trimEnd() + moreOptions(command);
  if (words.length < min) throw new UsageError(`${command.name} needs ${what}`, correct);
  if (words.length > max)
    throw new UsageError(
      `${command.name} doesn't know what to do with ${JSON.stringify(words[max])}`,
      max === 0 ? correct : `Put words that belong together in quotes. ${correct}`,
    );
}

/** The short usage points to the page that lists the options. */
function moreOptions({ name, options }: Command): string {
  return Object.keys(options).length === 0 ? '' : ` (options: "longview help ${name}")`;
}

function unknownOption(command: Command, name: string, known: readonly string[]): UsageError {
  const near = suggestion(name.replace(/^-+/, ''), known);
  return new UsageError(
    `${command.name} has no option ${JSON.stringify(name)}`,
    near
      ? `Did you mean --${near}?`
      : `See "longview help ${command.name}"; for a name that begins with a dash, put -- before it.`,
  );
}

/** An option that must be a number; what isn't one goes on as text, so that the engine's message can quote it. */
export function numeric(value: Arguments['options'][string]): number | undefined {
  if (typeof value !== 'string') return undefined;
  const number = value.trim() === '' ? NaN : Number(value);
  return Number.isFinite(number) ? number : (value as unknown as number);
}
