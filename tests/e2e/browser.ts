import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after, before } from 'node:test';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** Chromium's path: CHROMIUM_PATH, or what lies on the PATH. */
export function chromiumPath(): string | undefined {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

/** Why browser specs are left out on this machine; false where they run. */
export const noBrowser: string | false =
  chromiumPath() === undefined &&
  'no Chromium was found: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH';

/** One browser for a file of specs. */
export function useBrowser(): { open: (url: string, options?: BrowserContextOptions) => Promise<Page> } {
  let browser: Browser | undefined;
  before(async () => {
    if (noBrowser) return;
    browser = await chromium.launch({
      executablePath: chromiumPath()!,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--no-first-run',
        '--autoplay-policy=no-user-gesture-required',
        '--mute-audio',
      ],
    });
  });
  after(() => browser?.close());
  return {
    /** A window of its own (no cookies, no preferences) at an address. Anything it complains about fails the spec. */
    async open(url, options = {}) {
      const context = await browser!.newContext({
        viewport: { width: 1280, height: 800 },
        locale: 'en-GB',
        reducedMotion: 'reduce',
        ...options,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      page.on('pageerror', (error) => {
        throw error;
      });
      await page.goto(url);
      return page;
    },
  };
}
