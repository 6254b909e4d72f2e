import { parseArgs, type ParseArgsConfig } from 'node:util';
import { givenPath } from '../../media/given-path.ts';
import type { AskMeasures, AskTools } from '../../protocol/asking.ts';
import type { Engine, ModelTools } from '../../protocol/engine.ts';
import type { LibraryView } from '../../protocol/view.ts';
import type { TranscriptTools } from '../../protocol/transcript.ts';
import type { WindowTools } from '../../protocol/window.ts';
import type { Terminal } from './terminal.ts';
import { suggestion, UsageError } from './usage.ts';

/** The engine as commands use it. */
export type CommandEngine = Engine &
  AskTools &
  AskMeasures &
  ModelTools &
  TranscriptTools &
  Pick<LibraryView, 'answers' | 'editAnswer'> &
  Pick<WindowTools, 'catalogue' | 'downloadModel' | 'removeModel'>;

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
  /** What comes after the name: `"<words>" [--in ID|PATH]`. */
  usage: string;
  /** Its own options; --library, --json and --help are everybody's. */
  options: NonNullable<ParseArgsConfig['options']>;
  /** A line on each option, for `longview help <command>`. */
  optionHelp: Record<string, string>;
  /** How many words it takes. */
  words: { min: number; max: number; what: string };
  run(context: Context, given: Arguments): Promise<Outcome>;
}

const everybodys = {
  library: { type: 'string' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * Parses what comes after a command's name.
 * @throws UsageError for an unknown option, an option without its value, or too few or too many words.
 */
export function parseCommand(command: Command, args: readonly string[]): Arguments {
  const options = { ...command.options, ...everybodys };
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
        `Write ${token.rawName} VALUE; a value that begins with a dash as ${token.rawName}=VALUE.`,
      );
  }
  const given = withHome(command, { words: positionals, options: values });
  if (!given.options.help) countWords(command, positionals);
  return given;
}

/** Options of any command that name files and folders, and the commands whose words do. */
const pathOptions = ['library', 'out', 'in', 'video', 'folder'];
const pathCommands = ['index', 'models', 'history', 'remove'];

/** Shells make `~` the home folder at a word's beginning alone, not in `--out=~/clips`, and know no `file:` addresses. */
function withHome({ name }: Command, { words, options }: Arguments): Arguments {
  const whole = (text: string) => (/^(?:~$|~[/\\]|file:\/\/)/i.test(text) ? givenPath(text) : text);
  const entries = Object.entries(options).map(([option, value]) => {
    if (!pathOptions.includes(option) || value === undefined || typeof value === 'boolean')
      return [option, value] as const;
    return [option, typeof value === 'string' ? whole(value) : value.map(whole)] as const;
  });
  return {
    words: pathCommands.includes(name) ? words.map(whole) : words,
    options: Object.fromEntries(entries),
  };
}

function looksLikeOption(token: { value?: string; inlineValue?: boolean }): boolean {
  // A number may be negative: that it is wrong for this option is for the engine to say.
  return !token.inlineValue && /^-[^\d.]/.test(token.value!);
}

function countWords(command: Command, words: readonly string[]): void {
  const { min, max, what } = command.words;
  const correct = `Usage: longview ${command.name} ${command.usage}`.trimEnd();
  if (words.length < min) throw new UsageError(`${command.name} needs ${what}`, correct);
  if (words.length > max)
    throw new UsageError(
      `${command.name} doesn't know what to do with ${JSON.stringify(words[max])}`,
      max === 0 ? correct : `Put words that belong together in quotes. ${correct}`,
    );
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
