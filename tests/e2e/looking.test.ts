import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pretendVideos } from '../web/pretend-engine.ts';
import { noBrowser } from './browser.ts';
import { currentTime, playable, seriousFindings, until, visit } from './page.ts';
import { usePretence } from './pretended.ts';
import { ffmpeg } from './stage.ts';

describe('looking', { skip: noBrowser, timeout: 300_000 }, () => {
  const { open, folder } = usePretence();
  const moving = { reducedMotion: 'no-preference' as const };

  test('a moment that is pointed at plays in its place, silent, and only as long', async (t) => {
    const { page } = await open(t, {}, { ...moving, hash: '#/search?q=cup' });
    const card = page.locator('[data-card]').nth(2);
    await card.hover();
    const preview = `document.querySelector('main video')`;
    await until(page, `${preview}?.currentTime > 10 && ${preview}.currentTime < 16.5 && ${preview}.muted`);
    assert.deepEqual(await seriousFindings(page), []);
    await page.mouse.move(5, 5);
    await page.locator('main video').waitFor({ state: 'detached' });
  });

  test('nothing moves by itself where somebody wants it so', async (t) => {
    const { page } = await open(t, {}, { hash: '#/search?q=cup' });
    await page.locator('[data-card]').nth(2).hover();
    await page.waitForTimeout(500);
    assert.equal(await page.locator('main video').count(), 0);
  });

  test('a moment that is opened from a search begins to play there', async (t) => {
    const { page } = await open(t, {}, { ...moving, hash: '#/search?q=cup' });
    await page.locator('[data-card]').nth(2).click();
    await until(page, playable);
    await until(page, `${currentTime} > 10.2 && !document.querySelector('video').paused`);
    await visit(page, '#/');
    await page.getByText('6 videos').waitFor();
    await visit(page, '#/video/video-0?t=3');
    await until(page, playable);
    await until(page, `Math.abs(${currentTime} - 3) < 0.05 && document.querySelector('video').paused`);
  });

  test('moments stand together by video where somebody wants it so, and the keyboard goes between the rows', async (t) => {
    const { page } = await open(t, {}, { hash: '#/search?q=cup' });
    await page.getByRole('button', { name: 'Group by video' }).click();
    await page.getByRole('heading', { level: 2, name: 'clip 0003.mp4' }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.locator('[data-card]').first().focus();
    await page.keyboard.press('ArrowDown');
    const standing = `[...document.querySelectorAll('[data-card]')].indexOf(document.activeElement)`;
    assert.equal(await page.evaluate(standing), 1);
    await page.keyboard.press('ArrowUp');
    assert.equal(await page.evaluate(standing), 0);
    await page.reload();
    await page.getByRole('heading', { level: 2, name: 'clip 0003.mp4' }).waitFor();
  });

  test('an empty search box offers what was looked for before and what the library holds', async (t) => {
    const { page } = await open(t);
    const box = page.getByRole('combobox', { name: 'Search your footage' });
    await box.click();
    await page.getByRole('option', { name: 'laptop' }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await box.fill('a red cup');
    await page.locator('[data-card]').first().click();
    await page.getByRole('slider', { name: 'Position in the video' }).waitFor();
    await visit(page, '#/');
    await page.getByText('6 videos').waitFor();
    await box.click();
    await page.getByRole('option', { name: 'a red cup' }).waitFor();
    await page.keyboard.press('ArrowDown');
    assert.match((await page.locator('[role=option][aria-selected=true]').textContent())!, /a red cup/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '6 moments' }).waitFor();
    await page.getByRole('button', { name: 'Clear search' }).click();
    await page.getByRole('button', { name: 'Forget these' }).click();
    await page.getByRole('option', { name: 'a red cup' }).waitFor({ state: 'detached' });
  });

  test('a film that was held upright is shown whole', async (t) => {
    const upright = join(folder(), 'upright.jpg');
    ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=size=180x320', '-frames:v', '1', upright]);
    const { page } = await open(t, { stills: [upright], videos: pretendVideos(2) });
    await until(page, `document.querySelector('main img')?.complete`);
    await until(page, `getComputedStyle(document.querySelector('main img')).objectFit === 'contain'`);
  });
});
