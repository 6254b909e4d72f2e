/**
 * Text on screen, on lectures that are made here: slides in English, Chinese and code, light, dark and pale, 24 pixels
 * and larger at 1280x720, filmed as H.264; and on words over moving pictures. How many of their words are found, when lines are said to come and go, how
 * large the track is, and what it costs.
 *   npm run -s bench -- screen-text [--minutes 10] [--seed 1] [--json] [--folder DIR: keep the films there]
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeDeck } from '../../demo/slides/deck.ts';
import { filmOverPictures, type OverPictures } from '../../demo/slides/film-over-pictures.ts';
import { filmSlides, slideTruth, type FilmOptions, type SlideTruth } from '../../demo/slides/film-slides.ts';
import {
  finishLines,
  packLines,
  ScreenTextFollower,
  TextReader,
  type Sighting,
} from '../../engine/screen-text/index.ts';
import { badArgument } from '../../engine/protocol/errors.ts';
import { framesOf } from './frames.ts';
import { score } from './score.ts';

export const what = 'text on screen: words found on made slides, times, size, cost';

const options = {
  minutes: { type: 'string', default: '10' },
  seed: { type: 'string', default: '1' },
  fps: { type: 'string', default: '1' },
  only: { type: 'string' },
  json: { type: 'boolean', default: false },
  folder: { type: 'string' },
  missed: { type: 'boolean', default: false },
} as const;

const plain: FilmOptions = { fps: 5, crf: 28, noise: 0, speaker: false };

/** Makes one film, and tells what is to be found in it. */
type Maker = (where: {
  seed: number;
  seconds: number;
  folder: string;
  film: string;
}) => Promise<SlideTruth[]>;

const lecture =
  (
    options: Omit<Parameters<typeof makeDeck>[0], 'seed' | 'seconds'> = {},
    look: Partial<FilmOptions> = {},
  ): Maker =>
  async ({ seed, seconds, folder, film }) => {
    const deck = makeDeck({ ...options, seed, seconds });
    if (!existsSync(film)) await filmSlides(deck, folder, film, { ...plain, ...look });
    return slideTruth(deck);
  };

const over =
  (kind: OverPictures): Maker =>
  ({ seed, seconds, folder, film }) =>
    filmOverPictures(kind, Math.min(seconds, 120), seed, folder, film);

const cases: Record<string, Maker> = {
  all: lecture(),
  English: lecture({ writings: ['english'], themes: ['light', 'paper', 'blue'] }),
  Chinese: lecture({ writings: ['chinese'], themes: ['light', 'dark', 'blue'] }),
  code: lecture({ writings: ['code'] }),
  dark: lecture({ themes: ['dark'] }),
  pale: lecture({ themes: ['pale'] }),
  noise: lecture({}, { noise: 24 }),
  speaker: lecture({}, { speaker: true }),
  subtitles: over('subtitles'),
  ticker: over('ticker'),
  credits: over('credits'),
  nothing: over('nothing'),
};

/** Makes the lectures, reads them and prints a table. @param args see `options` */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const [minutes, seed, fps] = (['minutes', 'seed', 'fps'] as const).map((name) =>
    positive(name, values[name]),
  );
  const chosen = values.only?.split(',') ?? Object.keys(cases);
  for (const name of chosen)
    if (!(name in cases)) throw badArgument('--only', Object.keys(cases).join(', '), name);
  const folder = values.folder ?? (await mkdtemp(join(tmpdir(), 'longview-screen-text-')));
  const weights = join(import.meta.dirname, '..', '..', 'node_modules', '@gutenye', 'ocr-models', 'assets');
  const reader = await TextReader.open(weights);
  try {
    const rows = [];
    for (const name of chosen) {
      const place = join(folder, `${name}-${seed}-${minutes}`);
      const film = join(place, 'film.mp4');
      await mkdir(place, { recursive: true });
      const truth = await cases[name]({ seed, seconds: minutes * 60, folder: place, film });
      const row = await measure(reader, film, truth, fps);
      if (values.missed) process.stderr.write(row.missed.map((miss) => `${JSON.stringify(miss)}\n`).join(''));
      rows.push({ name, ...row, missed: row.missed.length });
      if (!values.json) process.stdout.write(`${lineOf(rows[rows.length - 1])}\n`);
    }
    if (values.json)
      process.stdout.write(`${JSON.stringify({ minutes, seed, fps, cores: cpus().length, rows })}\n`);
  } finally {
    await reader[Symbol.asyncDispose]();
    if (values.folder === undefined) await rm(folder, { recursive: true });
  }
}

type Row = Awaited<ReturnType<typeof measure>>;

async function measure(reader: TextReader, film: string, truth: readonly SlideTruth[], fps: number) {
  const follower = new ScreenTextFollower(reader);
  const sightings: Sighting[] = [];
  const before = process.cpuUsage();
  const from = performance.now();
  for await (const frame of framesOf(film, { fps, width: 1280, height: 720 })) {
    await follower.push(frame);
    sightings.push(...follower.takeEnded());
  }
  sightings.push(...follower.finish());
  const lines = finishLines(sightings);
  const wall = (performance.now() - from) / 1000;
  const cpu = process.cpuUsage(before);
  const hour = (3600 * fps) / follower.work.samples;
  const { words, found, read, right, startErrors, endErrors, missed } = score(truth, lines);
  return {
    ...{
      words,
      found: words > 0 ? found / words : 1,
      right: read > 0 ? right / read : 1,
      lines: lines.length,
      missed,
    },
    said: lines.filter(({ kind }) => kind === 'said').length,
    start: worst(startErrors),
    end: worst(endErrors),
    cpuAnHour: ((cpu.user + cpu.system) / 1e6) * hour,
    wallAnHour: wall * hour,
    bytesAnHour: packLines(lines).length * hour,
    work: follower.work,
  };
}

/** Of lines' errors in time, the middle one and the one that 95 % stay under, in seconds. */
function worst(errors: readonly number[]): { median: number; p95: number } {
  const sorted = errors.map(Math.abs).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { median: at(0.5), p95: at(0.95) };
}

function lineOf(row: { name: string } & Omit<Row, 'missed'>): string {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const { glances, looks, lines, samples } = row.work;
  return [
    `${row.name.padEnd(8)} words ${row.words}, found ${percent(row.found)}, right ${percent(row.right)}`,
    `${row.lines} lines (${row.said} said)`,
    `starts ${row.start.median.toFixed(1)}/${row.start.p95.toFixed(1)} s, ends ${row.end.median.toFixed(1)}/${row.end.p95.toFixed(1)} s`,
    `an hour: ${row.cpuAnHour.toFixed(0)} s of CPU time (${row.wallAnHour.toFixed(0)} s on the clock), ${(row.bytesAnHour / 1000).toFixed(0)} kB`,
    `${samples} samples, ${glances} glances, ${looks} looks, ${lines} lines read`,
  ].join('; ');
}

function positive(name: string, value: string): number {
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw badArgument(`--${name}`, 'a number > 0', value);
}
