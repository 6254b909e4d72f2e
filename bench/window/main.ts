// How fast the window is, in a real Chromium on the real engine with a large library.
//   npm run -s bench -- window [--videos 10000] [--searches 1000] [--json]
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchChromium } from '../../build/chromium.ts';
import { buildRenderer, rendererBuilt, rendererFolder } from '../../build/renderer.ts';
import { createEngine } from '../../engine/engine.ts';
import { serve } from '../../engine/hosts/web/index.ts';
import { bytes } from '../../engine/protocol/bytes.ts';
import { makeLibrary } from './library.ts';
import {
  heapOverSearches,
  longTasksWhileScrolling,
  openWindow,
  spread,
  timeToResults,
  timeToUsable,
} from './measure.ts';

export const what = 'the window with 10,000 videos: until usable, typing to results, scrolling, memory';

const options = {
  videos: { type: 'string', default: '10000' },
  searches: { type: 'string', default: '1000' },
  json: { type: 'boolean', default: false },
} as const;
const queries = [
  'a dog',
  'red car',
  'two people',
  'a cup',
  'boat',
  'snow',
  'a bicycle',
  'night',
  'a cat',
  'cake',
];

/** Measures the window and prints a table. @param args see `options` */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  if (!rendererBuilt()) await buildRenderer();
  const bundle = join(dirname(import.meta.dirname), '..', 'models', 'builtin');
  const place = await mkdtemp(join(tmpdir(), 'longview-window-'));
  try {
    const libraryDir = await makeLibrary(place, Number(values.videos), bundle);
    const measured = await measure(libraryDir, Number(values.searches));
    const about = { videos: Number(values.videos), cores: availableParallelism(), load: loadavg()[0] };
    process.stdout.write(
      values.json ? `${JSON.stringify({ ...about, ...measured })}\n` : table({ ...about, ...measured }),
    );
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

type Measured = Awaited<ReturnType<typeof measure>>;

async function measure(libraryDir: string, searches: number) {
  const engine = createEngine({ libraryDir });
  const host = await serve({
    engine,
    pages: rendererFolder,
    info: { version: '0', platform: process.platform, sample: null },
  });
  const browser = await launchChromium(['--enable-precise-memory-info']);
  try {
    const page = await openWindow(browser, host.url);
    const usableMs = spread(await timeToUsable(page, 5));
    // The first search of a process loads the model; that is not what typing feels like.
    await timeToResults(page, ['warm up']);
    const resultsMs = spread(await timeToResults(page, queries));
    const long = await longTasksWhileScrolling(page, 200);
    const heapBytes = await heapOverSearches(page, searches, 10);
    return {
      usableMs,
      resultsMs,
      longTasks: long.length,
      longestTaskMs: Math.round(Math.max(0, ...long)),
      searches,
      heapBytes,
    };
  } finally {
    await browser.close();
    await host.close();
    await engine.close();
  }
}

function table(m: Measured & { videos: number; cores: number; load: number }): string {
  const rows = [
    [
      'until usable, reload',
      `${m.usableMs.median} ms (worst of ${m.usableMs.tries}: ${m.usableMs.worst} ms)`,
      '< 1 s',
    ],
    [
      'last key to first moment',
      `${m.resultsMs.median} ms (worst of ${m.resultsMs.tries}: ${m.resultsMs.worst} ms)`,
      '< 150 ms',
    ],
    ['tasks > 50 ms while scrolling', `${m.longTasks} (longest ${m.longestTaskMs} ms)`, 'none'],
    [`heap over ${m.searches} searches`, `${m.heapBytes.map(bytes).join(', ')}`, 'flat'],
  ];
  const lines = rows.map(([name, found, aim]) => `${name.padEnd(32)}${found}   (aim: ${aim})`);
  return `${m.videos} videos, ${m.cores} cores, load ${m.load.toFixed(1)} meanwhile\n${lines.join('\n')}\n`;
}
