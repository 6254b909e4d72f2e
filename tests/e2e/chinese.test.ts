import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { pretendVideos, type Pretence } from '../web/pretend-engine.ts';
import { noBrowser } from './browser.ts';
import { seriousFindings, visit } from './page.ts';
import { usePretence } from './pretended.ts';

/** Texts, names and tips on the page, but for what is marked as English: answers, quotations. */
const spoken = `(() => {
  const said = [];
  const english = (element) => element.closest('[lang=en]') !== null;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (!parent.closest('script, style, kbd') && !english(parent)) said.push(walk.currentNode.data);
  }
  for (const element of document.querySelectorAll('body *'))
    for (const name of ['aria-label', 'title', 'placeholder', 'aria-valuetext'])
      if (element.hasAttribute(name) && !english(element)) said.push(element.getAttribute(name));
  return [...said, document.title];
})()`;

/** Names and units that are the same in every language. */
const names = new RegExp(
  [
    'Longview|JSON|EDL|OpenTimelineIO|\\.otio|WebVTT|CSV|FCPXML|Premiere Pro|Final Cut|Hugging Face|Qwen2-VL|CLIP|onnxruntime|ffmpeg|ffprobe',
    'HoPE|CPU|cpu|webgpu|Node\\.js|English|MIT|Apache-2\\.0|Pretend|Reader 2B|reader-2b|h264|longview|m-rope|hope|int8|qwen2-vl',
    'Arrival|Photosynthesis|Whisper|SenseVoice|Parakeet|sherpa-onnx|proxies|\\*\\.tmp|a red car on the left|hub\\.example|somebody|made up|pretend',
    '\\b(?:Esc|PgUp|PgDn|Home|End|Enter|Space|Shift|Ctrl|F10)\\b',
    // Paths, files, sizes, keys in brackets.
    '[\\w ./\\\\-]*/[\\w ./\\\\-]+|[\\w -]+\\.(?:mp4|jpg|avi)|Nordkap 2025|Interviews|Workshop|\\d+(?:\\.\\d+)? (?:B|kB|MB|GB)',
    '（[A-Z]）|[A-Z](?= ?[+K])|K',
  ].join('|'),
  'g',
);

const leftInEnglish = async (page: Page, more: RegExp = /$^/) =>
  (await page.evaluate<string[]>(spoken))
    .map((text) => text.replace(more, '').replace(names, '').trim())
    .filter((text) => /[A-Za-z]{2,}/.test(text));

describe('in Chinese', { skip: noBrowser, timeout: 300_000 }, () => {
  const { open } = usePretence(4);
  const inChinese = async (t: TestContext, pretence: Partial<Pretence> = {}) =>
    (await open(t, pretence, { locale: 'zh-CN' })).page;

  test('no view has a word left in English', async (t) => {
    const videos = pretendVideos(6);
    videos[3] = { ...videos[3], status: 'missing' };
    videos[4] = {
      ...videos[4],
      status: 'failed',
      error: { code: 'file-truncated', message: 'It is incomplete.', remedy: 'Copy it again.' },
    };
    videos[5] = { ...videos[5], status: 'pending' };
    const page = await inChinese(t, { videos });
    await page.getByRole('heading', { name: '资料库' }).waitFor();
    for (const hash of [
      '#/',
      '#/search?q=杯子',
      '#/search?q=zebra 杯子',
      '#/video/video-0?q=杯子',
      '#/video/video-0',
      '#/video/video-3',
      '#/video/video-4',
      '#/video/video-5',
      '#/ask',
      '#/activity',
      '#/settings',
    ]) {
      await visit(page, hash);
      await page.locator('h1, [role=tab]').first().waitFor();
      await page.waitForTimeout(200);
      assert.deepEqual(await leftInEnglish(page, /zebra/g), [], hash);
    }
    await page.locator('summary', { hasText: '高级' }).click();
    await page.getByText('始终可用').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '测试这台电脑' }).click();
    await page.getByText('始终可用').waitFor();
    assert.deepEqual(await leftInEnglish(page), [], 'advanced settings');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await leftInEnglish(page), [], 'the keys');
    assert.deepEqual(await seriousFindings(page), []);
  });

  test('details, boxes, answers and export have none either', async (t) => {
    const page = await inChinese(t);
    await visit(page, '#/video/video-0');
    await page.getByRole('textbox', { name: '关于此视频的问题' }).fill('发生了什么？');
    await page.keyboard.press('Enter');
    await page.getByText('依据', { exact: true }).waitFor();
    assert.deepEqual(await leftInEnglish(page), [], 'an answer');
    await page.locator('#main').focus();
    await page.keyboard.press('b');
    await page.getByText('人 80%').waitFor();
    assert.deepEqual(await leftInEnglish(page), [], 'boxes');
    await page.getByRole('tab', { name: '画面' }).click();
    await page.getByRole('button', { name: '人 12' }).waitFor();
    assert.deepEqual(await leftInEnglish(page), [], 'what is seen');
    await page.getByRole('tab', { name: '详情' }).click();
    assert.deepEqual(await leftInEnglish(page), [], 'details');
    await visit(page, '#/search?q=杯子');
    await page.getByRole('button', { name: '导出…' }).first().click();
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await leftInEnglish(page), [], 'export');
  });

  test('a first run and its errors have none', async (t) => {
    const page = await inChinese(t, { videos: [] });
    await page.getByRole('combobox', { name: '文件夹或视频文件的路径' }).fill('/nowhere');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    assert.deepEqual(await leftInEnglish(page), []);
  });
});
