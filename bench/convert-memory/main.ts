// Peak memory and speed of converting a checkpoint: makes shards of the 7B geometry (or a share of its layers and
// vocabulary) with made-up weights, converts them, and prints the process's peak resident memory.
//   npm run -s bench -- convert-memory [--layers 28] [--vocab 152064] [--precision int4] [--folder DIR]
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Precision } from '../../engine/convert/index.ts';
import { convertCheckpoint } from '../../engine/convert/index.ts';
import { shape7B, writeMadeUpCheckpoint } from '../support/checkpoint.ts';

export const what = 'peak memory and seconds of converting a checkpoint of the 7B geometry';

const options = {
  layers: { type: 'string', default: '28' },
  vocab: { type: 'string', default: '152064' },
  precision: { type: 'string', default: 'int4' },
  folder: { type: 'string', default: tmpdir() },
} as const;

/** Converts a made-up checkpoint and prints the peak. @param args see `options` */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const folder = await mkdtemp(join(values.folder, 'longview-convert-memory-'));
  try {
    const source = join(folder, 'source');
    await mkdir(source);
    const geometry = { layers: Number(values.layers), blocks: 32, vocabulary: Number(values.vocab) };
    const bytes = await writeMadeUpCheckpoint(source, shape7B(geometry));
    const before = process.resourceUsage().maxRSS / 1024;
    const started = performance.now();
    const manifest = await convertCheckpoint({
      source,
      target: join(folder, 'bundle'),
      precision: values.precision as Precision,
    });
    const seconds = (performance.now() - started) / 1000;
    const peak = process.resourceUsage().maxRSS / 1024;
    const made = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    process.stdout.write(
      [
        `layers ${values.layers}, vocabulary ${values.vocab}, bfloat16 -> ${values.precision}`,
        `read ${(bytes / 1e9).toFixed(2)} GB, wrote ${(made / 1e9).toFixed(2)} GB in ${seconds.toFixed(0)} s`,
        `peak resident memory ${peak.toFixed(0)} MiB (${before.toFixed(0)} MiB before converting)`,
        '',
      ].join('\n'),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
