import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { chromiumPath } from './chromium-path.ts';

/** A Chromium without a window, that plays without being clicked, stays off the network and leaves nothing behind. */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined)
    throw new Error(
      'No Chromium was found: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.',
    );
  // Reports of crashes and settings of the desktop go into the user's own folders, whatever profile is given.
  const settings = mkdtempSync(join(tmpdir(), 'longview-chromium-'));
  const forget = () => rmSync(settings, { recursive: true, force: true, maxRetries: 3 });
  try {
    const browser = await chromium.launch({
      executablePath,
      env: { ...process.env, XDG_CONFIG_HOME: settings, GSETTINGS_BACKEND: 'memory' },
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        // Whatever else it would like to fetch has no address; this machine's is a number, or known without asking.
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]',
        '--no-first-run',
        '--autoplay-policy=no-user-gesture-required',
        '--mute-audio',
        ...more,
      ],
    });
    browser.on('disconnected', forget);
    return browser;
  } catch (error) {
    forget();
    throw error;
  }
}
