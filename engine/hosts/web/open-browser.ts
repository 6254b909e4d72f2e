import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../core/temporary.ts';

/** A browser that was asked to open an address. */
export interface Opened {
  /** False where none could be started. */
  opened: boolean;
  /** Deletes the page that leads there. */
  forget(): Promise<void>;
}

/** No browser takes longer to start. */
const patienceMs = 120_000;

/**
 * Opens an address in the person's browser, where there is one. The address holds a code, and every account of the
 * machine can read command lines: what is named there is a page that only this account can read, and that leads on.
 */
export async function openBrowser(
  url: string,
  platform: NodeJS.Platform = process.platform,
): Promise<Opened> {
  // Without a display xdg-open starts a text browser in this terminal.
  if (platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { opened: false, forget: async () => undefined };
  const folder = await temporaryFolder('open');
  const page = join(folder, 'longview.html');
  await writeFile(page, pageTo(url), { mode: 0o600 });
  const [command, ...args] =
    platform === 'darwin'
      ? ['open', page]
      : platform === 'win32'
        ? // `start` is a word of the shell; rundll32 takes the path as it is.
          ['rundll32', 'url.dll,FileProtocolHandler', page]
        : ['xdg-open', page];
  const opened = await new Promise<boolean>((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false));
    child.on('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
  const forget = async () => {
    clearTimeout(timer);
    await rm(folder, { recursive: true, force: true });
  };
  const timer = setTimeout(() => void forget(), patienceMs);
  timer.unref();
  if (!opened) await forget();
  return { opened, forget };
}

/** @param url one of our own: nothing in it means anything in HTML */
function pageTo(url: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url=${url}">
<title>Longview</title>
<a href="${url}">Longview</a>
`;
}
