import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
});
