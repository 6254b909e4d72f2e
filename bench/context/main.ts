/**
 * How seconds and memory grow with the context: reads prompts of made-up visual tokens with a bundle's decoder, each in a
 * process of its own, and prints what each took at its peak.
 *   npm run -s bench -- context [--json] [--quick] [--most 65536] [--bundle models/builtin] [--provider cpu] [--threads N]
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { badArgument } from '../../engine/protocol/errors.ts';

export const what = 'seconds and megabytes of reading contexts of up to 65,536 tokens';

const options = {
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  most: { type: 'string', default: '65536' },
  bundle: { type: 'string', default: join(import.meta.dirname, '../../models/builtin') },
  provider: { type: 'string', default: 'cpu' },
  threads: { type: 'string' },
} as const;

const foundSchema = z.object({
  tokens: z.number(),
  /** Of reading the whole prompt, the decoder already open. */
  seconds: z.number(),
  /** Milliseconds of one generated token after it. */
  stepMs: z.number(),
  /** The process's peak, and what it had taken before it began to read. */
  peakMiB: z.number(),
  openMiB: z.number(),
  cacheMiB: z.number(),
});

/** Prints the table. @param args see `options` */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const most = Number(values.most);
  if (!Number.isSafeInteger(most) || most < 1024)
    throw badArgument('--most', 'a whole number >= 1024', values.most);
  const rows: z.infer<typeof foundSchema>[] = [];
  for (let tokens = 1024; tokens <= (values.quick ? 4096 : most); tokens *= 2) {
    rows.push(await measured([values.bundle, values.provider, String(tokens), values.threads ?? '']));
    if (!values.json)
      process.stdout.write(rows.length === 1 ? head + line(rows[0]) : line(rows.at(-1) as Row));
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ bundle: values.bundle, rows })}\n`);
}

type Row = z.infer<typeof foundSchema>;

const head = [
  '| tokens | prefill s | one more token ms | peak MiB | before reading MiB | keys and values MiB |',
  '|---|---|---|---|---|---|\n',
].join('\n');

function line(row: Row): string {
  const { tokens, seconds, stepMs, peakMiB, openMiB, cacheMiB } = row;
  const numbers = [
    seconds.toFixed(2),
    stepMs.toFixed(1),
    ...[peakMiB, openMiB, cacheMiB].map((n) => n.toFixed(0)),
  ];
  return `| ${[tokens, ...numbers].join(' | ')} |\n`;
}

function measured(args: readonly string[]): Promise<Row> {
  const child = fork(join(import.meta.dirname, 'one.ts'), [...args], { execArgv: [] });
  return new Promise((resolve, reject) => {
    child.on('message', (message) => resolve(foundSchema.parse(message)));
    child.on('exit', (code) => reject(new Error(`the measuring process ended with code ${code}`)));
  });
}
