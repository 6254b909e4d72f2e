import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { logFolder, openLog } from '../core/log.ts';
import { commands } from './cli/commands/all.ts';
import { defaultLibraryFolder } from './library-folder.ts';
import { restrictNewFiles } from '../core/private-files.ts';
import { run } from './cli/run.ts';
import { openTerminal } from './cli/terminal.ts';

// A reader that has seen enough (`longview library | head -1`) closes the pipe; that is no error.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });

restrictNewFiles();
const controller = new AbortController();
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.on(signal, () => {
    // The first asks for a clean end, the second insists.
    if (controller.signal.aborted) process.exit(exitCode);
    controller.abort(new Error(signal));
  });

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

process.exitCode = await run(process.argv.slice(2), {
  commands,
  terminal: openTerminal(process),
  version,
  signal: controller.signal,
  async open(library, verbose) {
    // Not before a command needs it: help and wrong usage answer at once.
    const { createEngine } = await import('../engine.ts');
    const place = { platform: process.platform, env: process.env, home: homedir() };
    const libraryDir = resolve(library ?? defaultLibraryFolder(place));
    await openLog({ folder: logFolder(libraryDir), verbose });
    return createEngine({ libraryDir, version });
  },
});
