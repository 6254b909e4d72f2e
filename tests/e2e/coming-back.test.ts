import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { pretendVideos } from '../web/pretend-engine.ts';
import { noBrowser } from './browser.ts';
import { seriousFindings, until, visit } from './page.ts';
import { usePretence } from './pretended.ts';

describe('coming back', { skip: noBrowser, timeout: 300_000 }, () => {
  const { open } = usePretence(4);
  const scrolled = (page: Page) => page.evaluate<number>(`document.querySelector('main .scroll').scrollTop`);
  const focused = (page: Page) => page.evaluate<string>('document.activeElement.textContent');

  test('the library is where it was left: scrolled, focused, in the same folder; a reload keeps it too', async (t) => {
    const { page } = await open(t, { videos: pretendVideos(600) });
    await page.getByRole('combobox', { name: 'Folder' }).selectOption({ label: 'Interviews (200)' });
    await page.getByText('200 videos').waitFor();
    await page.locator('[data-tile]').first().focus();
    for (let times = 0; times < 5; times++) await page.keyboard.press('PageDown');
    const [name, top] = [await focused(page), await scrolled(page)];
    assert.ok(top > 500);
    const same = async () => {
      await page.getByText('200 videos').waitFor();
      await until(page, `document.querySelector('main .scroll').scrollTop === ${top}`);
      assert.equal(await page.getByRole('combobox', { name: 'Folder' }).inputValue(), '/footage/Interviews');
    };
    await page.keyboard.press('Enter');
    await page.getByRole('slider', { name: 'Position in the video' }).waitFor();
    await page.goBack();
    await same();
    assert.equal(await focused(page), name);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Library' }).last().click();
    await same();
    await page.reload();
    await same();
  });

  test('a search is where it was left, with its filters, and says that it is narrowed', async (t) => {
    const videos = pretendVideos(40).map((video) => ({
      ...video,
      path: `/footage/Nordkap 2025/${video.id}.mp4`,
    }));
    videos.push(...pretendVideos(3));
    const { page } = await open(t, { videos }, { viewport: { width: 700, height: 500 } });
    await page.getByText('43 videos').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('cup');
    await page.locator('[data-card]').nth(7).waitFor();
    await page.getByRole('combobox', { name: 'Length' }).selectOption({ label: 'Over 20 minutes' });
    await until(page, `location.hash.includes('length=long')`);
    // The narrowed list replaces the one before: its card is the one that stays.
    await until(
      page,
      `(() => {
        const card = document.querySelectorAll('[data-card]')[7];
        card?.focus();
        const same = card && card === window.lastCard && document.querySelector('main .scroll').scrollTop > 100;
        window.lastCard = card;
        window.sameFor = same ? (window.sameFor ?? 0) + 1 : 0;
        return window.sameFor > 20;
      })()`,
    );
    const [name, top] = [await focused(page), await scrolled(page)];
    assert.ok(top > 100);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Results for “cup”' }).click();
    await page.locator('[data-card]').nth(7).waitFor();
    await until(page, `document.querySelector('main .scroll').scrollTop === ${top}`);
    assert.equal(await focused(page), name);
    await page.reload();
    await page.locator('[data-card]').nth(7).waitFor();
    assert.equal(await page.getByRole('combobox', { name: 'Length' }).inputValue(), 'long');
    await page.getByRole('combobox', { name: 'Search your footage' }).fill('a zebra');
    await page.getByText('Only a part of your library was searched').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole('button', { name: 'Search everything' }).click();
    await page.getByText('Only a part of your library was searched').waitFor({ state: 'detached' });
    assert.equal(await page.getByRole('combobox', { name: 'Length' }).inputValue(), '');
  });

  test('a folder’s total is its own', async (t) => {
    const videos = pretendVideos(6).map((video) => ({ ...video, durationSec: 600 }));
    const { page } = await open(t, { videos });
    await page.getByText('6 videos · 1 h').waitFor();
    await page.getByRole('combobox', { name: 'Folder' }).selectOption({ label: 'Workshop (2)' });
    await page.getByText('2 videos · 20 min').waitFor();
  });

  test('Escape leaves the search box and nothing else', async (t) => {
    const { page } = await open(t);
    const box = page.getByRole('combobox', { name: 'Search your footage' });
    for (const hash of ['#/settings', '#/search?q=cup', '#/video/video-0', '#/ask']) {
      await visit(page, hash);
      await page.locator('h1').first().waitFor();
      await box.fill('');
      await box.press('Escape');
      assert.ok((await page.evaluate<string>('location.hash')).startsWith(hash), hash);
      assert.equal(await page.evaluate(`document.activeElement.matches('input')`), false);
    }
  });

  test('every view has a title and takes the focus along', async (t) => {
    const { page } = await open(t);
    for (const [hash, title] of [
      ['#/ask', 'Ask your library · Longview'],
      ['#/activity', 'Activity · Longview'],
      ['#/settings', 'Settings · Longview'],
      ['#/search?q=a%20cup', 'Moments for “a cup” · Longview'],
      ['#/video/video-0', 'clip 0001.mp4 · Longview'],
      ['#/', 'Library · Longview'],
    ]) {
      await visit(page, hash);
      await until(page, `document.title === ${JSON.stringify(title)}`);
      await until(page, 'document.activeElement !== document.body');
    }
  });
});
