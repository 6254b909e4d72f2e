import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { probe } from '../../engine/media/index.ts';
import { footageAt } from '../../engine/services/footage-at.ts';
import { pretendVideos } from '../web/pretend-engine.ts';
import { noBrowser } from './browser.ts';
import { seriousFindings, until } from './page.ts';
import { usePretence } from './pretended.ts';
import { ffmpeg } from './stage.ts';

describe('adding footage', { skip: noBrowser, timeout: 300_000 }, () => {
  const { open, footage, folder } = usePretence(4);
  /** The engine's own look at what lies at a path. */
  const engine = {
    footageAt: (request: { paths: string[] }, options?: { signal?: AbortSignal }) =>
      footageAt({ probe }, request, options?.signal),
  };
  const add = async (page: Page, path: string) => {
    await page.getByRole('combobox', { name: 'Path of a folder' }).fill(path);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
  };

  test('on the first run a wrong path is told where it was written', async (t) => {
    await mkdir(join(folder(), 'empty', 'deeper'), { recursive: true });
    await writeFile(join(folder(), 'notes.txt'), 'Buy milk.');
    await writeFile(join(folder(), 'nothing.mp4'), '');
    ffmpeg(['-f', 'lavfi', '-i', 'sine=duration=1', join(folder(), 'sound.m4a')]);
    const { page } = await open(t, { videos: [] }, { engine });
    for (const [path, said] of [
      ['/nope', '"/nope" does not exist.'],
      ['Videos', '"Videos" is no whole path.'],
      ['./Videos', '"./Videos" is no whole path.'],
      ['~nobody/Videos', '"~nobody/Videos" is no whole path.'],
      ['~/no such folder 17', '/no such folder 17" does not exist.'],
      ['file:///nope', '"/nope" does not exist.'],
      ['https://example.com/a.mp4', 'is an address, not a file of this machine.'],
      [join(folder(), 'empty'), 'There is no video in '],
      [join(folder(), 'notes.txt'), 'notes.txt" is not a video that ffmpeg can read.'],
      [join(folder(), 'nothing.mp4'), 'nothing.mp4" is empty.'],
      [join(folder(), 'sound.m4a'), 'sound.m4a" has no video in it'],
    ]) {
      await add(page, path);
      await page.getByRole('alert').getByText(said).waitFor();
      await page.getByRole('heading', { name: 'Find any moment in your footage' }).waitFor();
    }
    assert.deepEqual(await seriousFindings(page), []);
  });

  test('home, addresses of files and quotes are understood', async (t) => {
    const asked: string[][] = [];
    const { page } = await open(
      t,
      { videos: [] },
      {
        engine: {
          ...engine,
          async index({ paths }) {
            asked.push(paths);
            return { videos: [], wallSec: 0, realtimeFactor: 0 };
          },
        },
      },
    );
    for (const path of [`file://${footage()}`, `"${footage()}"`, `  ${footage()} `]) {
      const before = asked.length;
      await add(page, path);
      while (asked.length === before) await page.waitForTimeout(20);
      assert.deepEqual(asked.at(-1), [footage()]);
    }
    // A job that found nothing says so here as well.
    await page.getByText('could not be added').waitFor();
  });

  test('what failed while it was indexed stands in the library, with its reason, until it is dismissed', async (t) => {
    const path = '/footage/Interviews/clip 0002.mp4';
    const error = { code: 'file-truncated' as const, message: 'It is incomplete.', remedy: 'Copy it again.' };
    const broken = { id: null, path: '/footage/broken.mp4', durationSec: null, patches: 0, error };
    const { page } = await open(
      t,
      {},
      {
        engine: {
          async index() {
            return { videos: [{ ...broken, status: 'failed' as const }], wallSec: 0, realtimeFactor: 0 };
          },
        },
      },
    );
    await page.getByRole('button', { name: 'Add footage' }).click();
    await page.getByRole('combobox', { name: 'Path of a folder' }).fill(path);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '1 file or folder could not be added' }).waitFor();
    await page.getByText('It is incomplete.').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('It is incomplete.').waitFor({ state: 'detached' });
  });

  test('files that wait can be seen, and one of them put first; a failed one tells why and is tried again', async (t) => {
    const videos = [...pretendVideos(1), ...pretendVideos(4, 'pending').slice(1)];
    videos[3] = {
      ...videos[3],
      status: 'failed',
      error: { code: 'file-truncated', message: 'It is incomplete.', remedy: 'Copy it again.' },
    };
    const { page } = await open(t, { videos, pace: 400 });
    const tile = (name: string) => page.locator('main article', { hasText: name });
    await tile('clip 0002').getByText('Waiting').waitFor();
    await until(page, `document.querySelectorAll('main article img').length === 4`);
    await tile('clip 0004').getByText('It is incomplete.').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    // Something else is being worked on.
    await page.getByRole('button', { name: 'Add footage' }).click();
    await page.getByRole('combobox', { name: 'Path of a folder' }).fill(videos[1].path);
    await page.keyboard.press('Enter');
    await tile('clip 0002').getByText('Indexing').waitFor();
    await tile('clip 0003').hover();
    await page.getByRole('button', { name: 'More for clip 0003.mp4' }).click();
    await page.getByRole('menuitem', { name: 'Index this first' }).click();
    await tile('clip 0003').getByText('Indexing').waitFor();
    await tile('clip 0002').getByText('Waiting').waitFor();
    await tile('clip 0004').getByRole('button', { name: 'Try again' }).click();
    await tile('clip 0004').getByText('Indexing').waitFor();
    await tile('clip 0004').getByText('It is incomplete.').waitFor({ state: 'detached' });
  });

  test('a file that is dropped on a browser is not gone to: its path is asked for', async (t) => {
    const { page } = await open(t, { videos: pretendVideos(3) });
    await page.getByText('3 videos').waitFor();
    const went = await page.evaluate<boolean>(`(() => {
      const carried = new DataTransfer();
      carried.items.add(new File(['x'], 'holiday.mp4', { type: 'video/mp4' }));
      const over = new DragEvent('dragover', { dataTransfer: carried, bubbles: true, cancelable: true });
      const drop = new DragEvent('drop', { dataTransfer: carried, bubbles: true, cancelable: true });
      return document.body.dispatchEvent(over) || document.body.dispatchEvent(drop);
    })()`);
    assert.equal(went, false, 'the browser would open the file in place of the window');
    await page.getByRole('dialog').getByText('A browser doesn’t tell where “holiday.mp4” lies').waitFor();
    await until(page, `document.activeElement?.matches('dialog input')`);
    assert.deepEqual(await seriousFindings(page), []);
  });
});
