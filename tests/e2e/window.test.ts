import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { pretendVideos, type Pretence } from '../web/pretend-engine.ts';
import { noBrowser, useBrowser } from './browser.ts';
import { currentTime, playable, seriousFindings, until, visit } from './page.ts';
import { makeFootage, servePretence } from './stage.ts';

describe('the window', { skip: noBrowser, timeout: 300_000 }, () => {
  const browser = useBrowser();
  let footage: Awaited<ReturnType<typeof makeFootage>>;
  before(async () => {
    footage = await makeFootage(20);
  });
  after(() => footage.remove());

  /** A window on a pretended library. */
  /** From anywhere in a library of six videos. */
  async function searchForCup(page: Page) {
    await page.getByText('6 videos').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('a cup');
  }

  async function open(
    t: TestContext,
    pretence: Partial<Pretence> = {},
    options: Parameters<typeof browser.open>[1] = {},
  ) {
    const host = await servePretence({
      videos: pretendVideos(6),
      footage: footage.video,
      stills: [footage.still],
      ...pretence,
    });
    const page = await browser.open(host.url, options);
    t.after(async () => {
      await page.context().close();
      await host.close();
    });
    return { page, host };
  }

  test('the code is taken out of the address, and a browser without one is told what to do', async (t) => {
    const { page, host } = await open(t);
    await page.getByRole('heading', { name: 'Library' }).waitFor();
    assert.doesNotMatch(page.url(), /key/);
    const stranger = await browser.open(`http://127.0.0.1:${host.port}/`);
    await stranger.getByText('This window needs its key').waitFor();
    assert.deepEqual(await seriousFindings(stranger), []);
    const field = stranger.getByRole('textbox', { name: 'Address or key' });
    await field.fill('a guess');
    await stranger.getByRole('button', { name: 'Open', exact: true }).click();
    await stranger.getByText('That is not the key').waitFor();
    await field.fill(host.url);
    await stranger.getByRole('button', { name: 'Open', exact: true }).click();
    await stranger.getByRole('heading', { name: 'Library' }).waitFor();
    await stranger.context().close();
  });

  test('a first run leads from a path to a library', async (t) => {
    const pretence: Pretence = { videos: [], footage: footage.video, stills: [footage.still], pace: 20 };
    const { page } = await open(t, pretence);
    await page.getByRole('heading', { name: 'Find any moment in your footage' }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole('combobox', { name: 'Path of a folder' }).fill('/nowhere');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('alert').getByText('There is no video "/nowhere".').waitFor();
    await page.getByText('Add it to the library first.').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
  });

  test('indexing shows how far it is, and can be paused and cancelled', async (t) => {
    const videos = [...pretendVideos(1), ...pretendVideos(2, 'pending').slice(1)];
    const { page } = await open(t, { videos, pace: 150 });
    await page.getByRole('button', { name: 'Add footage' }).click();
    await page.getByRole('combobox', { name: 'Path of a folder' }).fill(videos[1].path);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Activity' }).click();
    await page.getByText('14× real time').waitFor();
    await page.getByRole('progressbar').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused. What is done so far is kept.').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('progressbar').waitFor();
    await page.getByRole('button', { name: 'Cancel indexing' }).click();
    await page.getByText('Cancelled.').waitFor();
  });

  test('ten thousand videos are a handful of elements, and the keyboard reaches the last', async (t) => {
    const { page } = await open(t, { videos: pretendVideos(10_000) });
    await page.getByText('10,000 videos').waitFor();
    assert.ok((await page.locator('[data-tile]').count()) < 100);
    await page.locator('[data-tile]').first().focus();
    await page.keyboard.press('End');
    await page.getByRole('link', { name: 'clip 0001.mp4' }).waitFor();
    assert.match(await page.evaluate<string>('document.activeElement.textContent'), /clip 0001/);
    assert.deepEqual(await seriousFindings(page), []);
  });

  test('slash finds the search bar, words find moments, and a moment plays at its time', async (t) => {
    const { page } = await open(t);
    await searchForCup(page);
    await page.getByRole('heading', { name: '6 moments' }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole('link', { name: /clip 0003.mp4.*0:10 – 0:16/ }).click();
    await until(page, playable);
    const time = await page.evaluate<number>(currentTime);
    assert.ok(Math.abs(time - 10) < 0.05, `at ${time} s`);
    await page.getByRole('slider', { name: 'Position in the video' }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.goBack();
    await page.getByRole('heading', { name: '6 moments' }).waitFor();
  });

  test('a search is narrowed by how long videos are and when they were recorded', async (t) => {
    const { page } = await open(t);
    await searchForCup(page);
    await page.getByRole('heading', { name: '6 moments' }).waitFor();
    const length = page.getByRole('combobox', { name: 'Length' });
    await length.selectOption({ label: 'Under 4 minutes' });
    await page.getByRole('heading', { name: '1 moment' }).waitFor();
    await page.locator('[data-card]').getByText('clip 0001').waitFor();
    await length.selectOption({ label: 'Any length' });
    await page.getByRole('heading', { name: '6 moments' }).waitFor();
    await page.getByRole('combobox', { name: 'Recorded' }).selectOption({ label: 'In the last week' });
    await page.locator('[data-card]').first().waitFor({ state: 'detached' });
    assert.deepEqual(await seriousFindings(page), []);
  });

  test('what is not there is said to be not there', async (t) => {
    const { page } = await open(t);
    await page.getByText('6 videos').waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('a zebra');
    await page.getByRole('heading', { name: 'Probably not here: “a zebra”.' }).waitFor();
    await page.getByText('These come nearest').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
  });

  test('the refined order waits while somebody points into the list', async (t) => {
    const { page } = await open(t, { pace: 700 });
    await searchForCup(page);
    const cards = page.locator('[data-card]');
    await cards.nth(1).hover();
    await page.getByRole('button', { name: 'Show the refined order' }).waitFor();
    const names = () =>
      cards.allTextContents().then((texts) => texts.map((text) => /clip \d+/.exec(text)![0]));
    assert.deepEqual(await names(), [
      'clip 0001',
      'clip 0002',
      'clip 0003',
      'clip 0004',
      'clip 0005',
      'clip 0006',
    ]);
    await page.mouse.move(5, 5);
    await page.getByRole('button', { name: 'Show the refined order' }).waitFor({ state: 'detached' });
    assert.deepEqual(await names(), [
      'clip 0001',
      'clip 0004',
      'clip 0002',
      'clip 0003',
      'clip 0005',
      'clip 0006',
    ]);
  });

  test('an answer streams, its times jump the player, and the same question is answered from memory', async (t) => {
    const { page } = await open(t, { pace: 60 });
    await page.getByRole('link', { name: /clip 0001/ }).click();
    const box = page.getByRole('textbox', { name: 'Question about this video' });
    await box.fill('What happens?');
    await box.press('Enter');
    await page.getByText('What it rests on').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole('tabpanel').getByRole('button', { name: '0:12', exact: true }).click();
    await until(page, `${currentTime} >= 12`);
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('answered before').waitFor();
    await page.locator('summary', { hasText: 'Time scale' }).click();
    const slider = page.getByRole('slider', { name: 'Time scale' });
    assert.match((await slider.getAttribute('aria-valuetext'))!, /^1\.50\./);
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    assert.match((await slider.getAttribute('aria-valuetext'))!, /^0\.75\. Time is squeezed/);
    await slider.press('End');
    assert.match((await slider.getAttribute('aria-valuetext'))!, /^4\.00\. Outside the range/);
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('What it rests on').waitFor();
    assert.equal(await page.getByText('answered before').count(), 0, 'another time scale is another answer');
  });

  test('an answer can be stopped', async (t) => {
    const { page } = await open(t, { pace: 60_000 });
    await page.getByRole('link', { name: /clip 0001/ }).click();
    await page.getByRole('textbox', { name: 'Question about this video' }).fill('What happens?');
    await page.keyboard.press('Enter');
    await page.getByText('Reading the video…').first().waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Stopped.').waitFor();
  });

  test('the player’s keys play, step by frames and go between moments', async (t) => {
    const { page } = await open(t);
    await page.getByText('6 videos').waitFor();
    await visit(page, '#/video/video-0?t=2&q=cup');
    await until(page, playable);
    const time = () => page.evaluate<number>(currentTime);
    const reach = (wanted: number) => until(page, `Math.abs(${currentTime} - ${wanted}) < 0.005`);
    await page.locator('#main').focus();
    await page.keyboard.press('.');
    await reach(2.04);
    await page.keyboard.press(',');
    await reach(2);
    await page.getByText('0:04 – 0:08').first().waitFor();
    await page.keyboard.press(']');
    await reach(4);
    await page.keyboard.press('Shift+ArrowRight');
    await reach(14);
    await page.keyboard.press(' ');
    await until(page, `!document.querySelector('video').paused`);
    await page.keyboard.press('k');
    await until(page, `document.querySelector('video').paused`);
    assert.ok((await time()) >= 14);
    await page.keyboard.press('b');
    await page.getByText('person 80%').waitFor();
  });

  test('a missing file says so, and can be removed without touching it', async (t) => {
    const videos = pretendVideos(2);
    videos[0].status = 'missing';
    const { page } = await open(t, { videos });
    await page.getByText('File missing').first().waitFor();
    await page.getByRole('link', { name: /clip 0001/ }).click();
    await page.getByText('is not where it was').waitFor();
    await page.goBack();
    await page.getByRole('link', { name: /clip 0001/ }).hover();
    await page.getByRole('button', { name: 'More for clip 0001.mp4' }).click();
    await page.getByRole('menuitem', { name: 'Remove from library' }).click();
    await page.getByText('The video file itself is not touched.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove from library' }).click();
    await page.getByText('1 video ·').waitFor();
  });

  test('when the engine goes the window says so', async (t) => {
    const { page, host } = await open(t);
    await page.getByText('6 videos').waitFor();
    await page.route('**/api/**', (route) => route.abort());
    // A closed event stream is what a stopped host looks like.
    await host.close();
    await page.getByText('The engine is not running.').waitFor();
  });

  for (const [theme, ground] of [
    ['dark', 'rgb(16, 17, 20)'],
    ['light', 'rgb(244, 244, 241)'],
  ] as const)
    test(`the ${theme} theme follows the system and stays when chosen; nothing serious for axe`, async (t) => {
      const { page } = await open(t, {}, { colorScheme: theme });
      await page.getByText('6 videos').waitFor();
      const colour = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      assert.equal(await colour(), ground);
      for (const hash of ['#/settings', '#/activity', '#/search?q=cup', '#/video/video-0?q=cup']) {
        await visit(page, hash);
        await page.locator('h1, [role=tab]').first().waitFor();
        assert.deepEqual(await seriousFindings(page), [], `${theme} ${hash}`);
      }
      await visit(page, '#/settings');
      await page.getByText(theme === 'dark' ? 'Light' : 'Dark', { exact: true }).click();
      await until(page, `getComputedStyle(document.body).backgroundColor !== '${ground}'`);
      await page.reload();
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
      await until(page, `getComputedStyle(document.body).backgroundColor !== '${ground}'`);
    });

  test('Chinese is spoken where the system speaks it, and where it is chosen', async (t) => {
    const { page } = await open(t, {}, { locale: 'zh-CN' });
    await page.getByRole('heading', { name: '资料库' }).waitFor();
    assert.equal(await page.evaluate('document.documentElement.lang'), 'zh-CN');
    await page.getByRole('link', { name: '设置' }).click();
    await page.getByText('English', { exact: true }).click();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
  });

  test('the keyboard alone reaches everything from the search bar to a moment', async (t) => {
    const { page } = await open(t);
    await page.getByText('6 videos').waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.id'), 'main');
    await page.keyboard.press('/');
    await page.keyboard.type('cup');
    await page.locator('[data-card]').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await until(page, playable);
    assert.match(page.url(), /#\/video\/video-\d/);
  });
});
