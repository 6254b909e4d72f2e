import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { noBrowser } from './browser.ts';
import { allFindings, visit } from './page.ts';
import { usePretence } from './pretended.ts';

describe('folders', { skip: noBrowser, timeout: 300_000 }, () => {
  const { open, folder } = usePretence();

  test('a path is completed folder by folder, by keyboard', async (t) => {
    await mkdir(join(folder(), 'Berlin', 'Day 1'), { recursive: true });
    await writeFile(join(folder(), 'Berlin', 'opening.mp4'), '');
    const { page } = await open(t);
    await page.getByRole('button', { name: 'Add footage' }).click();
    const path = page.getByRole('combobox', { name: 'Path of a folder' });
    await path.fill(join(folder(), 'ber'));
    await page.getByRole('option', { name: 'Berlin' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.getByRole('option', { name: 'opening.mp4' }).waitFor();
    assert.equal(await path.inputValue(), `${join(folder(), 'Berlin')}/`);
    assert.deepEqual(await allFindings(page), []);
    await page.getByRole('option', { name: 'Day 1' }).click();
    assert.equal(await path.inputValue(), `${join(folder(), 'Berlin', 'Day 1')}/`);
    await page.keyboard.press('Escape');
  });

  test('an added folder stands in the settings, is narrowed and no longer followed', async (t) => {
    const { page } = await open(t);
    await page.getByRole('button', { name: 'Add footage' }).click();
    await page.getByRole('combobox', { name: 'Path of a folder' }).fill('/footage/Interviews');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await visit(page, '#/settings');
    const section = page.getByRole('region', { name: 'Folders' });
    await section.getByText('12 videos · up to date').waitFor();
    await section.getByRole('button', { name: 'More for Interviews' }).click();
    await page.getByRole('menuitem', { name: 'What is left out…' }).click();
    await page.getByRole('textbox', { name: 'Names and paths' }).fill('proxies\n\n*.tmp');
    await page.getByRole('button', { name: 'Save' }).click();
    await section.getByText('Left out: proxies, *.tmp').waitFor();
    assert.deepEqual(await allFindings(page), []);
    await section.getByRole('button', { name: 'More for Interviews' }).click();
    await page.getByRole('menuitem', { name: 'No longer follow…' }).click();
    await page.getByRole('button', { name: 'Keep its videos' }).click();
    await section.getByText('No folder yet').waitFor();
  });
});
