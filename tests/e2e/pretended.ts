import { after, before, type TestContext } from 'node:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { pretendEngine, pretendVideos, type Pretence } from '../web/pretend-engine.ts';
import { useBrowser } from './browser.ts';
import { makeFootage, serveEngine } from './stage.ts';
import type { ServedEngine } from '../../engine/hosts/session.ts';

/** A window on a pretended library. */
export interface PretendedWindow {
  page: Page;
  pretence: Pretence;
  close: () => Promise<void>;
}

/** How a window is opened: at an address, on an engine some of whose methods are other ones. */
export type OpenOptions = Parameters<ReturnType<typeof useBrowser>['open']>[1] & {
  hash?: string;
  engine?: Partial<ServedEngine>;
};

/** An engine with some methods of another; what fails by the pretence may change while it runs. */
function withOthers(engine: ServedEngine, others: Partial<ServedEngine>): ServedEngine {
  return new Proxy(engine, {
    get: (base, name): unknown => Reflect.get(others, name) ?? Reflect.get(base, name),
  });
}

/** What a file of specs needs: footage, a folder for more of it, and windows on pretended libraries. */
export function usePretence(seconds = 20) {
  const browser = useBrowser();
  const made: { footage?: Awaited<ReturnType<typeof makeFootage>>; folder?: string } = {};
  before(async () => {
    made.footage = await makeFootage(seconds);
    made.folder = await mkdtemp(join(tmpdir(), 'longview-pretended-'));
  });
  after(async () => {
    await made.footage?.remove();
    if (made.folder) await rm(made.folder, { recursive: true });
  });
  return {
    footage: () => made.footage!.video,
    folder: () => made.folder!,
    open: async (
      t: TestContext,
      given: Partial<Pretence> = {},
      { hash = '', engine = {}, ...options }: OpenOptions = {},
    ): Promise<PretendedWindow> => {
      const pretence: Pretence = {
        videos: pretendVideos(6),
        footage: made.footage!.video,
        stills: [made.footage!.still],
        ...given,
      };
      const host = await serveEngine(withOthers(pretendEngine(pretence), engine));
      const page = await browser.open(host.url, options);
      t.after(async () => {
        await page.context().close();
        await host.close();
      });
      if (pretence.videos.length > 0) await page.locator('main').waitFor();
      if (hash !== '') await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      return { page, pretence, close: () => host.close() };
    },
  };
}
