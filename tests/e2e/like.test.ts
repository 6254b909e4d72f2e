import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { noBrowser } from './browser.ts';
import { seriousFindings } from './page.ts';
import { usePretence } from './pretended.ts';

/** Pastes a small drawn picture, or a file that only says it is one. */
function paste(page: Page, broken = false): Promise<void> {
  return page.evaluate(`(async () => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 40;
    canvas.getContext('2d').fillRect(0, 0, 20, 20);
    const drawn = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
    const file = new File([${broken} ? 'no picture' : drawn], 'pasted.png', { type: 'image/png' });
    const clipboardData = new DataTransfer();
    clipboardData.items.add(file);
    dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  })()`);
}

describe('looking for a picture', { skip: noBrowser, timeout: 300_000 }, () => {
  const { open } = usePretence(6);

  test('a picture that is pasted is looked for, stands above what is found, and goes again', async (t) => {
    const { page } = await open(t);
    await page.getByRole('heading', { name: 'Library' }).waitFor();
    await paste(page);
    await page.getByText('Like the picture').waitFor();
    assert.match(page.url(), /like=picture-/);
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole('button', { name: 'Without the picture' }).click();
    await page.getByRole('heading', { name: 'Library' }).waitFor();
  });

  test('what is no picture is told', async (t) => {
    const { page } = await open(t);
    await page.getByRole('heading', { name: 'Library' }).waitFor();
    await paste(page, true);
    await page.getByText('This picture can’t be read').waitFor();
  });

  test('a moment leads to more like it, and words narrow that', async (t) => {
    const { page } = await open(t);
    await page.getByRole('heading', { name: 'Library' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('a cup');
    await page.locator('[data-card]').first().waitFor();
    await page
      .getByRole('button', { name: /^More for/ })
      .first()
      .click();
    await page.getByRole('menuitem', { name: 'More like this' }).click();
    await page.getByText(/^Like .+\.mp4, /).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('at night');
    await page.waitForURL(/q=at%20night.*like=/);
  });
});
