import { chromium, type Browser } from 'playwright-core';
import { chromiumPath } from './chromium-path.ts';

/** A Chromium without a window, that plays without being clicked and stays off the network. */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined)
    throw new Error(
      'No Chromium was found: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.',
    );
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--no-first-run',
      '--autoplay-policy=no-user-gesture-required',
      '--mute-audio',
      ...more,
    ],
  });
}
