import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { pretendVideos, type Pretence } from '../web/pretend-engine.ts';
import { noBrowser, useBrowser } from './browser.ts';
import { currentTime, playable, seriousFindings, until, visit, visitAdvanced } from './page.ts';
import { makeFootage, servePretence } from './stage.ts';

describe('asking, selecting and testing', { skip: noBrowser, timeout: 300_000 }, () => {
  const browser = useBrowser();
  let footage: Awaited<ReturnType<typeof makeFootage>>;
  before(async () => {
    footage = await makeFootage(20);
  });
  after(() => footage.remove());

  async function open(t: TestContext, pretence: Partial<Pretence> = {}) {
    const host = await servePretence({
      videos: pretendVideos(6),
      footage: footage.video,
      stills: [footage.still],
      ...pretence,
    });
    const page = await browser.open(host.url);
    t.after(async () => {
      await page.context().close();
      await host.close();
    });
    await page.getByText('6 videos').waitFor();
    return page;
  }

  test('a question mark shows the keys, numbers go between the places, and neither does while writing', async (t) => {
    const page = await open(t);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.keyboard.press('5');
    assert.doesNotMatch(page.url(), /settings/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('5');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('1?');
    assert.equal(await page.getByRole('combobox', { name: 'Search your footage' }).inputValue(), '1?');
    assert.equal(await page.getByRole('dialog').count(), 0);
  });

  test('a moment that is opened before the last letters were looked for stays open', async (t) => {
    const page = await open(t);
    await page.keyboard.press('/');
    await page.keyboard.type('c');
    await page.locator('[data-card]').first().waitFor();
    // The page's own keys, so that all of this falls into the quiet time after a letter.
    await page.evaluate(`(() => {
      const box = document.activeElement;
      box.value = 'cup';
      box.dispatchEvent(new InputEvent('input', { bubbles: true }));
      box.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
      document.activeElement.click();
    })()`);
    await until(page, playable);
    await page.waitForTimeout(300);
    assert.match(page.url(), /#\/video\/video-\d/);
  });

  test('the keyboard stays in the list when the moment under it goes', async (t) => {
    const videos = pretendVideos(6);
    const page = await open(t, { videos });
    await page.keyboard.press('/');
    await page.keyboard.type('cup');
    await page.locator('[data-card]').nth(3).waitFor();
    await page.evaluate(`document.querySelectorAll('[data-card]')[3].focus()`);
    assert.match(await page.evaluate<string>('document.activeElement.textContent'), /clip 000[1-6]/);
    videos.splice(0, 4);
    await page.evaluate(
      `history.replaceState(null, '', '#/search?q=mug'); dispatchEvent(new Event('popstate'))`,
    );
    await page.getByText('clip 0001').waitFor({ state: 'detached' });
    const standing = `document.activeElement.closest('[data-card]')?.textContent ?? 'nowhere'`;
    assert.match(await page.evaluate<string>(standing), /clip 000[56]/);
  });

  test('every press of an arrow key moves the time scale, and what it does is said', async (t) => {
    const page = await open(t);
    await page.keyboard.press('2');
    await page.locator('summary', { hasText: 'Time scale' }).click();
    const slider = page.getByRole('slider', { name: 'Time scale' });
    const said = () => slider.getAttribute('aria-valuetext');
    await slider.press('ArrowRight');
    assert.match((await said())!, /^1\.55\. Outside the range/);
    await slider.press('ArrowLeft');
    assert.match((await said())!, /^1\.50\. Time is stretched/);
    await slider.press('Home');
    assert.match((await said())!, /^0\.25\. Outside.*squeezed/);
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    assert.match((await said())!, /^0\.75\. Time is squeezed/);
  });

  test('a model whose positions the time scale doesn’t change has no slider, and the reason in its place', async (t) => {
    const page = await open(t);
    const slider = page.getByRole('slider', { name: 'Time scale' });
    await visitAdvanced(page);
    const reader = page.getByRole('combobox', { name: 'Questions are answered by' });
    await reader.selectOption({ label: 'Reader 2B' });
    await page.keyboard.press('2');
    await page.getByText('Reader 2B reads time with m-rope').waitFor();
    assert.equal(await slider.count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Compare' }).count(), 0);
    await visit(page, '#/settings');
    await reader.selectOption({ label: 'Pretend' });
    await page.keyboard.press('2');
    await page.locator('summary', { hasText: 'Time scale' }).click();
    await slider.waitFor();
    assert.deepEqual(await seriousFindings(page), []);
  });

  test('the whole library is asked, and a moment of the answer opens its video', async (t) => {
    const page = await open(t, { pace: 10 });
    await page.getByRole('link', { name: 'Ask', exact: true }).click();
    const box = page.getByRole('textbox', { name: 'Question about your library' });
    await box.fill('What happens?');
    await page.getByText('Reads 48 moments').waitFor();
    await box.press('Enter');
    await page.getByText('What it rests on').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page
      .getByRole('button', { name: /0:31 – 0:35/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'clip 0001.mp4' }).waitFor();
    assert.match(page.url(), /t=31/);
  });

  test('a stretch picked with I and O can be exported and looped', async (t) => {
    const page = await open(t);
    await visit(page, '#/video/video-0?t=2&q=cup');
    await until(page, playable);
    await page.locator('#main').focus();
    await page.keyboard.press('i');
    await page.keyboard.press('Shift+ArrowRight');
    await until(page, `Math.abs(${currentTime} - 12) < 0.05`);
    await page.keyboard.press('o');
    await page.getByText('0:02 – 0:12').waitFor();
    await page.getByRole('button', { name: 'Export the selection…' }).click();
    await page.getByRole('dialog').getByText('1 of 1 chosen').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('r');
    await page.getByRole('button', { name: 'Loop this moment (R)', pressed: true }).waitFor();
  });

  test('what is found grows by itself as videos are done', async (t) => {
    const videos = [...pretendVideos(5), ...pretendVideos(6, 'pending').slice(5)];
    const page = await open(t, { videos, pace: 30 });
    await visit(page, '#/search?q=cup');
    await page.getByRole('heading', { name: '5 moments' }).waitFor();
    await page.getByRole('button', { name: 'Add footage' }).click();
    await page.getByRole('combobox', { name: 'Path of a folder' }).fill(videos[5].path);
    await page.keyboard.press('Enter');
    await page.getByText('so far').waitFor();
    await page.getByRole('heading', { name: '6 moments' }).waitFor();
  });

  test('a search is narrowed to a folder, and widened again', async (t) => {
    const page = await open(t);
    await visit(page, '#/search?q=cup');
    await page.getByRole('heading', { name: '6 moments' }).waitFor();
    const folder = page.getByRole('combobox', { name: 'Folder' });
    await folder.selectOption({ label: 'Interviews' });
    await page.getByRole('heading', { name: '2 moments' }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await folder.selectOption({ label: 'All folders' });
    await page.getByRole('heading', { name: '6 moments' }).waitFor();
  });

  test('one moment of many is exported by its own menu', async (t) => {
    const page = await open(t);
    await visit(page, '#/search?q=cup');
    await page.getByRole('button', { name: 'More for 0:10 – 0:16' }).click();
    await page.getByRole('menuitem', { name: 'Export…' }).click();
    await page.getByRole('dialog').getByText('1 of 1 chosen').waitFor();
  });

  test('the self-test tells how far it is, can be stopped, and what it found stays', async (t) => {
    const page = await open(t, { pace: 150 });
    await visitAdvanced(page);
    await page.getByText('Not tested on this machine yet').waitFor();
    await page.getByRole('button', { name: 'Run the self-test' }).click();
    await page.getByRole('progressbar', { name: 'Self-test' }).waitFor();
    await page.getByRole('region', { name: 'Self-test' }).getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Run the self-test' }).click();
    await page.getByText('Effective context length: 48 moments').waitFor();
    await page.getByRole('rowheader', { name: '96 moments' }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.reload();
    await page.getByText('Effective context length: 48 moments').waitFor();
  });

  test('answers have a limit, and are deleted but for the pinned ones', async (t) => {
    const answer = (number: number, pinned: boolean) => ({
      number,
      pinned,
      createdAt: '2026-02-03T10:00:00.000Z',
      result: kept,
    });
    const page = await open(t, { answers: [answer(1, true), answer(2, false)] });
    await page.keyboard.press('5');
    await page.getByText('2 answers, 4.0 kB').waitFor();
    const limit = page.getByRole('combobox', { name: 'Room for answers' });
    await limit.selectOption({ label: '64.0 MB' });
    await page.getByRole('button', { name: 'Delete the answers…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the answers' }).click();
    await page.getByText('1 answer, 2.0 kB').waitFor();
    assert.equal(await limit.inputValue(), '64000000', 'the limit is as it was before deleting');
  });
});

const kept = {
  question: 'What happens?',
  answer: 'Somebody sets the table.',
  gamma: 1.5,
  model: 'pretend',
  cached: false,
  confidence: 0.8,
  confident: true,
  evidence: [],
  timing: { prefillMs: 1, decodeMs: 1, tokens: 3, totalMs: 2 },
  videoId: 'video-0',
  path: '/footage/a.mp4',
  read: { patches: 4, ofPatches: 8 },
};
