import type { Browser, Page } from 'playwright-core';

/** Milliseconds, or bytes, of some tries. */
export interface Spread {
  median: number;
  worst: number;
  tries: number;
}

/** The middle and the worst of some numbers. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: Math.round(sorted[sorted.length >> 1]),
    worst: Math.round(sorted.at(-1)!),
    tries: sorted.length,
  };
}

/** Notes on the page when the first tile was drawn, and every long task. */
const watch = `(() => {
  window.noted = { tile: undefined, long: [] };
  new PerformanceObserver((list) => { for (const task of list.getEntries()) noted.long.push(task.duration); })
    .observe({ type: 'longtask', buffered: true });
  const look = () => document.querySelector('[data-tile]')
    ? requestAnimationFrame(() => { noted.tile = performance.now(); }) : requestAnimationFrame(look);
  requestAnimationFrame(look);
})()`;
const until = (condition: string) => `new Promise((done) => {
  const look = () => { const found = ${condition}; found ? done(found) : requestAnimationFrame(look); };
  look();
})`;

/** True once the page shows what was found for a query: moments, or that there are none. */
const answered = (query: string) =>
  `[...document.querySelectorAll('main h1, main ol')].some((one) =>
    (one.getAttribute('aria-label') ?? one.textContent).includes(${JSON.stringify(query)}))`;

/** A window on the library; its first visit trades the key for a session. */
export async function openWindow(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  await context.addInitScript(watch);
  const page = await context.newPage();
  page.setDefaultTimeout(300_000);
  await page.goto(url);
  await page.evaluate(until('noted.tile'));
  return page;
}

/** From the beginning of the navigation to the first tiles on the screen. */
export async function timeToUsable(page: Page, tries: number): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < tries; count++) {
    await page.reload();
    times.push(await page.evaluate<number>(until('noted.tile')));
  }
  return times;
}

/** From the last key of each query to its first moment on the screen, the window's own quiet time included. */
export async function timeToResults(page: Page, queries: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  const box = page.getByRole('combobox', { name: 'Search your footage' });
  for (const query of queries) {
    await box.fill('');
    await page.evaluate(`location.hash = '#/'`);
    await page.evaluate(until(`document.querySelector('[data-tile]')`));
    await box.focus();
    await page.evaluate(
      `document.addEventListener('input', () => { noted.key = performance.now(); }, { capture: true })`,
    );
    await page.keyboard.type(query);
    const seen = until(`${answered(query)} && performance.now()`);
    times.push((await page.evaluate<number>(seen)) - (await page.evaluate<number>('noted.key')));
  }
  return times;
}

/** Turns the wheel through the whole grid; the main thread's tasks of over 50 ms meanwhile. */
export async function longTasksWhileScrolling(page: Page, steps: number): Promise<number[]> {
  await page.evaluate(`location.hash = '#/'`);
  await page.evaluate(until(`document.querySelector('[data-tile]')`));
  await page.evaluate('noted.long.length = 0');
  await page.mouse.move(700, 500);
  for (let step = 0; step < steps; step++) {
    await page.mouse.wheel(0, 900);
    await page.evaluate('new Promise((done) => requestAnimationFrame(done))');
  }
  // Far jumps, as with the scroll bar.
  for (let share = 1; share <= 10; share++)
    await page.evaluate(`new Promise((done) => {
      const box = document.querySelector('main .scroll');
      box.scrollTop = (box.scrollHeight * ${share}) / 10;
      requestAnimationFrame(() => requestAnimationFrame(done));
    })`);
  return page.evaluate<number[]>('noted.long');
}

/** The renderer's heap after every so many searches, garbage collected. */
export async function heapOverSearches(page: Page, searches: number, marks: number): Promise<number[]> {
  const session = await page.context().newCDPSession(page);
  const heap: number[] = [];
  for (let count = 1; count <= searches; count++) {
    const query = `thing ${count}`;
    await page.evaluate(`location.hash = '#/search?q=${encodeURIComponent(query)}'`);
    await page.evaluate(until(`${answered(query)} && !document.querySelector('.busy')`));
    if (count % Math.max(1, Math.floor(searches / marks)) !== 0) continue;
    await session.send('HeapProfiler.collectGarbage');
    heap.push((await session.send('Runtime.getHeapUsage')).usedSize);
  }
  return heap;
}
