// `npm start`: the desktop window where Electron can be had, the browser otherwise. Takes what `longview serve` takes.
//   node build/start.ts [--browser] [--library DIR] [--port N] [--host ADDRESS] [FILE…]
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { electronProgram, noWindow } from './electron-program.ts';
import { buildRenderer, rendererBuilt } from './renderer.ts';

const say = (text: string) => process.stderr.write(`${text}\n`);
const args = process.argv.slice(2);
const browser = args.indexOf('--browser');
if (browser >= 0) args.splice(browser, 1);

if (!rendererBuilt()) {
  say('Building the interface…');
  await buildRenderer();
}
const reason = browser >= 0 ? '--browser was given' : await openWindow();
if (reason !== undefined) {
  say(`Longview opens in your browser, because ${reason}.`);
  process.argv.splice(2, Infinity, 'serve', '--open', ...args);
  await import('../engine/hosts/cli.ts');
}

/** Opens the desktop window. @returns why it can't be, as part of a sentence */
async function openWindow(): Promise<string | undefined> {
  const { values, positionals } = parseArgs({ args, strict: false, allowPositionals: true });
  if (values.port !== undefined || values.host !== undefined) return 'an address was given';
  if (values.help !== undefined) return 'this is how to choose where';
  const obstacle = noWindow(process.platform, process.env, process.getuid?.());
  if (obstacle !== undefined) return obstacle;
  const electron = electronProgram(say);
  if ('missing' in electron) return electron.missing;
  const { buildShell, shellBuilt, shellFolder } = await import('./shell.ts');
  const { makeIcons } = await import('./packaging/icons.ts');
  if (!shellBuilt()) {
    say('Building the desktop shell…');
    await buildShell();
    await makeIcons();
  }
  const library = typeof values.library === 'string' ? { LONGVIEW_LIBRARY: resolve(values.library) } : {};
  const child = spawn(electron.program, [shellFolder, ...positionals], {
    stdio: 'inherit',
    env: { ...process.env, ...library },
  });
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => (process.exitCode = code ?? 1));
  return undefined;
}
