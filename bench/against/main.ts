/**
 * `npm run -s bench -- against --before DIR [--what index,search,ask] [--rounds 5] [--video FILE] [--json]`: this build
 * and another checkout of Longview (with its node_modules) in turn, in one run: indexing a video, the first list of a
 * find in 100 hours, and how soon an answer starts. A ratio above 1 says how many times quicker this build is.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { table } from '../../engine/hosts/cli/table.ts';
import { badArgument } from '../../engine/protocol/errors.ts';
import { median } from '../median.ts';
import { outputOf } from '../output-of.ts';
import { makeSample } from '../search/queries.ts';

export const what = 'this build and an older one in turn: indexing, the first list, the start of an answer';

const root = join(import.meta.dirname, '..', '..');
const options = {
  before: { type: 'string' },
  what: { type: 'string', default: 'index,search,ask' },
  rounds: { type: 'string', default: '5' },
  video: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** What one build took, by the name of what was measured: milliseconds. */
type Took = ReadonlyMap<string, number>;

const searchSchema = z.object({ rows: z.array(z.object({ p50: z.number(), cpuMs: z.number() })) });
const askSchema = z.object({
  rows: z.array(z.object({ first: z.array(z.number()), second: z.array(z.number()) })),
});

/** One kind of measurement of the build that lies in a folder. */
type Measure = (build: string, video: string) => Promise<Took>;

const measures: Record<string, Measure> = {
  async index(build, video) {
    const library = await mkdtemp(join(tmpdir(), 'longview-against-'));
    try {
      const began = performance.now();
      await longview(build, ['engine/hosts/cli.ts', 'index', video, '--library', library]);
      return new Map([['indexing, whole process', performance.now() - began]]);
    } finally {
      await rm(library, { recursive: true, force: true });
    }
  },
  async search(build) {
    const text = await longview(build, ['bench/main.ts', 'search', '--only', '100h', '--json']);
    const [{ p50, cpuMs }] = searchSchema.parse(JSON.parse(text)).rows;
    return new Map([
      ['first list in 100 h, median of 100', p50],
      ['first list in 100 h, processor time', cpuMs],
    ]);
  },
  async ask(build, video) {
    const text = await longview(build, ['bench/main.ts', 'ask', '--video', video, '--rounds', '1', '--json']);
    const { rows } = askSchema.parse(JSON.parse(text));
    return new Map([
      ['first answer starts', median(rows.flatMap(({ first }) => first))],
      ['second answer starts', median(rows.flatMap(({ second }) => second))],
    ]);
  },
};

/** Runs it. @param args see the head of this file */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const before = resolve(values.before ?? '');
  if (values.before === undefined || !existsSync(join(before, 'build', 'run.mjs')))
    throw badArgument('before', 'the folder of another checkout of Longview', values.before);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw badArgument('rounds', 'a whole number from 1', values.rounds);
  const video = resolve(values.video ?? (await makeSample(root)));
  const rows = [];
  for (const name of values.what.split(',')) {
    const measure = measures[name];
    if (measure === undefined) throw badArgument('what', Object.keys(measures).join(', '), name);
    const some = await inTurn(measure, { before, video, rounds });
    rows.push(...some);
    if (!values.json) process.stdout.write(`${report(some).join('\n')}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ rounds, rows })}\n`);
}

interface Row {
  name: string;
  before: number;
  now: number;
  /** Before over now, pair by pair. */
  ratios: readonly number[];
}

/** Each build once unmeasured, then in turn, the other one first in every second round. */
async function inTurn(
  measure: Measure,
  run: { before: string; video: string; rounds: number },
): Promise<Row[]> {
  const builds = [run.before, root];
  for (const build of builds) await measure(build, run.video);
  const pairs: [Took, Took][] = [];
  for (let round = 0; round < run.rounds; round++) {
    const order = round % 2 === 0 ? builds : builds.toReversed();
    const took = new Map<string, Took>();
    for (const build of order) took.set(build, await measure(build, run.video));
    pairs.push([took.get(run.before)!, took.get(root)!]);
  }
  return [...pairs[0][0].keys()].map((name) => ({
    name,
    before: median(pairs.map(([before]) => before.get(name)!)),
    now: median(pairs.map(([, now]) => now.get(name)!)),
    ratios: pairs.map(([before, now]) => before.get(name)! / now.get(name)!),
  }));
}

/** What a script of a build prints. @throws Error if it ends with another code than 0 */
function longview(build: string, args: readonly string[]): Promise<string> {
  return outputOf([join(build, 'build', 'run.mjs'), ...args], { cwd: build });
}

function report(rows: readonly Row[]): string[] {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return table(
    [
      { title: 'what' },
      { title: 'before', right: true },
      { title: 'now', right: true },
      { title: 'ratio', right: true },
      { title: 'lowest to highest', right: true },
    ],
    rows.map(({ name, before, now, ratios }) => [
      name,
      ms(before),
      ms(now),
      `${median(ratios).toFixed(2)}x`,
      `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
    ]),
    120,
  );
}
