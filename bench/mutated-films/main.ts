// Films of every container and codec that this ffmpeg writes, with some of their bytes changed, taken out or put in.
//   npm run -s bench -- mutated-films [--count 10000] [--seed 1] [--from 0] [--only NAME]
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeCodedVideo } from '../../engine/media/testing/coded-video.ts';
import { recipes } from '../../engine/media/testing/containers.ts';
import { badArgument } from '../../engine/protocol/errors.ts';
import { mutated } from './mutate.ts';
import { tryFilm } from './try-film.ts';

/** For the list of benches. */
export const what =
  'films with changed bytes: each is read or refused in words, in bounded time (--count, --from)';

const options = {
  count: { type: 'string', default: '200' },
  seed: { type: 'string', default: '1' },
  /** Number of the first film; a run that was stopped says which comes next. */
  from: { type: 'string', default: '0' },
  only: { type: 'string' },
} as const;

/** Tries films `from` to `from + count`, the same ones for the same seed; ends with 1 where one was a mistake or slow. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const [count, seed, from] = (['count', 'seed', 'from'] as const).map((name) => {
    const number = Number(values[name]);
    if (!Number.isInteger(number) || number < 0)
      throw badArgument(`--${name}`, 'a whole number', values[name]);
    return number;
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'longview-mutated-'));
  const tally = { read: 0, refused: 0, mistakes: [] as string[], slow: [] as string[] };
  let next = from;
  let stopped = false;
  process.once('SIGINT', () => (stopped = true));
  try {
    const films = originals(folder, values.only);
    for (; next < from + count && !stopped; next++) {
      const { name, bytes } = films[next % films.length];
      const file = path.join(folder, `changed${path.extname(name)}`);
      writeFileSync(file, mutated(bytes, seed, next));
      const { outcome, ms, said } = await tryFilm(file);
      tally[outcome === 'mistake' ? 'read' : outcome] += outcome === 'mistake' ? 0 : 1;
      if (outcome === 'mistake') tally.mistakes.push(`${next} (${name}): ${said}`);
      if (ms > mostMs) tally.slow.push(`${next} (${name}): ${Math.round(ms / 1000)} s`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const lines = [
    `films           ${next - from} (seed ${seed}, ${from} to ${next - 1}; go on with --from ${next})`,
    `read            ${tally.read}`,
    `refused         ${tally.refused}`,
    ...['mistakes', 'slow'].flatMap((key) => {
      const list = tally[key as 'mistakes' | 'slow'];
      return [`${key.padEnd(16)}${list.length}`, ...list.slice(0, 20).map((one) => `  ${one}`)];
    }),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  if (tally.mistakes.length + tally.slow.length > 0) process.exitCode = 1;
}

/** A film of two seconds takes no longer than this, however it is changed. */
const mostMs = 60_000;

function originals(folder: string, only: string | undefined): { name: string; bytes: Buffer }[] {
  return recipes.flatMap(({ name, video }) => {
    if (only !== undefined && name !== only) return [];
    const file = path.join(folder, name);
    try {
      makeCodedVideo(file, { frames: 50, width: 64, height: 48, ...video });
      return [{ name, bytes: readFileSync(file) }];
    } catch {
      // This ffmpeg can't write it.
      return [];
    }
  });
}
