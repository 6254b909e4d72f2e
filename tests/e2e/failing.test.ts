import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LongviewError } from '../../engine/protocol/errors.ts';
import { pretendVideos } from '../web/pretend-engine.ts';
import { noBrowser } from './browser.ts';
import { seriousFindings } from './page.ts';
import { usePretence } from './pretended.ts';

describe('what fails', { skip: noBrowser, timeout: 300_000 }, () => {
  const { open } = usePretence();

  test('a search that fails says why, once, and is tried again when somebody wants it', async (t) => {
    const { page, pretence } = await open(t);
    let asked = 0;
    page.on('request', (request) => {
      if (request.postData()?.includes('"method":"find"')) asked++;
    });
    pretence.failing = { find: ['library-damaged', 'The library is damaged.', 'Restore it from a backup.'] };
    await page.keyboard.press('/');
    await page.keyboard.type('a cup');
    await page.getByRole('alert').getByText('The library is damaged.').waitFor();
    await page.getByText('Restore it from a backup.').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    const before = asked;
    await page.waitForTimeout(500);
    assert.equal(asked, before, 'nothing asks by itself');
    pretence.failing = {};
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: '6 moments' }).waitFor();
    assert.equal(asked, before + 1);
  });

  test('a removed video can be had back, and is forgotten a little later', async (t) => {
    const { page, pretence } = await open(t, { videos: pretendVideos(3) });
    const remove = async (name: string) => {
      await page.getByRole('link', { name }).hover();
      await page.getByRole('button', { name: `More for ${name}.mp4` }).click();
      await page.getByRole('menuitem', { name: 'Remove from library' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove from library' }).click();
      await page.getByText('2 videos ·').waitFor();
    };
    await remove('clip 0001');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('3 videos ·').waitFor();
    assert.equal(pretence.videos.length, 3);
    await remove('clip 0002');
    while (pretence.videos.length === 3) await page.waitForTimeout(100);
    assert.deepEqual(
      pretence.videos.map(({ id }) => id),
      ['video-0', 'video-2'],
    );
  });

  test('while a new export runs nothing is told of the last, and what fails stands there', async (t) => {
    let asked = 0;
    const { page } = await open(
      t,
      {},
      {
        hash: '#/search?q=cup',
        engine: {
          async exportMoments({ title, moments, format }) {
            if (++asked > 1) await new Promise((done) => setTimeout(done, 1500));
            if (asked > 2)
              throw new LongviewError('disk-full', 'There is no room for "cup.csv".', 'Free some space.');
            const text = `${moments.length}`;
            return {
              name: `${title}.${format}`,
              out: null,
              text,
              moments: moments.length,
              notes: [],
              skipped: [],
            };
          },
        },
      },
    );
    await page.getByRole('button', { name: 'Export…' }).first().click();
    const dialog = page.getByRole('dialog');
    const go = dialog.getByRole('button', { name: 'Export', exact: true });
    await go.click();
    await dialog.getByText('6 moments in cup.edl').waitFor();
    await go.click();
    await dialog.getByRole('progressbar').waitFor();
    assert.equal(await dialog.getByText('6 moments in cup.edl').count(), 0);
    await dialog.getByText('6 moments in cup.edl').waitFor();
    await go.click();
    await dialog.getByText('Free some space.').waitFor();
    assert.equal(await dialog.getByText('6 moments in cup.edl').count(), 0);
    assert.deepEqual(await seriousFindings(page), []);
  });

  test('a paused job tells how far it is', async (t) => {
    const videos = [...pretendVideos(1), ...pretendVideos(2, 'pending').slice(1)];
    const { page } = await open(t, { videos, pace: 200 });
    await page.getByRole('button', { name: 'Add footage' }).click();
    await page.getByRole('combobox', { name: 'Path of a folder' }).fill(videos[1].path);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Activity' }).click();
    await page
      .getByText(/^[1-9]\d?%$/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused. What is done so far is kept.').waitFor();
    await page
      .getByText(/^[1-9]\d?%$/)
      .first()
      .waitFor();
    await page.getByRole('progressbar').waitFor();
  });
});
