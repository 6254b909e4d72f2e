import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { pretendVideos } from '../web/pretend-engine.ts';
import { noBrowser } from './browser.ts';
import { currentTime, playable, seriousFindings, until } from './page.ts';
import { usePretence } from './pretended.ts';
import { ffmpeg } from './stage.ts';

describe('playing', { skip: noBrowser, timeout: 300_000 }, () => {
  const { open, footage, folder } = usePretence();
  const playing = `(document.querySelector('video')?.currentTime ?? 0) > 0.1 && !document.querySelector('video').paused`;
  const shown = (page: Page) => page.locator('.clock b').textContent();

  test('mute, volume and their slider change the sound and nothing else while it plays', async (t) => {
    const { page } = await open(t, {}, { hash: '#/video/video-0?q=cup' });
    await until(page, playable);
    await page.locator('#main').focus();
    await page.keyboard.press(' ');
    await until(page, playing);
    const source = await page.evaluate<string>(`document.querySelector('video').src`);
    assert.match(source, /\/api\/media\/video-0$/);
    await page.keyboard.press('m');
    await until(page, `document.querySelector('video').muted`);
    const slider = page.getByRole('slider', { name: 'Volume' });
    await slider.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await until(page, `Math.abs(document.querySelector('video').volume - 0.05) < 0.001`);
    await page.getByRole('button', { name: 'Mute (M)' }).click();
    await until(page, `document.querySelector('video').muted`);
    const before = await page.evaluate<number>(currentTime);
    await until(page, `${currentTime} > ${before}`);
    assert.equal(
      await page.evaluate(`document.querySelector('video').getAttribute('src')`),
      '/api/media/video-0',
    );
    await page.reload();
    await until(page, playable);
    assert.equal(await page.evaluate(`document.querySelector('video').muted`), true, 'it is kept');
    assert.deepEqual(await seriousFindings(page), []);
  });

  for (const [name, coding] of [
    ['old.avi', ['-c:v', 'mpeg4', '-q:v', '5']],
    ['edit.mov', ['-c:v', 'prores_ks', '-profile:v', '0', '-pix_fmt', 'yuv422p10le']],
    [
      'phone.mp4',
      ['-c:v', 'libx265', '-preset', 'ultrafast', '-tag:v', 'hvc1', '-x265-params', 'log-level=none'],
    ],
  ] as const)
    test(`${name}, encoded as it plays, is sought and stepped in where it has come already`, async (t) => {
      const path = join(folder(), name);
      ffmpeg(['-i', footage(), ...coding, path]);
      const videos = pretendVideos(3);
      videos[0].path = `/footage/${name}`;
      const { page } = await open(
        t,
        { videos, footage: path, codec: 'hevc' },
        { hash: '#/video/video-0?t=8&q=cup' },
      );
      await page.getByText('converted', { exact: true }).waitFor();
      await until(page, playable);
      await page.locator('#main').focus();
      for (const [key, time] of [
        ['.', '0:08.0'],
        ['.', '0:08.1'],
        ['ArrowRight', '0:13.1'],
        [',', '0:13.0'],
        ['ArrowLeft', '0:08.0'],
      ]) {
        await page.keyboard.press(key);
        await page.getByText(time, { exact: true }).waitFor();
        await until(page, playable);
        assert.equal(await shown(page), time, `after ${key}`);
      }
      await page.keyboard.press(' ');
      await until(page, playing);
      await until(page, `document.querySelector('.clock b').textContent > '0:08.3'`);
      assert.ok((await shown(page))! < '0:13');
    });

  test('J, K and L shuttle: backwards, still, forwards, and faster when pressed again', async (t) => {
    const { page } = await open(t, {}, { hash: '#/video/video-0?t=10&q=cup' });
    await until(page, playable);
    await page.locator('#main').focus();
    await page.keyboard.press('l');
    await until(page, `${currentTime} > 10.1`);
    await page.keyboard.press('l');
    await until(page, `document.querySelector('video').playbackRate === 2`);
    await page.keyboard.press('k');
    await until(page, `document.querySelector('video').paused`);
    const from = await page.evaluate<number>(currentTime);
    await page.keyboard.press('j');
    await page.getByText('backwards 1×').waitFor();
    await page.keyboard.press('j');
    await page.getByText('backwards 2×').waitFor();
    await until(page, `${currentTime} < ${from} - 0.5`);
    await page.keyboard.press('k');
    await page.getByText('backwards').waitFor({ state: 'detached' });
    const stood = await page.evaluate<number>(currentTime);
    await page.keyboard.press('l');
    await until(page, `${currentTime} > ${stood}`);
  });
});
