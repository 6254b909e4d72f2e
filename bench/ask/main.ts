// How soon an answer starts: the first question about a video, and a second, different one about the same video.
//   npm run -s bench -- ask [--video FILE] [--library DIR] [--model ID: an imported checkpoint] [--rounds 5] [--json]
import { fork } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createEngine } from '../../engine/engine.ts';
import { badArgument } from '../../engine/protocol/errors.ts';
import { median } from '../median.ts';

export const what = 'milliseconds until an answer starts: first question, second question, known question';

const options = {
  video: { type: 'string', default: 'sample/sample.mp4' },
  library: { type: 'string', default: 'data/bench-ask' },
  model: { type: 'string' },
  rounds: { type: 'string', default: '5' },
  json: { type: 'boolean', default: false },
} as const;

/** Questions that are answered in words as they come. The wording of each is its own, so that none is in the cache. */
const questions = [
  ['Why is somebody there?', 'Who is speaking to whom?'],
  ['Which season might it be?', 'Where could this have been filmed?'],
  ['What could be the occasion?', 'Describe the video, in order.'],
] as const;

const tookSchema = z.object({ first: z.number(), second: z.number(), known: z.number() });

interface Row {
  question: string;
  after: string;
  /** Milliseconds until the first words, one for each round. */
  first: number[];
  second: number[];
  known: number[];
}

/** Asks in turn, each pair in a process of its own. @param args see `options` */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw badArgument('rounds', 'a whole number from 1', values.rounds);
  const config = { libraryDir: resolve(values.library) };
  const video = resolve(values.video);
  const indexing = createEngine(config);
  await indexing.index({ paths: [video] });
  await indexing.close();
  const rows: Row[] = questions.map(([question, after]) => ({
    question,
    after,
    first: [],
    second: [],
    known: [],
  }));
  for (let round = 0; round < rounds; round++)
    for (const row of rows) {
      const took = await asked([config.libraryDir, video, row.question, row.after, values.model ?? '']);
      row.first.push(took.first);
      row.second.push(took.second);
      row.known.push(took.known);
    }
  process.stdout.write(
    values.json ? `${JSON.stringify({ video, rounds, rows })}\n` : `${table(rows, rounds)}\n`,
  );
}

function asked(args: readonly string[]): Promise<z.infer<typeof tookSchema>> {
  const child = fork(join(import.meta.dirname, 'one.ts'), [...args], { execArgv: [] });
  return new Promise((resolve, reject) => {
    child.on('message', (message) => resolve(tookSchema.parse(message)));
    child.on('exit', (code) => reject(new Error(`the asking process ended with code ${code}`)));
  });
}

function table(rows: readonly Row[], rounds: number): string {
  const cell = (text: string) => text.padStart(14);
  const ms = (values: readonly number[]) => `${median(values).toFixed(1)} ms`;
  const lines = rows.map(
    ({ question, after, first, second, known }) =>
      `${cell(ms(first))}${cell(ms(second))}${cell(`${(median(first) / median(second)).toFixed(1)}x`)}${cell(ms(known))}   ${question} / ${after}`,
  );
  const head = ['first', 'second', 'sooner by', 'known'].map(cell).join('');
  return [`Until an answer starts, medians of ${rounds} rounds, each in a new process:`, head, ...lines].join(
    '\n',
  );
}
