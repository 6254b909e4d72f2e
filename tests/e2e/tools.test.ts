import assert from 'node:assert/strict';
import { readFile, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { pretendVideos, type Pretence } from '../web/pretend-engine.ts';
import { noBrowser, useBrowser } from './browser.ts';
import { playable, seriousFindings, until, visit, visitAdvanced } from './page.ts';
import { ffmpeg, makeFootage, servePretence } from './stage.ts';

describe('what the window does beside finding', { skip: noBrowser, timeout: 300_000 }, () => {
  const browser = useBrowser();
  let footage: Awaited<ReturnType<typeof makeFootage>>;
  let folder: string;
  before(async () => {
    footage = await makeFootage(20);
    folder = await mkdtemp(join(tmpdir(), 'longview-tools-'));
  });
  after(async () => {
    await footage.remove();
    await rm(folder, { recursive: true });
  });

  async function open(t: TestContext, pretence: Partial<Pretence> = {}) {
    const given = { videos: pretendVideos(3), footage: footage.video, stills: [footage.still], ...pretence };
    const host = await servePretence(given);
    const page = await browser.open(host.url);
    t.after(async () => {
      await page.context().close();
      await host.close();
    });
    await page.getByText('3 videos').waitFor();
    return page;
  }

  test('a format that the browser lacks is played from a moment on, and sought in', async (t) => {
    const old = join(folder, 'old.avi');
    ffmpeg(['-i', footage.video, '-c:v', 'mpeg4', '-q:v', '5', old]);
    const videos = pretendVideos(3);
    videos[0].path = '/footage/old.avi';
    const page = await open(t, { videos, footage: old });
    await visit(page, '#/video/video-0?t=8');
    await page.getByText('converted', { exact: true }).waitFor();
    await until(page, playable);
    const slider = page.getByRole('slider', { name: 'Position in the video' });
    assert.equal(await slider.getAttribute('aria-valuenow'), '8');
    await slider.press('ArrowRight');
    await until(page, `document.querySelector('[role=slider]').getAttribute('aria-valuenow') === '13'`);
    await slider.press('Home');
    await until(page, `document.querySelector('video').src.endsWith('start=0.000')`);
    await until(page, playable);
    await page.getByRole('button', { name: 'Play (space)' }).click();
    await until(page, `document.querySelector('video').currentTime > 0`);
    assert.deepEqual(await seriousFindings(page), []);
  });

  test('chosen moments are handed out as a file', async (t) => {
    const page = await open(t);
    await visit(page, '#/search?q=a%20cup');
    await page.getByRole('button', { name: 'Export…' }).click();
    await page.getByText('3 of 3 chosen').waitFor();
    await page.getByRole('dialog').getByRole('checkbox').nth(1).uncheck();
    await page.getByText('2 of 3 chosen').waitFor();
    await page.getByRole('combobox', { name: 'Format' }).selectOption('csv');
    assert.deepEqual(await seriousFindings(page), []);
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const download = await coming;
    assert.equal(download.suggestedFilename(), 'a cup.csv');
    assert.equal(await readFile(await download.path(), 'utf8'), 'csv of 2');
    await page.getByText('2 moments in a cup.csv').waitFor();
    // Clips can't be handed out as one file: they lie where the host keeps exports.
    await page.getByRole('combobox', { name: 'Format' }).selectOption('clips');
    await page.getByText('Clips are put into Longview’s folder for exports.').waitFor();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByText(/^2 moments written to .*exports\/a cup$/).waitFor();
  });

  test('several time scales stand side by side, after a look at what they cost', async (t) => {
    const page = await open(t);
    await visit(page, '#/video/video-0');
    await page.getByRole('textbox', { name: 'Question about this video' }).fill('What happens?');
    await page.getByText('Reads 48 moments, asks the model 4 times').waitFor();
    await page.locator('summary', { hasText: 'Time scale' }).click();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    for (const gamma of ['0.75×', '1.00×', '1.50×'])
      await page.getByRole('listitem').filter({ hasText: gamma }).first().waitFor();
    await page.getByText('Nobody is there.').waitFor();
    await page.getByText('67% of the time scales agree').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
  });

  test('a report for whoever helps is copied', async (t) => {
    const page = await open(t);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await visit(page, '#/settings');
    await page.locator('summary', { hasText: 'Advanced' }).click();
    await page.getByRole('button', { name: 'Copy a report' }).click();
    await page.getByText('The report is copied.').waitFor();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'Longview 1.0.0');
  });

  test('a missing file is looked for elsewhere', async (t) => {
    const videos = pretendVideos(3);
    videos[0].status = 'missing';
    const page = await open(t, { videos });
    await page.getByRole('link', { name: /clip 0001/ }).hover();
    await page.getByRole('button', { name: 'More for clip 0001.mp4' }).click();
    await page.getByRole('menuitem', { name: 'Locate…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('/nowhere');
    await page.keyboard.press('Enter');
    await dialog.getByText('It is not at "/nowhere".').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await dialog.getByRole('textbox').fill('/elsewhere');
    await page.keyboard.press('Enter');
    await page.getByText('video-0.mp4').waitFor();
    await page.getByText('File missing').waitFor({ state: 'detached' });
  });

  test('what waits can be put first', async (t) => {
    const videos = [...pretendVideos(1), ...pretendVideos(3, 'pending').slice(1)];
    const page = await open(t, { videos, pace: 60_000 });
    for (const { path } of videos) {
      await page.getByRole('button', { name: 'Add footage' }).click();
      await page.getByRole('combobox', { name: 'Path of a folder' }).fill(path);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await visit(page, '#/activity');
    const titles = page.locator('main article h2');
    await titles.nth(2).waitFor();
    await page.getByRole('button', { name: 'Do this first' }).last().click();
    await page.locator('main article').first().getByText('clip 0003.mp4').first().waitFor();
    assert.deepEqual(await titles.allTextContents(), ['clip 0003.mp4', 'clip 0001.mp4', 'clip 0002.mp4']);
    await page.getByRole('progressbar').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
  });

  test('settings fetch and import models, keep the machine cool and delete the cache', async (t) => {
    const page = await open(t, { pace: 30 });
    await visitAdvanced(page);
    await page.getByText('somebody/reader-2b', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByRole('progressbar', { name: 'Reader 2B' }).waitFor();
    await page.getByText('https://hub.example could not be reached.').waitFor();
    await page.getByRole('button', { name: 'Import a checkpoint…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('/checkpoint');
    await page.keyboard.press('Enter');
    await dialog.getByText('There is no config.json.').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    const cores = page.getByRole('combobox', { name: 'Processor cores for models' });
    await cores.selectOption('4');
    await page.reload();
    await until(page, `[...document.querySelectorAll('select')].some((select) => select.value === '4')`);
    await page.getByRole('button', { name: 'Test this machine' }).click();
    await page.getByText('always there').waitFor();
    await page.getByRole('button', { name: 'Delete the cache…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the cache' }).click();
    await page.getByText('0 B', { exact: true }).waitFor();
  });

  test('a checkpoint that only reads can be chosen to answer, and stays chosen', async (t) => {
    const page = await open(t);
    await visitAdvanced(page);
    const chosen = page.getByRole('combobox', { name: 'Questions are answered by' });
    await until(page, `[...document.querySelectorAll('option')].some(({ text }) => text === 'Reader 2B')`);
    assert.deepEqual(await chosen.locator('option').allTextContents(), ['Pretend', 'Reader 2B']);
    await chosen.selectOption('reader-2b');
    // Another setting leaves it alone.
    await page.getByRole('combobox', { name: 'Processor cores for models' }).selectOption('4');
    await page.reload();
    await until(page, `[...document.querySelectorAll('select')].some(({ value }) => value === 'reader-2b')`);
    await until(page, `[...document.querySelectorAll('select')].some(({ value }) => value === '4')`);
    assert.deepEqual(await seriousFindings(page), []);
  });
});
