import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pretendVideos } from '../web/pretend-engine.ts';
import { noBrowser } from './browser.ts';
import { seriousFindings, until, visit } from './page.ts';
import { usePretence } from './pretended.ts';

/** What sticks out of the window, with how far; hidden things and what is scrolled by itself left out. */
const sticksOut = `[...document.querySelectorAll('body *')]
  .filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    if (width === 0 || (right <= innerWidth + 1 && left >= -1)) return false;
    return !element.closest('.visually-hidden, .skip, [popover], svg, .picture, .stage');
  })
  .map((element) => element.tagName + '.' + element.className + ' ' + Math.round(element.getBoundingClientRect().right))`;

/** Controls that lie under something else, once they are scrolled to. */
const covered = `[...document.querySelectorAll('main button, main select, main input, main a')]
  .filter((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.disabled)
  .filter((element) => !element.closest('.menu, .visually-hidden, .tools') && element.offsetWidth > 1)
  .filter((element) => {
    element.scrollIntoView({ block: 'center', inline: 'nearest' });
    const { left, top, width, height } = element.getBoundingClientRect();
    const on = document.elementFromPoint(left + width / 2, top + height / 2);
    return on === null || !(element.contains(on) || on.contains(element));
  })
  .map((element) => element.ariaLabel || element.textContent || element.className)`;

describe('at every size', { skip: noBrowser, timeout: 600_000 }, () => {
  const { open } = usePretence(4);
  const longWord = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
  const longName = `${'a_very_long_name_without_any_space_'.repeat(4)}.mp4`;

  for (const [width, height] of [
    [320, 256],
    [320, 640],
    [420, 800],
    [700, 700],
    [1440, 900],
    [2560, 1300],
  ])
    test(`${width} x ${height}: nothing sticks out, nothing lies under something else`, async (t) => {
      const videos = pretendVideos(6);
      videos[0].path = `/footage/${longWord}/${longName}`;
      videos[1] = {
        ...videos[1],
        status: 'failed',
        error: { code: 'file-truncated', message: `"${longName}" is incomplete.`, remedy: 'Copy it again.' },
      };
      const { page } = await open(t, { videos }, { viewport: { width, height } });
      await page.getByText('6 videos').waitFor();
      for (const hash of [
        '#/',
        '#/search?q=cup',
        `#/search?q=zebra%20${longWord}`,
        '#/video/video-0?q=cup',
        '#/video/video-0',
        '#/video/video-1',
        '#/ask',
        '#/activity',
        '#/settings',
      ]) {
        await visit(page, hash);
        await page.locator('h1, [role=tab]').first().waitFor();
        await until(page, `!document.querySelector('main .converted.waiting')`);
        assert.deepEqual(await page.evaluate(sticksOut), [], hash);
        assert.deepEqual(await page.evaluate(covered), [], hash);
      }
      await page.getByRole('button', { name: 'Add footage' }).click();
      await page.getByRole('dialog').waitFor();
      assert.deepEqual(await page.evaluate(sticksOut), [], 'a dialog');
      assert.deepEqual(await seriousFindings(page), []);
    });
});
