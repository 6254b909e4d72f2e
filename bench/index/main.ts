/**
 * `npm run -s bench -- index [--json] [--before DIR] [--rounds 1]`: how fast videos become searchable, and
 * what that costs, on films that are made: first look, whole index, the pipeline against its slowest part, still footage,
 * memory, size of the library, each extractor alone and beside the others. With `--before`, another checkout of
 * Longview (with its node_modules) indexes the same films in turn.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { table } from '../../engine/hosts/cli/table.ts';
import { openTerminal } from '../../engine/hosts/cli/terminal.ts';
import { probe } from '../../engine/media/index.ts';
import { badArgument } from '../../engine/protocol/errors.ts';
import { median } from '../median.ts';
import { outputOf } from '../output-of.ts';
import { makeFilms, type Films } from './films.ts';

export const what = 'how fast videos become searchable, against an older build, and what it costs';

const root = join(import.meta.dirname, '..', '..');
const options = {
  json: { type: 'boolean', default: false },
  before: { type: 'string' },
  rounds: { type: 'string', default: '1' },
} as const;

const measured = z.object({
  wallSec: z.number(),
  processorSec: z.number().optional(),
  memoryMb: z.number(),
  firstMs: z.number().optional(),
  patches: z.number().optional(),
  newPatches: z.number().optional(),
  patchSec: z.number().optional(),
});
type Measured = z.infer<typeof measured> & { bytes: Bytes };

/** Bytes of a library, by what they hold. */
interface Bytes {
  database: number;
  tokens: number;
  stills: number;
}

/** A line of the table; absent values weren't measured. */
interface Row {
  what: string;
  before?: string;
  now: string;
  /** How many times better this build is, or what the target is about. */
  ratio?: number;
  target: string;
}

/** Runs it. @param args see the head of this file */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const before =
    values.before === undefined ? undefined : resolve(process.env.INIT_CWD ?? '.', values.before);
  if (before !== undefined && !existsSync(join(before, 'engine', 'engine.ts')))
    throw badArgument('before', 'the folder of another checkout of Longview', values.before);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw badArgument('rounds', 'a whole number from 1', values.rounds);
  const terminal = openTerminal(process);
  const tell = (stage: string) => terminal.progress({ stage, fraction: 0 });
  const films = await makeFilms(root, (name) => tell(`making ${name}`));
  const bench = new IndexBench(films, before, rounds, tell);
  let rows: Row[];
  try {
    rows = await bench.rows();
  } finally {
    await rm(films.long, { force: true });
    terminal.clear();
  }
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    load: Number(loadavg()[0].toFixed(1)),
  };
  if (values.json) return void process.stdout.write(`${JSON.stringify({ machine, rounds, rows })}\n`);
  const { processor, cores, memoryGb, load } = machine;
  process.stdout.write(`${processor}, ${cores} cores, ${memoryGb} GB; load at the end ${load}\n`);
  process.stdout.write(`${report(rows).join('\n')}\n`);
}

class IndexBench {
  readonly #films: Films;
  readonly #before: string | undefined;
  readonly #rounds: number;
  readonly #tell: (stage: string) => void;

  constructor(films: Films, before: string | undefined, rounds: number, tell: (stage: string) => void) {
    this.#films = films;
    this.#before = before;
    this.#rounds = rounds;
    this.#tell = tell;
  }

  async rows(): Promise<Row[]> {
    const { sample, still, camera, long } = this.#films;
    const [sampleSec, stillSec, cameraSec, longSec] = await Promise.all(
      [sample, still, camera, long].map(async (film) => (await probe(film, {})).durationSec),
    );
    const first = await this.#one(root, 'first', long);
    const [wholes, stills, cameras] = [
      await this.#inTurn(sample),
      await this.#inTurn(still),
      await this.#inTurn(camera),
    ];
    const [whole] = wholes.now;
    const decoded = await this.#one(root, 'decode', sample);
    const encoded = await this.#one(root, 'encode', sample);
    const bound = Math.max(decoded.wallSec, (encoded.patchSec ?? 0) * (decoded.newPatches ?? 0));
    const firstSpeed = longSec / ((first.firstMs ?? Infinity) / 1000);
    const wholeBefore = cameras.before && cameraSec / median(cameras.before.map(({ wallSec }) => wallSec));
    return [
      {
        what: 'first look, half an hour of 1080p: times real time',
        now: `${firstSpeed.toFixed(0)} x (${((first.firstMs ?? 0) / 1000).toFixed(0)} s)`,
        ...(wholeBefore && {
          before: `${wholeBefore.toFixed(0)} x (whole)`,
          ratio: firstSpeed / wholeBefore,
        }),
        target: '60 x; 6 x sooner',
      },
      ...this.#speeds('whole index, sample 720p', wholes, sampleSec, '3 x'),
      ...this.#speeds('whole index, camera 1080p', cameras, cameraSec, '3 x'),
      ...this.#speeds('whole index, four slides', stills, stillSec, '5 x'),
      {
        what: 'pipeline / its slowest part alone',
        now: `${whole.wallSec.toFixed(1)} / ${bound.toFixed(1)} s`,
        ratio: whole.wallSec / bound,
        target: '<= 1.15',
      },
      {
        what: '  decoding alone, encoding alone',
        now: `${decoded.wallSec.toFixed(1)} s, ${((encoded.patchSec ?? 0) * (decoded.newPatches ?? 0)).toFixed(1)} s (${decoded.newPatches} of ${decoded.patches} patches are new)`,
        target: '',
      },
      this.#memory(wholes, first),
      this.#size(wholes, sampleSec),
      ...(await this.#extractors(still, stillSec)),
    ];
  }

  #speeds(what: string, { before, now }: Turns, seconds: number, target: string): Row[] {
    const times = (all: readonly Measured[]) => seconds / median(all.map(({ wallSec }) => wallSec));
    const work = (all: readonly Measured[]) =>
      (median(all.map(({ processorSec }) => processorSec ?? NaN)) * 3600) / seconds;
    const row = (name: string, value: (all: readonly Measured[]) => number, unit: string, aim: string) => ({
      what: name,
      now: `${value(now).toFixed(1)} ${unit}`,
      ...(before && { before: `${value(before).toFixed(1)} ${unit}` }),
      target: aim,
    });
    const cost = row('  processor, seconds an hour', work, 's', '');
    return [
      {
        ...row(`${what}: times real time`, times, 'x', target),
        ...(before && { ratio: times(now) / times(before) }),
      },
      { ...cost, ...(before && { ratio: work(before) / work(now) }) },
    ];
  }

  #memory({ before, now }: Turns, first: Measured): Row {
    const most = (all: readonly Measured[]) => Math.max(...all.map(({ memoryMb }) => memoryMb));
    return {
      what: 'memory of the engine, at most',
      now: `${most([...now, first]).toFixed(0)} MB`,
      ...(before && { before: `${most(before).toFixed(0)} MB` }),
      target: '< 600 MB',
    };
  }

  #size({ before, now }: Turns, seconds: number): Row {
    const mb = (bytes: number) => ((bytes / 1e6) * 3600) / seconds;
    const words = ({ bytes: { database, tokens, stills } }: Measured) =>
      `${mb(database + tokens + stills).toFixed(1)} MB (database ${mb(database).toFixed(1)}, tokens ${mb(tokens).toFixed(1)}, stills ${mb(stills).toFixed(1)})`;
    return {
      what: 'library, an hour of the sample',
      now: words(now[0]),
      ...(before && { before: words(before[0]) }),
      target: '<= 11 MB',
    };
  }

  /** What text on screen costs beside the pictures, and alone where they are there already. */
  async #extractors(film: string, seconds: number): Promise<Row[]> {
    const plain = await this.#one(root, 'whole', film);
    const beside = await this.#one(root, 'whole', film, { extractors: ['text'] });
    const library = await mkdtemp(join(tmpdir(), 'longview-index-'));
    try {
      await this.#one(root, 'whole', film, { library });
      const alone = await this.#one(root, 'whole', film, { library, extractors: ['text'] });
      const hourly = (sec: number | undefined) => (((sec ?? NaN) * 3600) / seconds).toFixed(0);
      return [
        {
          what: 'text on screen, four slides: processor an hour',
          now: `${hourly(alone.processorSec)} s alone, ${hourly((beside.processorSec ?? NaN) - (plain.processorSec ?? NaN))} s beside`,
          target: '',
        },
      ];
    } finally {
      await rm(library, { recursive: true, force: true });
    }
  }

  async #inTurn(film: string): Promise<Turns> {
    const turns: Turns = { now: [], ...(this.#before && { before: [] }) };
    for (let round = 0; round < this.#rounds; round++) {
      if (this.#before) turns.before!.push(await this.#one(this.#before, 'whole', film));
      turns.now.push(await this.#one(root, 'whole', film));
    }
    return turns;
  }

  async #one(
    build: string,
    kind: string,
    film: string,
    { library, extractors = [] }: { library?: string; extractors?: readonly string[] } = {},
  ): Promise<Measured> {
    this.#tell(`${kind}, ${film.split(/[\\/]/).at(-1)}${build === root ? '' : ', the build before'}`);
    const own = library ?? (await mkdtemp(join(tmpdir(), 'longview-index-')));
    try {
      const args = [join(import.meta.dirname, 'one.ts'), build, kind, film, own, ...extractors];
      return { ...measured.parse(JSON.parse(await outputOf(args))), bytes: sizes(own) };
    } finally {
      if (library === undefined) await rm(own, { recursive: true, force: true });
    }
  }
}

interface Turns {
  before?: Measured[];
  now: Measured[];
}

function sizes(library: string): Bytes {
  const bytes: Bytes = { database: 0, tokens: 0, stills: 0 };
  for (const entry of readdirSync(library, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const size = statSync(join(entry.parentPath, entry.name)).size;
    if (entry.name.endsWith('.tokens')) bytes.tokens += size;
    else if (entry.name.endsWith('.jpg')) bytes.stills += size;
    else if (/^library\.db(-wal)?$/.test(entry.name)) bytes.database += size;
  }
  return bytes;
}

function report(rows: readonly Row[]): string[] {
  return table(
    [
      { title: 'what' },
      { title: 'before', right: true },
      { title: 'now', right: true },
      { title: 'ratio', right: true },
      { title: 'target' },
    ],
    rows.map(({ what: name, before = '', now, ratio, target }) => [
      name,
      before,
      now,
      ratio === undefined ? '' : ratio.toFixed(2),
      target,
    ]),
    200,
  );
}
