// Pictures of every screen, of the real engine on the sample recording, for docs/ and the README.
//   node build/run.mjs build/screenshots.ts [SCREEN…]
// The sample is cut into films of their own once; they and their library stay in data/screenshots for the next time.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { createEngine, type LongviewEngine } from '../engine/engine.ts';
import { serve } from '../engine/hosts/web/index.ts';
import { makeSample } from '../demo/sample/index.ts';
import { launchChromium } from './chromium.ts';
import { buildRenderer, rendererBuilt, rendererFolder } from './renderer.ts';

const root = dirname(import.meta.dirname);
const place = join(root, 'data', 'screenshots');
const target = join(root, 'docs', 'screenshots');
const themes = ['dark', 'light'] as const;
const sizes = [
  [1440, 900],
  [1000, 640],
  [2560, 1440],
] as const;
/** Screens that are shown on a 4K window too, in the home theme alone: the folder is to stay small. */
const largest = { size: [3840, 2160], theme: 'dark', screens: ['library', 'player'] } as const;

/** Films cut out of the sample: name, where it begins, how long it is. */
const films = [
  ['Zoo/savanna.mp4', 6, 58],
  ['Zoo/garden walk.mp4', 64, 56],
  ['Zoo/cats and birds.mp4', 121, 26],
  ['City/rush hour.mp4', 147, 63],
  ['City/machines.mp4', 203, 66],
  ['City/evening fair.mp4', 524, 69],
  ['Home/birthday.mp4', 288, 40],
  ['Sea/harbour.mp4', 426, 45],
] as const;

interface Screen {
  name: string;
  hash: string;
  /** Brings the page to what is to be seen. */
  show?: (page: Page) => Promise<unknown>;
}

async function footage(): Promise<string> {
  const sample = await makeSample({ dir: join(root, 'sample') });
  for (const [name, start, length] of films) {
    const path = join(place, 'footage', name);
    if (existsSync(path)) continue;
    await mkdir(dirname(path), { recursive: true });
    const cut = [
      ...['-v', 'error', '-y', '-ss', `${start}`, '-i', sample.video, '-t', `${length}`],
      ...['-c', 'copy', path],
    ];
    const made = spawnSync(process.env.FFMPEG_PATH ?? 'ffmpeg', cut, { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(made.stderr);
  }
  const old = join(place, 'footage', 'City', 'unreadable.mov');
  await writeFile(old, 'a film that broke on its way');
  return join(place, 'footage');
}

async function open(
  libraryDir: string,
): Promise<{ engine: LongviewEngine; url: string; close: () => Promise<void> }> {
  const engine = createEngine({ libraryDir });
  const info = { version: '0.1.0', platform: process.platform, sample: join(root, 'sample', 'sample.mp4') };
  const host = await serve({ engine, pages: rendererFolder, info });
  const close = async () => {
    await host.close();
    await engine.close();
  };
  return { engine, url: host.url, close };
}

/** Waits until pictures and films are there and nothing moves. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.evaluate(
    `Promise.all([...document.images].filter((image) => image.checkVisibility()).filter((image) => image.loading !== 'lazy' || image.getBoundingClientRect().top < innerHeight).map((image) => image.complete || new Promise((done) => { image.onload = image.onerror = done; })))`,
  );
  await page.evaluate(`new Promise((done) => {
    const look = () => [...document.querySelectorAll('video')].every((video) => video.readyState >= 2 && !video.seeking) ? done() : setTimeout(look, 50);
    look();
  })`);
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

/** Paths of the machine that made the pictures are nobody's business; they read as a person's own would. */
async function withoutOwnPaths(page: Page): Promise<void> {
  const places = [
    [join(place, 'footage'), '/home/me/Videos'],
    [join(place, 'library'), '/home/me/.local/share/longview'],
    [root, '/opt/longview'],
  ];
  await page.evaluate(`{
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode())
      for (const [own, shown] of ${JSON.stringify(places)})
        walker.currentNode.data = walker.currentNode.data.replaceAll(own, shown);
  }`);
}

async function take(page: Page, name: string): Promise<void> {
  await settled(page);
  await withoutOwnPaths(page);
  const session = await page.context().newCDPSession(page);
  const shot = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 });
  await writeFile(join(target, `${name}.webp`), Buffer.from(shot.data, 'base64'));
  await session.detach();
}

const ask = (words: string, button: string) => async (page: Page) => {
  await page.getByRole('tab', { name: 'Ask' }).click();
  await page.getByRole('textbox', { name: 'Question about this video' }).fill(words);
  await page.getByRole('button', { name: button, exact: true }).click();
  await page.getByText(/^Read \d+ of \d+ moments/).waitFor();
};

function screens(video: string): Screen[] {
  const first = (page: Page) => page.locator('[data-card]').first().waitFor();
  return [
    { name: 'library', hash: '#/', show: (page) => page.locator('[data-tile]').first().waitFor() },
    { name: 'search', hash: '#/search?q=an%20animal', show: first },
    { name: 'not-here', hash: '#/search?q=a%20giraffe', show: first },
    {
      name: 'player',
      hash: `#/video/${video}?q=${encodeURIComponent('a telescope')}&t=50`,
      show: async (page) => {
        await page.getByRole('button', { name: 'Show what was detected (B)' }).click();
        await page
          .locator('.lane')
          .first()
          .waitFor()
          .catch(() => undefined);
      },
    },
    {
      name: 'ask-library',
      hash: '#/ask',
      show: async (page) => {
        await page.getByRole('textbox', { name: 'Question about your library' }).fill('Is there a rocket?');
        await page.getByRole('button', { name: 'Find', exact: true }).click();
        await page.getByRole('button', { name: 'Ask', exact: true }).click();
        await page.getByText(/^Read \d+ of \d+ moments/).waitFor();
      },
    },
    { name: 'ask', hash: `#/video/${video}?t=5`, show: ask('When does the telescope appear?', 'Ask') },
    { name: 'compare', hash: `#/video/${video}?t=38`, show: ask('What is shown, in order?', 'Compare') },
    {
      name: 'export',
      hash: '#/search?q=an%20animal',
      show: async (page) => {
        await first(page);
        await page.getByRole('button', { name: 'Export…' }).first().click();
        await page.getByRole('dialog').waitFor();
      },
    },
    { name: 'activity', hash: '#/activity', show: (page) => page.locator('main article').first().waitFor() },
    {
      name: 'settings',
      hash: '#/settings',
      show: async (page) => {
        await page.getByText('in use', { exact: true }).waitFor();
        await page.locator('summary').first().click();
        await page.getByText('ffmpeg', { exact: true }).waitFor();
      },
    },
    { name: 'self-test', hash: '#/settings', show: testItself },
    {
      name: 'keyboard',
      hash: '#/',
      show: async (page) => {
        await page.locator('[data-tile]').first().waitFor();
        await page.keyboard.press('?');
        await page.getByRole('dialog').waitFor();
      },
    },
  ];
}

/** The self-test's own place in the settings, with what it found. */
async function testItself(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Self-test', exact: true }).click();
  await page.getByRole('button', { name: 'Run the self-test' }).click();
  await page.getByText('The line marks').waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Self-test', exact: true }).click();
}

/** Something to see in the activity: a look through the folder again, with a file that can't be read. */
async function fillActivity(page: Page): Promise<void> {
  await page.goto(full.url);
  await page.getByRole('button', { name: 'Add footage' }).click();
  await page.getByRole('combobox', { name: 'Path of a folder' }).fill(folder);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Activity' }).click();
  await page.getByRole('heading', { name: 'Finished' }).waitFor({ timeout: 300_000 });
  await page.close();
}

/** Takes the wanted screens at one size and in one theme. */
async function round(
  width: number,
  height: number,
  theme: (typeof themes)[number],
  wantsScreen: (name: string) => boolean,
  locale: 'en-GB' | 'zh-CN' = 'en-GB',
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    locale,
    reducedMotion: 'reduce',
  });
  const language = locale === 'en-GB' ? '' : `-${locale.slice(0, 2)}`;
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  if (wantsScreen('first-run')) {
    await page.goto(empty.url);
    await page.getByRole('heading', { name: 'Find any moment in your footage' }).waitFor();
    await take(page, `first-run-${theme}-${width}`);
  }
  await page.goto(full.url);
  await page.locator('nav').first().waitFor();
  for (const screen of screens(video)) {
    if (!wantsScreen(screen.name)) continue;
    await page.evaluate(`location.hash = ${JSON.stringify(screen.hash)}`);
    await page.reload();
    try {
      await screen.show?.(page);
      await take(page, `${screen.name}${language}-${theme}-${width}`);
    } catch (error) {
      // One that fails doesn't cost the others.
      process.exitCode = 1;
      await take(page, `failed-${screen.name}`);
      process.stderr.write(`${screen.name} ${theme} ${width}: ${String(error)}\n`);
    }
  }
  await context.close();
}

if (!rendererBuilt()) await buildRenderer();
const wanted = process.argv.slice(2);
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
const folder = await footage();
await mkdir(target, { recursive: true });
const full = await open(join(place, 'library'));
await full.engine.index(
  { paths: [folder] },
  {
    onProgress: ({ fraction, subject }) =>
      process.stderr.write(`\rindexing ${Math.round(fraction * 100)} % ${subject ?? ''}   `),
  },
);
process.stderr.write('\n');
const library = await full.engine.library();
const video = library.videos.find(({ path }) => path.endsWith('evening fair.mp4'))!.id;
const empty = await open(join(place, 'empty'));
const browser = await launchChromium();
try {
  await fillActivity(await browser.newPage());
  for (const [width, height] of sizes)
    for (const theme of themes) await round(width, height, theme, isWanted);
  const [width, height] = largest.size;
  const isLargest = (name: string) => (largest.screens as readonly string[]).includes(name) && isWanted(name);
  await round(width, height, largest.theme, isLargest);
  await round(1440, 900, 'dark', (name) => name === 'search' && isWanted(name), 'zh-CN');
} finally {
  await browser.close();
  await full.close();
  await empty.close();
  await rm(join(place, 'empty'), { recursive: true, force: true });
}
