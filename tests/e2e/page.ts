import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string }[];
}

/** What axe finds serious on the page as it is. */
export function seriousFindings(page: Page): Promise<string[]> {
  return findings(page, ['serious', 'critical']);
}

/** What axe finds on the page as it is: headings and landmarks too. */
export function allFindings(page: Page): Promise<string[]> {
  return findings(page, ['minor', 'moderate', 'serious', 'critical']);
}

async function findings(page: Page, impacts: readonly string[]): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate<Violation[]>('axe.run().then(({ violations }) => violations)');
  return found
    .filter(({ impact }) => impacts.includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** True on the page once the film can be played. */
export const playable = `document.querySelector('video')?.readyState === 4`;
/** Where the film is, on the page. */
export const currentTime = `document.querySelector('video').currentTime`;

/** How long {@link until} waits, in milliseconds. */
const patience = 30_000;

/**
 * Waits for something to be true on the page; the page's policy forbids the evaluation that Playwright's own wait needs.
 * Throws with the address and the text of the page where it never comes true.
 */
export async function until(page: Page, expression: string): Promise<void> {
  const came = await page.evaluate<boolean>(`new Promise((done) => {
    const end = performance.now() + ${patience};
    const look = () => {
      if (${expression}) done(true);
      else if (performance.now() > end) done(false);
      else requestAnimationFrame(look);
    };
    look();
  })`);
  if (came) return;
  const text = await page.evaluate<string>('document.body.innerText');
  throw new Error(`Never true: ${expression}\nat ${page.url()}\nwith ${text.slice(0, 600)}`);
}

/** Goes to the settings, with what few people need unfolded. */
export async function visitAdvanced(page: Page): Promise<void> {
  await visit(page, '#/settings');
  await page.locator('summary', { hasText: 'Advanced' }).click();
}

/** Goes to a place of the window. */
export const visit = (page: Page, hash: string): Promise<unknown> =>
  page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
