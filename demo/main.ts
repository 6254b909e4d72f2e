/**
 * `npm run demo [-- FILE…]`: the main job end to end on the built-in model. Without files it makes a sample recording
 * (once), whose events are known, indexes it, and holds every answer against the truth. With files it does the same on
 * the user's own footage, without the truth column.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createEngine } from '../engine/engine.ts';
import { openTerminal } from '../engine/hosts/cli/terminal.ts';
import { LongviewError } from '../engine/protocol/errors.ts';
import { makeSample } from './sample/index.ts';
import type { Engine } from '../engine/protocol/engine.ts';
import { askCases, everything, findCases } from './questions.ts';
import { askAll, findAll, indexAll } from './run.ts';
import { printTable } from './table.ts';

const root = join(import.meta.dirname, '..');
const terminal = openTerminal(process);
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());

/** What to look for in footage that nobody has described: everyday things, one of them most unlikely. */
const everydayFinds = ['a person', 'a car', 'a dog', 'a bottle', 'a book', 'a zebra'];
const everydayAsks = ['What is shown, in order?', 'Is there a person?', 'Is there a zebra?'];

async function demo(files: readonly string[]): Promise<void> {
  const engine = createEngine({ libraryDir: join(root, 'data', 'demo') });
  try {
    await show(engine, files);
  } finally {
    await engine.close();
  }
}

async function show(engine: Engine, files: readonly string[]): Promise<void> {
  if (files.length > 0) {
    const videos = await indexAll(engine, files, terminal, stop.signal);
    const finds = everydayFinds.map((query) => ({ query, truth: undefined }));
    const asks = everydayAsks.map((question) => ({ question, right: undefined }));
    await questions(engine, videos, finds, asks);
    whatNext(files[0]);
    return;
  }
  const folder = join(root, 'sample');
  await mkdir(folder, { recursive: true });
  const sample = await makeSample({ dir: folder, onProgress: terminal.progress, signal: stop.signal });
  terminal.clear();
  terminal.line(`Sample recording: ${sample.video}`);
  const videos = await indexAll(engine, [sample.video], terminal, stop.signal);
  await questions(engine, videos, findCases(sample.truth), askCases(sample.truth));
  const all = await findAll(engine, videos, everything(sample.truth), stop.signal);
  const there = all.slice(0, sample.truth.events.length);
  const absent = all.slice(sample.truth.events.length);
  terminal.line(
    `Those were examples. Of all ${there.length} things in the recording, ${count(there)} are found first and confidently; ` +
      `of ${absent.length} things that are not in it, ${count(absent)} are rightly called not confident.`,
  );
  whatNext(sample.video);
}

async function questions(
  engine: Engine,
  videos: readonly string[],
  finds: Parameters<typeof findAll>[2],
  asks: Parameters<typeof askAll>[2],
): Promise<void> {
  const rows = [
    ...(await findAll(engine, videos, finds, stop.signal)),
    ...(await askAll(engine, videos[0], asks, stop.signal)),
  ];
  printTable(rows, terminal);
}

function count(rows: readonly { hit: boolean | undefined }[]): number {
  return rows.filter((row) => row.hit === true).length;
}

function whatNext(video: string): void {
  const path = JSON.stringify(video);
  terminal.line();
  terminal.line('Try next, on your own footage:');
  terminal.line('  npm run demo -- YOUR-VIDEO.mp4');
  terminal.line('  npm run -s longview -- index ~/Videos');
  terminal.line('  npm run -s longview -- find "a red car"');
  terminal.line(`Or more on this one (the demo keeps its own library, data/demo):`);
  terminal.line(`  npm run -s longview -- ask "What is shown last?" --in ${path} --library data/demo`);
  terminal.line('  npm run -s longview -- help');
}

try {
  await demo(process.argv.slice(2).map((file) => resolve(process.env.INIT_CWD ?? '.', file)));
} catch (error) {
  terminal.clear();
  if (!(error instanceof LongviewError)) throw error;
  terminal.note(`${error.message} ${error.remedy}`);
  process.exitCode = 1;
}
