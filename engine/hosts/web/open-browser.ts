import { spawn } from 'node:child_process';

/**
 * Opens an address in the person's browser, where there is one.
 * @returns false where none could be started
 */
export async function openBrowser(
  url: string,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  const [command, ...args] =
    platform === 'darwin'
      ? ['open', url]
      : platform === 'win32'
        ? // `start` is a word of the shell; rundll32 takes the address as it is.
          ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  // Without a display xdg-open starts a text browser in this terminal.
  if (platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return false;
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false));
    child.on('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
