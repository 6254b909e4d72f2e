import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AskResult } from '../../engine/protocol/results.ts';
import { noBrowser } from './browser.ts';
import { seriousFindings, visit } from './page.ts';
import { usePretence } from './pretended.ts';

const told = (number: number, rest: Partial<AskResult>) => ({
  number,
  pinned: false,
  createdAt: '2026-02-03T10:00:00.000Z',
  result: {
    question: 'What happens?',
    answer: 'a person opens a window at 0:00:31.0.',
    gamma: 0.75,
    model: 'pretend',
    cached: false,
    confidence: 0.8,
    confident: true,
    evidence: [],
    timing: { prefillMs: 1, decodeMs: 1, tokens: 3, totalMs: 2 },
    videoId: 'video-0',
    path: '/footage/Nordkap 2025/clip 0001.mp4',
    read: { patches: 4, ofPatches: 8 },
    ...rest,
  },
});

describe('asking', { skip: noBrowser, timeout: 300_000 }, () => {
  const { open } = usePretence(4);

  test('question and answer come first; the time scale is folded away until somebody wants it, and stays as it was left', async (t) => {
    const { page } = await open(t, {}, { hash: '#/video/video-0' });
    const box = page.getByRole('textbox', { name: 'Question about this video' });
    await box.waitFor();
    assert.equal(await page.getByRole('slider', { name: 'Time scale' }).count(), 0);
    await page.getByText('Explain 1.50×').waitFor();
    await box.fill('What happens?');
    await box.press('Enter');
    await page.getByText('What it rests on').waitFor();
    await page.locator('summary', { hasText: 'Time scale' }).click();
    await page.getByRole('slider', { name: 'Time scale' }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.reload();
    await page.getByRole('slider', { name: 'Time scale' }).waitFor();
  });

  test('what the time scale changed is told: other answers to the same question', async (t) => {
    const answers = [
      told(1, {}),
      told(2, { gamma: 1, answer: 'Somebody sets the table at 0:12 and opens the window at 0:31.' }),
      told(3, { gamma: 1, question: 'Who is there?', answer: 'Nobody.' }),
    ];
    const { page } = await open(t, { answers }, { hash: '#/video/video-0' });
    await page.getByRole('textbox', { name: 'Question about this video' }).fill('what happens');
    await page.keyboard.press('Enter');
    const answer = page.getByRole('tabpanel').locator('article');
    await answer.getByText('A person opens a window at 0:31.').waitFor();
    await answer.getByText('0.75×').waitFor();
    assert.equal(await answer.getByText('Nobody.').count(), 0);
    assert.equal(await answer.getByText('1.00×').count(), 0, 'one that says the same is no change');
  });

  test('a guess looks like one', async (t) => {
    const { page } = await open(t, {}, { hash: '#/video/video-0' });
    await page.getByRole('textbox', { name: 'Question about this video' }).fill('Which colour is it?');
    await page.keyboard.press('Enter');
    await page.getByText('guess', { exact: true }).waitFor();
    const style = await page.evaluate<string>(
      `getComputedStyle(document.querySelector('article .text')).fontStyle`,
    );
    assert.equal(style, 'italic');
    assert.deepEqual(await seriousFindings(page), []);
  });

  test('what was asked before stands together by video', async (t) => {
    const answers = [
      told(1, {}),
      told(2, { videoId: 'video-1', path: '/footage/Interviews/clip 0002.mp4' }),
      told(3, { question: 'Who is there?' }),
    ];
    const { page } = await open(t, { answers });
    await visit(page, '#/ask');
    await page.getByRole('heading', { name: 'Asked before' }).waitFor();
    assert.deepEqual(await page.locator('main h3').allTextContents(), ['clip 0001.mp4', 'clip 0002.mp4']);
    assert.deepEqual(await seriousFindings(page), []);
  });
});
