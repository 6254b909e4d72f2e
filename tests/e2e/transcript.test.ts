import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { noBrowser } from './browser.ts';
import { allFindings, currentTime, playable, until } from './page.ts';
import { usePretence } from './pretended.ts';

describe('the transcript', { skip: noBrowser, timeout: 300_000 }, () => {
  const { open } = usePretence(26);

  test('follows the voice, jumps, is searched, exported, and stays corrected', async (t) => {
    const { page } = await open(t, {}, { hash: '#/video/video-0?q=cup' });
    await page.getByRole('tab', { name: 'Transcript' }).click();
    const list = page.getByRole('list', { name: 'Transcript' });
    await until(page, playable);

    await list.getByText('Today we talk about the budget.').click();
    await until(page, `${currentTime} >= 10 && !document.querySelector('video').paused`);
    assert.match((await list.locator('[aria-current=true]').textContent())!, /budget/);
    await page.keyboard.press('k');

    const search = page.getByRole('textbox', { name: 'Search in the transcript' });
    await search.fill('BUDG');
    await page.getByText('1 line', { exact: true }).waitFor();
    assert.equal(await list.locator('mark').textContent(), 'budg');
    await search.press('Escape');

    const line = list.getByRole('listitem').filter({ hasText: 'questions' });
    await line.hover();
    await line.getByRole('button', { name: 'Correct this line' }).click();
    await page.getByRole('textbox', { name: 'What is said' }).fill('Any questions?');
    await page.keyboard.press('Enter');
    await list.getByText('Any questions?').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await list.getByText('Are there any questions?').waitFor();
    assert.deepEqual(await allFindings(page), []);

    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export the transcript' }).click();
    await page.getByRole('menuitem', { name: 'Subtitles (SRT)' }).click();
    assert.equal(await readFile(await (await coming).path(), 'utf8'), 'srt of 3');

    await page.getByRole('combobox', { name: 'Words from' }).selectOption({ label: 'Captions (en)' });
    await list.getByText('Good morning.').waitFor();
    assert.equal(await list.getByRole('button', { name: 'Correct this line' }).count(), 0);
  });

  test('lines that are dragged over are copied and exported', async (t) => {
    const { page } = await open(t, {}, { hash: '#/video/video-0?q=cup' });
    await page.getByRole('tab', { name: 'Transcript' }).click();
    const [first, second] = ['Good morning.', 'Today we talk about the budget.'].map((text) =>
      page.getByRole('list', { name: 'Transcript' }).getByText(text),
    );
    await first.waitFor();
    const from = (await first.boundingBox())!;
    const to = (await second.boundingBox())!;
    await page.mouse.move(from.x + 2, from.y + 6);
    await page.mouse.down();
    await page.mouse.move(to.x + 60, to.y + 6, { steps: 4 });
    await page.mouse.up();
    const bar = page.getByRole('toolbar', { name: '0:00 – 0:14' });
    await bar.getByRole('button', { name: 'Export…' }).click();
    await page.getByRole('dialog').getByText('0:00 – 0:14').waitFor();
  });

  test('subtitles stand on the picture, and text on screen is boxed where it stands still', async (t) => {
    const { page } = await open(t, {}, { hash: '#/video/video-0?t=11&q=cup' });
    await until(page, playable);
    const box = page.getByRole('button', { name: 'Copy “Photosynthesis”' });
    await box.waitFor();
    await page.locator('#main').focus();
    await page.keyboard.press('c');
    await page.locator('.stage').getByText('Today we talk about the budget.').waitFor();
    await page.keyboard.press('l');
    await box.waitFor({ state: 'detached' });
    await page.keyboard.press('k');
    await box.waitFor();
    await page.keyboard.press('t');
    await box.waitFor({ state: 'detached' });
  });
});
