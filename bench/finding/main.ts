// Whether search finds what it should, is sure when it may be, and silent when it must: labelled sets through `find`, held against
// the numbers kept in kept.json.
//   npm run -s bench -- finding [SET.json…] [--library FOLDER] [--bundle FOLDER] [--keep] [--json]
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeSample } from '../../demo/sample/index.ts';
import { intersectionOverUnion } from '../../demo/questions.ts';
import { createEngine } from '../../engine/engine.ts';
import { table } from '../../engine/hosts/cli/table.ts';
import { openTerminal, type Terminal } from '../../engine/hosts/cli/terminal.ts';
import type { Engine } from '../../engine/protocol/engine.ts';
import { madeSets, readSet, type LabelledCase, type LabelledSet } from './cases.ts';
import { dropped, enoughIoU, keptOf, type JudgedFind, type Kept } from './measure.ts';

export const what = 'whether search finds what it should, and is sure only of that (the quality gate)';

const root = join(import.meta.dirname, '../..');
const keptFile = join(import.meta.dirname, 'kept.json');
const options = {
  library: { type: 'string', default: join(root, 'data', 'demo') },
  bundle: { type: 'string', default: join(root, 'models', 'builtin') },
  keep: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** Runs the sets, prints their figures, and fails where one is worse than what is kept. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const at = (path: string) => resolve(process.env.INIT_CWD ?? '.', path);
  const terminal = openTerminal(process);
  const folder = join(root, 'sample');
  await mkdir(folder, { recursive: true });
  const sample = await makeSample({ dir: folder, onProgress: terminal.progress });
  const sets = [
    ...madeSets(sample.video, sample.truth),
    ...(await Promise.all(positionals.map((file) => readSet(at(file))))),
  ];
  const engine = createEngine({ libraryDir: at(values.library), builtinModel: at(values.bundle) });
  const measured: Record<string, Kept> = {};
  try {
    for (const set of sets) measured[set.name] = keptOf(await judge(engine, set, terminal));
  } finally {
    await engine.close();
  }
  terminal.clear();
  if (values.json) terminal.line(JSON.stringify(measured, null, 2));
  else print(terminal, sets, measured);
  if (values.keep) await writeFile(keptFile, `${JSON.stringify(measured, null, 2)}\n`);
  else await compare(terminal, measured);
}

async function judge(
  engine: Engine,
  { videos, cases }: LabelledSet,
  terminal: Terminal,
): Promise<JudgedFind[]> {
  const { videos: indexed } = await engine.index({ paths: videos }, { onProgress: terminal.progress });
  const ids = indexed.flatMap(({ id, error }) => (error || id === null ? [] : [id]));
  const judged: JudgedFind[] = [];
  for (const one of cases) {
    const { confident, moments } = await engine.find({ query: one.query, in: ids, limit: 5 });
    judged.push({
      there: one.truth.length > 0,
      confident,
      moments: moments.map((moment) => ({ confidence: moment.confidence, right: isRight(moment, one) })),
    });
  }
  return judged;
}

function isRight(moment: { start: number; end: number; path: string }, { truth }: LabelledCase): boolean {
  return truth.some(
    (span) =>
      (span.video === undefined || moment.path.endsWith(span.video)) &&
      intersectionOverUnion(moment, span) >= enoughIoU,
  );
}

const percent = (figure: Kept[keyof Kept]) =>
  figure === null
    ? '-'
    : `${(100 * figure[0]).toFixed(1)} (${(100 * figure[1]).toFixed(0)}–${(100 * figure[2]).toFixed(0)})`;

function print(terminal: Terminal, sets: readonly LabelledSet[], measured: Record<string, Kept>): void {
  const columns = [
    'set',
    'queries',
    'first',
    'among five',
    'first and sure',
    'false alarms',
    'calibration error',
  ];
  const rows = sets.map(({ name, cases }) => {
    const { first, five, sure, falseAlarms, calibrationError } = measured[name];
    return [name, String(cases.length), ...[first, five, sure, falseAlarms, calibrationError].map(percent)];
  });
  for (const line of table(
    columns.map((title) => ({ title })),
    rows,
    terminal.width,
  ))
    terminal.line(line);
}

async function compare(terminal: Terminal, measured: Record<string, Kept>): Promise<void> {
  const kept = JSON.parse(await readFile(keptFile, 'utf8').catch(() => '{}')) as Record<string, Kept>;
  for (const [name, now] of Object.entries(measured)) {
    if (!Object.hasOwn(kept, name)) continue;
    for (const figure of dropped(kept[name], now)) {
      terminal.line(
        `Worse than kept: ${name}, ${figure}: ${percent(now[figure])}, was ${percent(kept[name][figure])}.`,
      );
      process.exitCode = 1;
    }
  }
}
