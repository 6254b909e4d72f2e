import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noBrowser } from './browser.ts';
import { allFindings, visit } from './page.ts';
import { usePretence } from './pretended.ts';

describe('choosing and keeping', { skip: noBrowser, timeout: 300_000 }, () => {
  const { open } = usePretence();

  test('moments are chosen by keyboard, kept in a new bin, found there, taken out and had back', async (t) => {
    const { page } = await open(t, {}, { hash: '#/search?q=a%20dog' });
    const cards = page.locator('[data-card]');
    await cards.nth(5).waitFor();
    await cards.first().focus();
    await page.keyboard.press('x');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+X');
    const bar = page.getByRole('toolbar', { name: 'What is chosen' });
    await bar.getByText('3 chosen').waitFor();
    await page.keyboard.press('Control+a');
    await bar.getByText('6 chosen').waitFor();
    await page.keyboard.press('Escape');
    await bar.waitFor({ state: 'detached' });
    await page.getByRole('checkbox').nth(1).click();
    await page
      .getByRole('checkbox')
      .nth(2)
      .click({ modifiers: ['Shift'] });
    assert.deepEqual(await allFindings(page), []);
    await bar.getByRole('button', { name: 'Keep…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Bin' }).selectOption({ label: 'New bin…' });
    await dialog.getByRole('textbox', { name: 'Name of the new bin' }).fill('Dogs');
    await dialog.getByRole('textbox', { name: 'Tags' }).fill('park, at night');
    await dialog.getByRole('textbox', { name: 'Note' }).fill('for the opening');
    await dialog.getByRole('button', { name: 'Keep', exact: true }).click();
    await page.getByText('2 moments kept in “Dogs”').waitFor();

    await page.keyboard.press('3');
    await page.getByRole('link', { name: 'Dogs 2' }).click();
    const kept = page.getByRole('list', { name: 'Dogs' }).locator('article');
    await kept.nth(1).waitFor();
    assert.equal(await kept.first().getByText('for the opening').count(), 1);
    await kept.first().getByRole('button', { name: 'Remove the tag “park”' }).click();
    await page.getByRole('link', { name: 'park 1' }).waitFor();
    await kept.first().getByRole('button', { name: 'Favourite' }).click();
    await page.getByRole('link', { name: 'Favourites 1' }).waitFor();
    assert.deepEqual(await allFindings(page), []);

    await kept.first().hover();
    await kept.first().getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Forget' }).click();
    await page.getByText('1 moment forgotten').waitFor();
    assert.equal(await kept.count(), 1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await kept.nth(1).waitFor();

    await page.reload();
    await kept.nth(1).waitFor();
    await page.getByRole('button', { name: 'Export…' }).click();
    await page.getByRole('dialog').getByText('2 of 2 chosen').waitFor();
  });

  test('a kept moment stays where its video leaves the library', async (t) => {
    const { page, pretence } = await open(t, {}, { hash: '#/search?q=a%20dog' });
    await page
      .getByRole('button', { name: /^More for / })
      .first()
      .click();
    await page.getByRole('menuitem', { name: 'Keep…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep', exact: true }).click();
    await page.getByText('1 favourite kept').waitFor();
    pretence.videos = pretence.videos.slice(2);
    await visit(page, '#/kept');
    await page.getByText('Not in the library').waitFor();
  });
});
