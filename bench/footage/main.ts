// What the built-in bundle makes of real footage that nobody has described: everyday searches over all the files
// together, and everyday questions about each.
//   npm run -s bench -- footage FILE… [--json | --markdown] [--bundle FOLDER]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createEngine } from '../../engine/engine.ts';
import { table } from '../../engine/hosts/cli/table.ts';
import { openTerminal, type Terminal } from '../../engine/hosts/cli/terminal.ts';
import type { Engine } from '../../engine/protocol/engine.ts';
import { LongviewError } from '../../engine/protocol/errors.ts';
import { cellsOf, markdown, titles, type Row } from './rows.ts';

export const what = 'what everyday searches and questions bring back from real footage';

const finds = [
  'a person',
  'a car',
  'a red car',
  'a white car',
  'a yellow car',
  'a car driving away',
  'a person in orange',
  'a person in green',
  'a truck',
  'a bus',
  'a bicycle',
  'a dog',
  'a bottle',
  'a cup',
  'a chair',
  'a book',
  'a laptop',
  'three bottles',
  'bottles on a table',
  'a woman in a yellow sweater',
  'someone moving their hands',
  'cars on a road',
  'an empty road',
  'an elephant',
  'a guitar',
  'the sea',
  'a birthday cake',
];
const asks = [
  'Is there a person?',
  'Is there a car?',
  'Is there a bottle?',
  'Is there an elephant?',
  'Is there a vehicle?',
  'Is there an animal?',
  'Is there food?',
  'Is there a building?',
  'Is there clothing?',
  'How many cars are there?',
  'What colour is the car?',
  'Where in the picture is the car?',
  'Where in the picture is the person?',
  'Where in the picture is the bottle?',
  'What is next to the bottle?',
  'What is next to the person?',
  'What is shown first?',
  'What is shown, in order?',
];

const options = {
  json: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  bundle: { type: 'string', default: join(import.meta.dirname, '../../models/builtin') },
} as const;

/** Indexes the files into a library of its own, searches and asks, and prints what came back. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const at = (path: string) => resolve(process.env.INIT_CWD ?? '.', path);
  if (positionals.length === 0)
    throw new LongviewError(
      'bad-argument',
      'There is no footage to look at.',
      'Name video files: npm run -s bench -- footage FILE…',
    );
  const terminal = openTerminal(process);
  const folder = await mkdtemp(join(tmpdir(), 'longview-footage-'));
  const engine = createEngine({ libraryDir: folder, builtinModel: at(values.bundle) });
  try {
    const rows = await lookInto(engine, positionals.map(at), terminal);
    if (values.json) terminal.line(JSON.stringify(rows, null, 2));
    else if (values.markdown) for (const line of markdown(rows)) terminal.line(line);
    else {
      const columns = titles.map((title) => ({ title, shrink: 'end' as const }));
      for (const line of table(columns, rows.map(cellsOf), terminal.width)) terminal.line(line);
    }
  } finally {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function lookInto(engine: Engine, paths: readonly string[], terminal: Terminal): Promise<Row[]> {
  const { videos } = await engine.index({ paths: [...paths] }, { onProgress: terminal.progress });
  terminal.clear();
  for (const { path, error } of videos) if (error) terminal.note(`${path} is left out: ${error.message}`);
  const ids = videos.flatMap(({ id, error }) => (error ? [] : (id ?? [])));
  if (ids.length === 0)
    throw new LongviewError('file-not-found', 'There is no video there.', 'Name a video file.');
  const rows: Row[] = [];
  for (const query of finds) {
    const { confident, moments } = await engine.find({ query, in: ids, limit: 1 });
    rows.push({ kind: 'find', query, confident, ...moments[0] });
  }
  for (const { path, id, error } of videos)
    for (const question of error || id === null ? [] : asks) {
      const { answer, confident, confidence, evidence } = await engine.ask({ question, in: id! });
      rows.push({ kind: 'ask', query: question, answer, confident, ...evidence[0], confidence, path });
    }
  return rows;
}
