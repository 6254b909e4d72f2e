import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, type Page } from 'playwright-core';
import type { useBrowser } from './browser.ts';

const root = resolve(import.meta.dirname, '../..');

/** The interface before the real engine, as people start it. */
export interface RealHost {
  page: Page;
  /** Ends it as a crash does, and with it the window. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** Opens it in the browser; in the desktop window where LONGVIEW_ELECTRON names Electron's program. */
export function openRealHost(library: string, browser: ReturnType<typeof useBrowser>): Promise<RealHost> {
  const program = process.env.LONGVIEW_ELECTRON;
  return program === undefined ? openWeb(library, browser) : openDesktop(library, program);
}

/** `longview serve` as a process of its own. */
async function openWeb(library: string, browser: ReturnType<typeof useBrowser>): Promise<RealHost> {
  const child = spawn(process.execPath, ['engine/hosts/cli.ts', 'serve', '--library', library], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let url: string | undefined;
  for await (const line of createInterface({ input: child.stderr })) {
    url = /http:\S+/.exec(line)?.[0];
    if (url) break;
  }
  if (!url) throw new Error('longview serve ended without saying where it is');
  const page = await browser.open(url);
  return {
    page,
    async crash() {
      await end(child, 'SIGKILL');
      await page.getByText('The engine is not running.').waitFor();
      await page.context().close();
    },
    async close() {
      await page.context().close();
      await end(child, 'SIGTERM');
    },
  };
}

/** The desktop application. A crash is one of its main process, which takes engine and window with it. */
async function openDesktop(library: string, program: string): Promise<RealHost> {
  const app = await _electron.launch({
    executablePath: program,
    args: [join(root, 'dist', 'electron'), '--lang=en-GB', `--user-data-dir=${library}-profile`],
    env: { ...(process.env as Record<string, string>), LONGVIEW_LIBRARY: library },
  });
  const page = await app.firstWindow();
  return {
    page,
    crash: () => end(app.process(), 'SIGKILL'),
    close: () => app.close(),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
