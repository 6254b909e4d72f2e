import { after, before } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../../build/chromium.ts';
import { chromiumPath } from '../../build/chromium-path.ts';

export { chromiumPath };

/** Why browser specs are left out on this machine; false where they run. */
export const noBrowser: string | false =
  chromiumPath() === undefined &&
  'no Chromium was found: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH';

/** One browser for a file of specs. */
export function useBrowser(): { open: (url: string, options?: BrowserContextOptions) => Promise<Page> } {
  let browser: Browser | undefined;
  before(async () => {
    if (!noBrowser) browser = await launchChromium();
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
      page.setDefaultTimeout(patience);
      page.on('pageerror', (error) => {
        throw error;
      });
      await page.goto(url);
      return page;
    },
  };
}

/** For the slowest machine; nothing waits this long where all is well. */
const patience = 60_000;
