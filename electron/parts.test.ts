import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { createAttention } from './attention.ts';
import { createBackOff } from './back-off.ts';
import { menuTemplate, type MenuActions } from './menu.ts';
import { pathsIn } from './opened-paths.ts';
import { isOwn } from './scheme.ts';
import { fitted, readWindowState, writeWindowState, type WindowState } from './window-state.ts';
import { languageOf, wordsOf } from './words.ts';
import type { MenuItemConstructorOptions } from 'electron';
import type { Job } from '../engine/protocol/wire.ts';
import type { ElectronApi } from './api.ts';

describe('starting again', () => {
  test('waits longer each time, gives up after some ends in a row, and forgets them at a person’s wish', () => {
    const backOff = createBackOff({ waitsMs: [1, 2], steadyMs: 1000, now: () => 0 });
    assert.deepEqual([backOff.ended(), backOff.ended(), backOff.ended()], [1, 2, undefined]);
    backOff.reset();
    assert.equal(backOff.ended(), 1);
  });

  test('an end after a steady run is not in a row with those before', () => {
    let now = 0;
    const backOff = createBackOff({ waitsMs: [1, 2], steadyMs: 1000, now: () => now });
    const run = (ms: number) => {
      backOff.started();
      now += ms;
      return backOff.ended();
    };
    assert.deepEqual([run(10), run(10), run(1000), run(999), run(10)], [1, 2, 1, 2, undefined]);
  });
});

describe('the window’s place', () => {
  const one = { x: 0, y: 25, width: 1920, height: 1055 };
  const left = { x: -1600, y: 0, width: 1600, height: 1200 };
  const state: WindowState = {
    x: 100,
    y: 100,
    width: 1300,
    height: 800,
    maximized: false,
    fullScreen: false,
  };

  test('is kept, also on a second display with negative coordinates', () => {
    assert.deepEqual(fitted(state, [one]), state);
    assert.deepEqual(fitted({ ...state, x: -1500 }, [one, left]), { ...state, x: -1500 });
  });

  test('is given up where its title bar can’t be caught any more', () => {
    for (const place of [{ x: -1500 }, { y: -200 }, { y: 1070 }, { x: 1900 }, { x: 5000, y: 5000 }]) {
      const { x, y } = fitted({ ...state, ...place }, [one]);
      assert.deepEqual([x, y], [undefined, undefined], JSON.stringify(place));
    }
  });

  test('never outgrows its display, nor shrinks below what the interface is made for', () => {
    const big = fitted({ ...state, x: 0, y: 30, width: 5000, height: 5000 }, [one]);
    assert.deepEqual([big.width, big.height], [1920, 1055]);
    const small = fitted({ ...state, width: 1, height: 1 }, [one]);
    assert.deepEqual([small.width, small.height], [1000, 640]);
    assert.equal(fitted(state, []).width, 1300);
  });

  test('survives a restart; a broken file is as if there were none', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'longview-window-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'deep', 'window.json');
    writeWindowState(file, { ...state, maximized: true });
    assert.deepEqual(readWindowState(file, [one]), { ...state, maximized: true });
    for (const text of ['', '{', '{"width":"wide"}', '{"width":-5,"height":5}']) {
      writeFileSync(file, text);
      assert.equal(readWindowState(file, [one]).x, undefined, text);
    }
  });
});

test('paths are taken from arguments; switches and what isn’t there are left aside', () => {
  const there = new Set(['/a/film.mp4', '/b'].map((path) => resolve(path)));
  const args = ['film.mp4', '--inspect', '-x', '', '/b', 'gone.mp4', '/a/film.mp4'];
  assert.deepEqual(
    pathsIn(args, '/a', (path) => there.has(path)),
    [...there],
  );
});

test('only the window’s own origin is its own', () => {
  for (const address of ['longview://app/', 'longview://app', 'longview://app/api/media/x'])
    assert.ok(isOwn(address), address);
  for (const address of [
    'longview://app.evil/',
    'longview://other/',
    'https://app/',
    'file:///',
    'longview:app',
    '',
  ])
    assert.ok(!isOwn(address), address);
});

describe('menus', () => {
  const done: string[] = [];
  const actions: MenuActions = {
    command: (command) => done.push(command),
    add: (what) => done.push(what),
    showLibraryFolder: () => done.push('folder'),
    showLicences: () => done.push('licences'),
  };
  const all = (platform: NodeJS.Platform, language: 'en' | 'zh') =>
    menuTemplate(platform, wordsOf[language], actions).flatMap((menu) => [
      menu,
      ...(menu.submenu as MenuItemConstructorOptions[]),
    ]);

  test('every item says something and does something, on every platform, in both languages', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const)
      for (const language of ['en', 'zh'] as const)
        for (const { type, label, role, click, submenu } of all(platform, language)) {
          if (type === 'separator') continue;
          assert.ok(label, `${platform} ${language}: ${role}`);
          assert.ok(role ?? click ?? submenu, `${platform} ${language}: ${label}`);
        }
  });

  test('no key is taken twice', () => {
    for (const platform of ['linux', 'darwin'] as const) {
      const keys = all(platform, 'en').flatMap(({ accelerator }) => accelerator ?? []);
      assert.equal(new Set(keys).size, keys.length);
    }
  });

  test('macOS has its application menu; elsewhere quitting and settings are found in the others', () => {
    const labels = (platform: NodeJS.Platform) =>
      menuTemplate(platform, wordsOf.en, actions).map(({ label }) => label);
    assert.equal(labels('darwin')[0], 'Longview');
    assert.equal(labels('linux')[0], 'File');
    assert.ok(all('win32', 'en').some(({ role }) => role === 'quit'));
    assert.ok(all('win32', 'en').some(({ label }) => label === 'Settings…'));
  });

  test('the first language is the system’s, where Longview speaks it', () => {
    assert.deepEqual(['zh-CN', 'zh', 'en-GB', 'de', ''].map(languageOf), ['zh', 'zh', 'en', 'en', 'en']);
    assert.deepEqual(Object.keys(wordsOf.zh), Object.keys(wordsOf.en));
  });
});

describe('attention', () => {
  /** The shell's surroundings, as a laptop has them. */
  function laptop() {
    const power = Object.assign(new EventEmitter(), {
      battery: false,
      isOnBatteryPower: () => power.battery,
    });
    const seen = {
      progress: -1,
      powerModes: [] as string[],
      notes: [] as string[],
      awake: 0,
      shown: 0,
      watched: false,
      now: 0,
    };
    const clicks = new EventEmitter();
    class Notification {
      readonly body: string;
      constructor({ body }: { body: string }) {
        this.body = body;
      }
      on(_event: string, listener: () => void) {
        clicks.on('click', listener);
      }
      show() {
        seen.notes.push(this.body);
      }
    }
    const powerSaveBlocker = { start: () => ++seen.awake, stop: () => --seen.awake };
    const attention = () =>
      createAttention({
        electron: { Notification, powerMonitor: power, powerSaveBlocker } as unknown as ElectronApi,
        showProgress: (fraction) => (seen.progress = fraction),
        isWatched: () => seen.watched,
        show: () => seen.shown++,
        setPowerMode: (powerMode) => seen.powerModes.push(powerMode),
        words: () => wordsOf.en,
        now: () => seen.now,
      });
    return { power, seen, clicks, attention };
  }
  const job = (state: Job['state'], more: Partial<Job> = {}): Job => ({
    id: 1,
    paths: ['/films'],
    state,
    addedAt: '2026-01-01T00:00:00Z',
    ...more,
  });
  const result = (statuses: ('indexed' | 'failed')[]): Job['result'] => ({
    wallSec: 90,
    realtimeFactor: 10,
    videos: statuses.map((status) => ({ id: 'a', path: '/films/a.mp4', durationSec: 1, status, patches: 1 })),
  });

  test('progress is on the icon and the machine stays awake while a job runs, not a moment longer', () => {
    const { seen, attention } = laptop();
    const following = attention();
    following.follow({ jobs: [job('running', { progress: { stage: 'indexing', fraction: 0.25 } })] });
    assert.deepEqual([seen.progress, seen.awake], [0.25, 1]);
    following.follow({ jobs: [job('paused')] });
    assert.deepEqual([seen.progress, seen.awake], [-1, 0]);
    following.follow({ jobs: [job('running')] });
    following.idle();
    assert.deepEqual([seen.progress, seen.awake], [-1, 0]);
  });

  test('on battery the power mode is low and sleep is allowed; on mains it is as before', () => {
    const { power, seen, attention } = laptop();
    const following = attention();
    following.follow({ jobs: [job('running')] });
    power.emit('on-battery');
    assert.deepEqual([seen.awake, seen.powerModes], [0, ['low']]);
    power.emit('on-ac');
    assert.deepEqual([seen.awake, seen.powerModes], [1, ['low', 'full']]);
  });

  test('a start on battery begins in low-power mode', () => {
    const { power, seen, attention } = laptop();
    power.battery = true;
    attention().follow({ jobs: [job('running')] });
    assert.deepEqual([seen.awake, seen.powerModes], [0, ['low']]);
  });

  test('the end of a long index is told once, with what failed, and leads to the window', () => {
    const { seen, clicks, attention } = laptop();
    const following = attention();
    following.follow({ jobs: [job('running')] });
    seen.now = 61_000;
    const done = { jobs: [job('done', { result: result(['indexed', 'indexed', 'failed']) })] };
    following.follow(done);
    following.follow(done);
    assert.deepEqual(seen.notes, ['2 videos indexed, 1 could not be.']);
    clicks.emit('click');
    assert.equal(seen.shown, 1);
  });

  test('a short index, a cancelled one, and one that somebody watches are no news', () => {
    const { seen, attention } = laptop();
    const following = attention();
    following.follow({ jobs: [job('running')] });
    following.follow({ jobs: [job('done', { result: result(['indexed']) })] });
    following.follow({ jobs: [job('running', { id: 2 })] });
    seen.now = 120_000;
    following.follow({ jobs: [job('cancelled', { id: 2 })] });
    seen.watched = true;
    following.follow({ jobs: [job('running', { id: 3 })] });
    seen.now = 240_000;
    following.follow({ jobs: [job('done', { id: 3, result: result(['indexed']) })] });
    assert.deepEqual(seen.notes, []);
  });
});
