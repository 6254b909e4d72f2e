import { spawnSync } from 'node:child_process';
import { findMediaTools } from '../../engine/media/index.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildShell, shellBuilt, shellFolder } from '../../build/shell.ts';
import { runShell, type ShellOptions } from '../../electron/shell.ts';
import { noBrowser } from '../e2e/browser.ts';
import { makeFootage, needPages } from '../e2e/stage.ts';
import { standIn, type StandIn } from './index.ts';
import type { MenuItemConstructorOptions } from 'electron';
import type { Locator, Page } from 'playwright-core';

const root = resolve(import.meta.dirname, '../..');
const noModel =
  !['bundle.json', 'eyes.onnx'].every((name) => existsSync(join(root, 'models', 'builtin', name))) &&
  'the built-in model is not there (npm run setup)';

const optionsIn = (folder: string, args: string[] = []): ShellOptions => ({
  pages: join(root, 'dist', 'renderer'),
  preload: join(shellFolder, 'preload.cjs'),
  programs: {
    engine: join(root, 'engine', 'hosts', 'desktop.ts'),
    probe: join(root, 'engine', 'inference', 'runtime', 'probe-child.ts'),
    listen: join(root, 'engine', 'speech', 'listen-child.ts'),
  },
  engine: {
    libraryDir: join(folder, 'library'),
    builtinModel: join(root, 'models', 'builtin'),
    ffmpegFolder: null,
    version: '1.2.3',
    sample: null,
  },
  stateFile: join(folder, 'window.json'),
  licences: join(folder, 'licences.txt'),
  args,
  workingFolder: folder,
  platform: 'linux',
  backOff: { waitsMs: [20, 20], steadyMs: 60_000 },
});

/** Waits for a condition that some event may bring about. */
async function until(emitter: NodeJS.EventEmitter, event: string, condition: () => boolean): Promise<void> {
  while (!condition()) await once(emitter, event);
}

/** Waits until something is shown; where it never is, tells what is. */
async function see(what: Locator): Promise<void> {
  try {
    await what.waitFor();
  } catch (cause) {
    const shown = await what.page().evaluate<string>(`location.href + '\\n' + document.body.innerText`);
    throw new Error(`The page shows something else:\n${shown}`, { cause });
  }
}

const choose = (menu: MenuItemConstructorOptions[], label: string) => {
  const items = menu.flatMap(({ submenu }) => submenu as MenuItemConstructorOptions[]);
  const item = items.find((candidate) => candidate.label === label);
  (item?.click as (() => void) | undefined)?.();
  return item;
};

describe('the desktop shell', { skip: noBrowser || noModel, timeout: 240_000 }, () => {
  let folder: string;
  let footage: Awaited<ReturnType<typeof makeFootage>>;
  let standing: StandIn;
  let page: Page;

  before(async () => {
    await needPages();
    if (!shellBuilt()) await buildShell();
    footage = await makeFootage(12);
    folder = await mkdtemp(join(tmpdir(), 'longview-shell-'));
    standing = standIn(folder);
    assert.equal(runShell(standing.electron, optionsIn(folder)), true);
    await once(standing.app, 'web-contents-created');
    await once(standing.windows[0], 'ready-to-show');
    page = standing.windows[0].webContents.page!;
  });
  after(async () => {
    await standing.close();
    await footage.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('its window shows the interface on the real engine, and the page has nothing of Electron or Node', async () => {
    await see(page.getByRole('heading', { name: 'Find any moment in your footage' }));
    const { webPreferences } = standing.windows[0].options;
    assert.equal(webPreferences?.sandbox, true);
    assert.equal(webPreferences?.contextIsolation, true);
    assert.equal(webPreferences?.nodeIntegration, false);
    assert.equal(webPreferences?.spellcheck, false);
    const seen = await page.evaluate<unknown[]>(
      `[typeof require, typeof process, Object.keys(window.longview).sort().join(' ')]`,
    );
    assert.deepEqual(seen, ['undefined', 'undefined', 'onCommand onState pathOf post receive setLanguage']);
  });

  test('footage chosen in the menu is indexed; the engine crashes meanwhile, is started again and goes on', async () => {
    const [window] = standing.windows;
    standing.dialogs.paths = [footage.video];
    choose(standing.menu(), 'Add Files…');
    await until(window, 'stand-in-progress', () => window.progress >= 0);
    assert.equal(standing.awake.size, 1, 'the machine is kept awake');

    // At once: on a busy machine the index could be over before the page has caught up, and nothing would go on.
    const [engine] = standing.processes;
    engine.child.kill('SIGKILL');
    await once(engine, 'exit');
    assert.equal(window.progress, -1);
    assert.equal(standing.awake.size, 0);
    await until(window, 'stand-in-progress', () => window.progress >= 0);
    await until(window, 'stand-in-progress', () => window.progress === -1);
    await see(page.getByRole('heading', { name: 'Activity' }));
    assert.notEqual(standing.processes[0].pid, engine.pid);
    await page.evaluate(`location.hash = '#/'`);
    await see(page.getByText('clock.mp4').first());
  });

  test('footage comes in parts through the scheme, and nothing but footage', async () => {
    const link = page.locator('a[href^="#/video/"]').first();
    const id = /video\/([^?]+)/.exec((await link.getAttribute('href'))!)![1];
    const film = await readFile(footage.video);
    const part = await page.evaluate<{ status: number; range: string; bytes: number[] }>(`
      fetch('/api/media/${id}', { headers: { range: 'bytes=100-109' } }).then(async (answer) => ({
        status: answer.status,
        range: answer.headers.get('content-range'),
        bytes: [...new Uint8Array(await answer.arrayBuffer())],
      }))`);
    assert.equal(part.status, 206);
    assert.equal(part.range, `bytes 100-109/${film.length}`);
    assert.deepEqual(part.bytes, [...film.subarray(100, 110)]);
    const statuses = await page.evaluate<number[]>(`Promise.all(
      ['/api/media/nobody', '/api/media/..%2f..%2fetc%2fpasswd', '/%2e%2e/%2e%2e/package.json', '/api/call', '/main.mjs']
        .map((path) => fetch(path).then((answer) => answer.status)))`);
    assert.deepEqual(statuses, [404, 404, 404, 404, 404]);
    const stream = await page.evaluate<string[]>(
      `fetch('/api/stream/${id}?start=10').then((answer) => [answer.status, answer.headers.get('content-type')].map(String))`,
    );
    assert.equal(stream[0], '200');
    assert.match(stream[1], /^video\//, 'footage that Chromium can’t play comes as what it can');
    await page.evaluate(`location.hash = '#/video/${id}?t=5'`);
    const duration = await page.evaluate<number>(`new Promise((done) => {
      const look = () => {
        const film = document.querySelector('video');
        if (film?.readyState >= 1) done(film.duration);
        else requestAnimationFrame(look);
      };
      look();
    })`);
    assert.equal(Math.round(duration), 12);
  });

  test('moments are exported to where the system’s dialog says, and to no path that the page names', async () => {
    const id = await page.evaluate<string>(`location.hash.match(/video\\/([^?]+)/)[1]`);
    const call = (request: object) =>
      page.evaluate<{ result?: { out: string }; error?: { code: string } }>(`new Promise((done) => {
        const id = 900_000 + Math.floor(Math.random() * 10_000);
        window.longview.receive((message) => message.id === id && !('part' in message) && done(message));
        window.longview.post({ id, method: 'exportMoments', request: ${JSON.stringify(request)} });
      })`);
    const request = { title: 'a: film', moments: [{ video: id, start: 1, end: 2 }], format: 'csv' };
    const stolen = join(folder, 'stolen.csv');
    assert.equal((await call({ ...request, out: stolen, overwrite: true })).error?.code, 'bad-argument');
    assert.equal((await call({ ...request, to: 'folder' })).error?.code, 'bad-argument', 'the desktop asks');
    standing.dialogs.save = '';
    assert.equal((await call({ ...request, to: 'choose' })).error?.code, 'cancelled');
    standing.dialogs.save = join(folder, 'chosen.csv');
    assert.equal((await call({ ...request, to: 'choose' })).result?.out, standing.dialogs.save);
    assert.equal(standing.dialogs.asked.at(-1)!.defaultPath, 'a film.csv');
    assert.match(await readFile(standing.dialogs.save, 'utf8'), /clock\.mp4/);
    standing.dialogs.paths = [folder];
    const clips = await call({ ...request, format: 'clips', to: 'choose' });
    assert.equal(clips.result?.out, join(folder, 'a film'));
    assert.ok(existsSync(clips.result.out) && !existsSync(stolen));
    await page.reload();
  });

  test('no other address is fetched, loaded or opened, and no permission given', async () => {
    const refused = await page.evaluate(
      `fetch('https://example.com/').then(() => 'fetched', () => 'refused')`,
    );
    assert.equal(refused, 'refused');
    const { webContents } = standing.windows[0];
    await page.evaluate(`location.href = 'https://example.com/'`);
    await see(page.getByRole('navigation').getByRole('link', { name: 'Library', exact: true }));
    assert.equal(webContents.getURL(), 'longview://app/');
    await page.evaluate(`void window.open('https://example.com/')`);
    assert.equal(standing.windows.length, 1);
    assert.equal(webContents.openHandler!({ url: 'longview://app/' }).action, 'deny');
    const ask = (name: string) => {
      let given: boolean | undefined;
      standing.permissions.ask(webContents, name, (answer) => (given = answer));
      return [given, standing.permissions.check(webContents, name, webContents.getURL())];
    };
    for (const name of ['media', 'geolocation', 'notifications', 'openExternal', 'midi', 'usb'])
      assert.deepEqual(ask(name), [false, false], name);
    assert.deepEqual(ask('fullscreen'), [true, true], 'the player may fill the screen');
  });

  test('a second start brings the window to the front and hands over what it was to open', async () => {
    const second = standIn(folder);
    const [window] = standing.windows;
    window.minimized = true;
    const film = await smallFilm(folder, 'second.mp4', 'testsrc');
    assert.equal(runShell(second.electron, optionsIn(folder, [film, '--flag', 'not-there.mp4'])), false);
    await once(standing.app, 'second-instance');
    assert.equal(window.minimized, false);
    assert.equal(window.calls.at(-1), 'focus');
    await see(page.getByText('second.mp4').first());
    assert.equal(second.windows.length, 0);
  });

  test('what is to be opened while the engine is being started again is opened then', async () => {
    const [engine] = standing.processes;
    const film = await smallFilm(folder, 'third.mp4', 'smptebars');
    engine.child.kill('SIGKILL');
    await once(engine, 'exit');
    runShell(standIn(folder).electron, optionsIn(folder, [film]));
    await see(page.getByText('third.mp4').first());
  });

  test('the menus speak the language of the window and lead to its places', async () => {
    choose(standing.menu(), 'Library');
    await see(page.getByText('clock.mp4').first());
    choose(standing.menu(), 'Find');
    await see(page.locator('form[role=search] input:focus'));
    await page.evaluate(`window.longview.setLanguage('zh')`);
    const labels = () => standing.menu().map(({ label }) => label);
    await until(standing.app, 'stand-in-menu', () => labels().includes('文件'));
    await page.evaluate(`window.longview.setLanguage('xx')`);
    assert.ok(labels().includes('文件'), 'what is no language changes nothing');
    await page.evaluate(`window.longview.setLanguage('en')`);
    await until(standing.app, 'stand-in-menu', () => labels().includes('File'));
    choose(standing.menu(), 'Show Library Folder');
    assert.deepEqual(standing.opened, [join(folder, 'library')]);
  });

  test('files dropped on the window are added by where they lie', async () => {
    await page.evaluate(`{
      const data = new DataTransfer();
      data.items.add(new File(['x'], 'dropped.mp4'));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
    }`);
    await see(page.getByText('dropped.mp4').first());
  });

  test('on battery the engine is told to use low power, and on mains to go on as before', () => {
    standing.power.emit('on-battery');
    assert.deepEqual(standing.processes[0].told.at(-1), { powerMode: 'low' });
    standing.power.emit('on-ac');
    assert.deepEqual(standing.processes[0].told.at(-1), { powerMode: 'full' });
  });

  test('quitting keeps the window’s place and lets the engine finish; the next start opens there', async (t) => {
    const place = { x: 300, y: 200, width: 1200, height: 800 };
    standing.windows[0].bounds = place;
    const [engine] = standing.processes;
    const exits = once(engine, 'exit');
    standing.app.quit();
    assert.deepEqual(await exits, [0], 'the engine ended by itself');
    await once(standing.app, 'quit');
    assert.equal(standing.windows.length, 0);

    const next = standIn(folder);
    t.after(() => next.close());
    runShell(next.electron, optionsIn(folder, [footage.video]));
    await once(next.app, 'web-contents-created');
    const [window] = next.windows;
    const { x, y, width, height } = window.options;
    assert.deepEqual({ x, y, width, height }, place);
    await once(window, 'ready-to-show');
    // Started with a file: that is where the queue is shown, once the page is there.
    await see(window.webContents.page!.getByRole('heading', { name: 'Activity' }));
  });
});

describe('an engine that can’t live', { skip: noBrowser, timeout: 60_000 }, () => {
  test('is started a few times, then a person is told why and may try again', async (t) => {
    await needPages();
    if (!shellBuilt()) await buildShell();
    const folder = await mkdtemp(join(tmpdir(), 'longview-shell-'));
    const standing = standIn(folder);
    t.after(async () => {
      await standing.close();
      await rm(folder, { recursive: true, force: true });
    });
    await mkdir(join(folder, 'library'));
    const broken = join(folder, 'broken.mjs');
    await writeFile(broken, `process.stderr.write('no such driver\\n', () => process.exit(3));`);
    const options = optionsIn(folder);
    standing.dialogs.button = 0;
    const shown = once(standing.dialogs.emitter, 'asked');
    runShell(standing.electron, { ...options, programs: { ...options.programs, engine: broken } });
    await shown;
    const [asked] = standing.dialogs.asked;
    assert.equal(asked.message, 'The engine keeps stopping');
    assert.match(asked.detail as string, /no such driver/);
    const again = once(standing.dialogs.emitter, 'asked');
    standing.dialogs.button = 1;
    await again;
    await once(standing.app, 'quit');
  });
});

/** A film of two seconds of one of ffmpeg's patterns. */
async function smallFilm(folder: string, name: string, pattern: string): Promise<string> {
  const film = join(folder, name);
  const { ffmpeg } = await findMediaTools();
  const made = spawnSync(ffmpeg, [
    ...['-v', 'error', '-f', 'lavfi', '-i', `${pattern}=s=128x72:r=10:d=2`],
    ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', film],
  ]);
  assert.equal(made.status, 0, String(made.stderr));
  return film;
}
