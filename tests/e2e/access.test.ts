import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServedEngine } from '../../engine/hosts/session.ts';
import { pretendVideos } from '../web/pretend-engine.ts';
import { noBrowser } from './browser.ts';
import { allFindings, until, visit } from './page.ts';
import { usePretence } from './pretended.ts';

const views = [
  '#/',
  '#/search?q=cup',
  '#/search?q=zebra',
  '#/video/video-0?q=cup',
  '#/video/video-0',
  '#/video/video-1',
  '#/ask',
  '#/activity',
  '#/settings',
];
const never = () => new Promise<never>(() => {});
const broken: [code: 'library-damaged', message: string, remedy: string] = [
  'library-damaged',
  'The library is damaged.',
  'Restore it from a backup.',
];

describe('for everybody', { skip: noBrowser, timeout: 600_000 }, () => {
  const { open } = usePretence(4);

  for (const colorScheme of ['dark', 'light'] as const)
    test(`axe finds nothing on any view, ${colorScheme}, at rest and while there is work`, async (t) => {
      const videos = [...pretendVideos(1), ...pretendVideos(6, 'pending').slice(1)];
      videos[2] = {
        ...videos[2],
        status: 'failed',
        error: { code: broken[0], message: broken[1], remedy: broken[2] },
      };
      videos[3] = { ...videos[3], status: 'missing' };
      const { page } = await open(t, { videos, pace: 30_000 }, { colorScheme });
      await page.getByText('6 videos').waitFor();
      await page.getByRole('button', { name: 'Add footage' }).click();
      await page.getByRole('combobox', { name: 'Path of a folder' }).fill(videos[1].path);
      await page.keyboard.press('Enter');
      await page.getByRole('progressbar').first().waitFor();
      for (const hash of views) {
        await visit(page, hash);
        await page.locator('h1').first().waitFor();
        await until(page, `document.querySelectorAll('h1').length === 1`);
        assert.deepEqual(await allFindings(page), [], hash);
      }
      await page.locator('summary', { hasText: 'Advanced' }).click();
      await page.getByText('somebody/reader-2b').first().waitFor();
      assert.deepEqual(await allFindings(page), [], 'advanced settings');
      await visit(page, '#/ask');
      await page.getByRole('textbox', { name: 'Question about your library' }).fill('What happens?');
      await page.keyboard.press('Enter');
      await page.getByText('Reading the video…').first().waitFor();
      assert.deepEqual(await allFindings(page), [], 'an answer on its way');
    });

  test('axe finds nothing while everything is still loading', async (t) => {
    const slow: Partial<ServedEngine> = {
      find: never,
      video: never,
      answers: never,
      models: never,
      limits: never,
    };
    const { page } = await open(t, {}, { engine: { ...slow, storage: never, doctor: never } });
    await page.getByText('6 videos').waitFor();
    for (const hash of views) {
      await visit(page, hash);
      await page.locator('main').waitFor();
      assert.deepEqual(await allFindings(page), [], hash);
    }
    const unknown = await open(t, {}, { engine: { library: never } });
    assert.deepEqual(await allFindings(unknown.page), [], 'the library');
  });

  test('axe finds nothing where everything fails, and every view says why', async (t) => {
    const { page, pretence } = await open(t);
    await page.getByText('6 videos').waitFor();
    pretence.failing = Object.fromEntries(
      ['find', 'video', 'answers', 'models', 'limits', 'storage', 'doctor', 'ask', 'seen', 'library'].map(
        (name) => [name, broken],
      ),
    );
    for (const hash of ['#/search?q=cup', '#/video/video-0', '#/settings']) {
      await visit(page, hash);
      await page.getByText('The library is damaged.').first().waitFor();
      assert.deepEqual(await allFindings(page), [], hash);
    }
    await page.reload();
    await visit(page, '#/');
    await page.getByText('The library is damaged.').first().waitFor();
    assert.deepEqual(await allFindings(page), [], 'the library');
  });

  test('there is one search to go to, and single keys can be turned off', async (t) => {
    const { page } = await open(t, {}, { hash: '#/video/video-0?q=cup' });
    await page.getByRole('tab', { name: 'Moments' }).waitFor();
    assert.equal(await page.getByRole('search').count(), 1);
    await visit(page, '#/settings');
    await page.getByRole('checkbox', { name: 'Single keys are commands' }).uncheck();
    await page.locator('#main').focus();
    for (const key of ['1', '/', '?', 'k']) await page.keyboard.press(key);
    assert.match(page.url(), /settings/);
    assert.equal(await page.getByRole('dialog').count(), 0);
    assert.equal(await page.evaluate('document.activeElement.id'), 'main');
    await page.keyboard.press('Control+k');
    assert.equal(await page.evaluate(`document.activeElement.matches('[role=search] input')`), true);
  });
});
