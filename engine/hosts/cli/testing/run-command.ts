import { openTerminal } from '../terminal.ts';
import { run, type Setting } from '../run.ts';
import type { CommandEngine } from '../command.ts';

/** What a command line printed, and how it ended. */
export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command line against a pretended engine and a terminal of 80 columns without colours.
 * @param engine what the commands call; methods that they don't call may be left out
 */
export async function runCommand(
  argv: readonly string[],
  engine: object,
  { commands, version = '1', signal = new AbortController().signal, open }: RunOptions,
): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const sink = (add: (text: string) => void) => ({
    write: (text: string) => (add(text), true),
    isTTY: false,
    columns: 80,
  });
  const exitCode = await run(argv, {
    commands,
    version,
    signal,
    terminal: openTerminal({
      stdout: sink((text) => (stdout += text)),
      stderr: sink((text) => (stderr += text)),
      env: {},
    }),
    open: open ?? (async () => engine as CommandEngine),
  });
  return { exitCode, stdout, stderr };
}

type RunOptions = Pick<Setting, 'commands'> & Partial<Pick<Setting, 'version' | 'signal' | 'open'>>;
