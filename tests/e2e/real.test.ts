import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { noBrowser, useBrowser } from './browser.ts';
import { currentTime, playable, until, visit, visitAdvanced } from './page.ts';
import { openRealHost, type RealHost } from './real-host.ts';
import { needPages } from './stage.ts';

const root = resolve(import.meta.dirname, '../..');
const noModel =
  !['bundle.json', 'eyes.onnx'].every((name) => existsSync(join(root, 'models', 'builtin', name))) &&
  'the built-in model is not there (npm run setup)';

/** Scenes of plain patterns, a few seconds each, with hard cuts between them. */
function makeFilm(path: string, seconds: number): void {
  const scenes = ['testsrc2', 'smptebars', 'yuvtestsrc'].map((source) => `${source}=size=320x180:rate=15`);
  const inputs = scenes.flatMap((scene) => [
    '-f',
    'lavfi',
    '-t',
    String(seconds / scenes.length),
    '-i',
    scene,
  ]);
  const graph = `${scenes.map((_, n) => `[${n}:v]setsar=1[v${n}];`).join('')}${scenes.map((_, n) => `[v${n}]`).join('')}concat=n=${scenes.length}:v=1[v]`;
  const made = spawnSync(
    process.env.FFMPEG_PATH ?? 'ffmpeg',
    [
      '-v',
      'error',
      '-y',
      ...inputs,
      '-filter_complex',
      graph,
      '-map',
      '[v]',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
      path,
    ],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`ffmpeg: ${made.stderr || made.error?.message}`);
}

/** For the slowest machine; nothing here waits this long where all is well. */
const patience = 90_000;
const playerTime = (page: Page) => page.evaluate<number>(currentTime);

describe('the window on the real engine', { skip: noBrowser || noModel, timeout: 600_000 }, () => {
  const browser = useBrowser();
  let folder: string;
  let films: string;
  let host: RealHost;
  let page: Page;

  before(async () => {
    await needPages();
    folder = await mkdtemp(join(tmpdir(), 'longview-real-'));
    films = join(folder, 'films');
    await mkdir(films);
    makeFilm(join(films, 'patterns.mp4'), 240);
    await writeFile(join(films, 'broken.mp4'), 'this is no film');
    host = await openRealHost(join(folder, 'library'), browser);
    page = host.page;
    page.setDefaultTimeout(patience);
  });
  after(async () => {
    await host.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('a folder is added on the first run; the engine is killed while it indexes, and goes on when started again', async () => {
    await page.getByRole('heading', { name: 'Find any moment in your footage' }).waitFor();
    await page.getByRole('combobox', { name: 'Path of a folder' }).fill(films);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await visit(page, '#/activity');
    // As early as can be: a job that was only just taken must not be lost either.
    await page.locator('main article', { hasText: 'films' }).waitFor();
    await host.crash();

    host = await openRealHost(join(folder, 'library'), browser);
    page = host.page;
    page.setDefaultTimeout(patience);
    // Whatever was left to do when it was killed: what counts is that all of it is there in the end.
    await visit(page, '#/');
    await page.locator('article.indexed', { hasText: 'patterns.mp4' }).waitFor();
  });

  test('a file that is no video is told with what to do', async () => {
    await visit(page, '#/activity');
    await page.getByRole('button', { name: 'Add footage' }).click();
    const path = page.getByRole('combobox', { name: 'Path of a folder' });
    await path.fill(join(films, 'broken.mp4'));
    await page.keyboard.press('Enter');
    // It is told where it was typed; what is typed next is not for it any more.
    await page.getByRole('dialog').getByText('broken.mp4').first().waitFor();
    await page.keyboard.press('Escape');
    await path.waitFor({ state: 'detached' });
  });

  /** Opens the first moment, and says when it begins. The refined list may replace it meanwhile: then the next first one. */
  async function openCard(): Promise<number> {
    for (;;) {
      const address = (await page.locator('[data-card]').first().getAttribute('href'))!;
      const start = Number(new URLSearchParams(address.split('?')[1]).get('t'));
      const click = page.locator(`[data-card][href="${address}"]`).click({ timeout: 5_000 });
      if (
        await click.then(
          () => true,
          () => false,
        )
      )
        return start;
    }
  }

  test('what comes into the folder is indexed by itself', async () => {
    makeFilm(join(films, 'later.mp4'), 6);
    await visit(page, '#/');
    await page.locator('article.indexed', { hasText: 'later.mp4' }).waitFor();
    await visit(page, '#/settings');
    await page.getByRole('region', { name: 'Folders' }).getByText('up to date').waitFor();
  });

  test('a search answers, and its moment plays at its time', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('colour bars');
    await until(page, `document.querySelector('[data-card]') !== null`);
    const start = await openCard();
    await page.getByRole('slider', { name: 'Position in the video' }).waitFor();
    await until(page, playable);
    const time = await playerTime(page);
    assert.ok(Math.abs(time - start) < 0.05, `at ${time} s instead of ${start} s`);
  });

  test('a question is answered, and the same one again from memory', async () => {
    await page.getByRole('tab', { name: 'Ask' }).click();
    await page.getByRole('textbox', { name: 'Question about this video' }).fill('What is shown?');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText(/^Read \d+ of \d+ moments/).waitFor();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('answered before', { exact: true }).waitFor();
    await page.locator('summary', { hasText: 'Time scale' }).click();
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('answered before', { exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Asked before' }).waitFor();
  });

  test('a moment is exported with its file and times', async () => {
    await visit(page, '#/search?q=colour%20bars');
    // Bars are nothing that the model knows: the nearest moments are handed out by their own menus.
    await page
      .getByRole('button', { name: /^More for / })
      .first()
      .click();
    await page.getByRole('menuitem', { name: 'Export…' }).click();
    await page.getByRole('combobox', { name: 'Format' }).selectOption('csv');
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const [header, ...rows] = (await readFile(await (await coming).path(), 'utf8')).trim().split(/\r?\n/);
    assert.match(header, /start/i);
    assert.ok(rows.length > 0);
    for (const row of rows) assert.match(row, /\.mp4/);
    await page.keyboard.press('Escape');
  });

  test('a file that went away is missing, and found again where it went', async () => {
    const elsewhere = join(folder, 'patterns moved.mp4');
    await rename(join(films, 'patterns.mp4'), elsewhere);
    await visit(page, '#/');
    await page.reload();
    await page.getByText('File missing').waitFor();
    await page.getByRole('button', { name: 'Add footage' }).click();
    await page.getByRole('combobox', { name: 'Path of a folder' }).fill(elsewhere);
    await page.keyboard.press('Enter');
    await page.getByText('patterns moved.mp4').waitFor();
    await page.getByText('File missing').waitFor({ state: 'detached' });
  });

  test('settings tell what the model is and what this machine has', async () => {
    await visitAdvanced(page);
    await page.getByText('in use', { exact: true }).waitFor();
    await page.getByText('ffmpeg', { exact: true }).waitFor();
  });
});
