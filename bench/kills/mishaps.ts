import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openStore } from '../../engine/library/index.ts';
import { works } from './works.ts';

/**
 * What happens to a process in the middle of a work. `kill`: SIGKILL. `clock`: from there on its clock jumps by up to 400 days,
 * forth and back, at every third step. `provider`: the execution provider dies while it analyses frames.
 */
export const mishaps = ['kill', 'clock', 'provider'] as const;

/** One of {@link mishaps}. */
export type Mishap = (typeof mishaps)[number];

/** What became of the mishaps of one work. */
export interface Mishaps {
  work: string;
  /** Places of the work at which it can happen. */
  steps: number;
  /** How often it happened. */
  happened: number;
  /** Mishaps after which the library didn't open, or wasn't whole. */
  broken: string[];
  /** Mishaps after which the work, done again, came to another result than undisturbed. */
  different: string[];
}

/** Random numbers that are the same for a seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Lets a mishap happen to processes in the middle of a work, each at a step that is drawn by a seed. After each the library
 * must open and be whole, and the work, done again, must come to what an undisturbed one comes to. A work whose process goes on
 * all the same must come to that by itself.
 * @param folder empty; everything is made in it
 */
export async function mishapsOf(
  name: string,
  mishap: Mishap,
  count: number,
  seed: number,
  folder: string,
): Promise<Mishaps> {
  const work = works[name];
  const template = join(folder, 'template');
  mkdirSync(template, { recursive: true });
  await work.prepare(template);
  const place = join(folder, 'place');
  const fresh = () => {
    rmSync(place, { recursive: true, force: true });
    cpSync(template, place, { recursive: true });
  };
  fresh();
  const steps = Number((await run(name, place, 0, mishap)).output);
  const wanted = stateOf(place);
  const random = seeded(seed);
  const result: Mishaps = { work: name, steps, happened: 0, broken: [], different: [] };
  for (let number = 0; steps > 0 && number < count; number++) {
    const step = 1 + Math.floor(random() * steps);
    fresh();
    const { ended, error } = await run(name, place, step, mishap);
    // A process of another length than the undisturbed one (by some clock) may come to its end before it can be killed.
    if (mishap === 'clock' || ended !== 'itself') result.happened++;
    const at = `${name}, ${mishap} at step ${step} of ${steps}`;
    if (ended === 'failed' && mishap !== 'provider') result.broken.push(`${at}: ${error}`);
    try {
      const store = openStore(join(place, 'library'));
      const [fault] = store.faults();
      store.close();
      if (fault) result.broken.push(`${at}: ${fault.message}`);
      if (ended !== 'itself') await work.work(place);
      if (stateOf(place) !== wanted) result.different.push(at);
    } catch (error) {
      result.broken.push(`${at}: ${(error as Error).message}`);
    }
  }
  return result;
}

interface Ended {
  ended: 'itself' | 'killed' | 'failed';
  output: string;
  error: string;
}

async function run(name: string, folder: string, step: number, mishap: Mishap): Promise<Ended> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'struck.ts'), name, folder, String(step), mishap],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const output: string[] = [];
  const told: string[] = [];
  child.stdout.on('data', (data: Buffer) => output.push(data.toString()));
  child.stderr.on('data', (data: Buffer) => told.push(data.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const error = told.join('');
  if (code !== 0 && signal !== 'SIGKILL' && step === 0) throw new Error(`${name} failed: ${error}`);
  const ended = signal === 'SIGKILL' ? 'killed' : code === 0 ? 'itself' : 'failed';
  return { ended, output: output.join(''), error };
}

/** Everything that a library holds and that isn't drawn by chance (ids) or a time of day. */
function stateOf(folder: string): string {
  const library = join(folder, 'library');
  const store = openStore(library);
  try {
    store.cleanUp();
    const videos = store
      .videos()
      .map(({ id, path, durationSec, tracks, index }) => ({
        path: basename(path),
        durationSec,
        tracks: tracks
          .map(({ kind, extractor, version, settings, state, coverage, items, reachedSec }) => ({
            ...{ kind, extractor, version, settings, state, coverage, items, reachedSec },
          }))
          .sort((a, b) => `${a.kind} ${a.extractor}`.localeCompare(`${b.kind} ${b.extractor}`)),
        ...(index && {
          table: [...store.patchTable(id).starts, ...store.patchTable(id).embeddings],
          frames: store.frames(id),
          objects: store.objects(id),
          tokens: store.hasTokens(id)
            ? store
                .patchTokens(
                  id,
                  Array.from({ length: index.patches }, (_, patch) => patch),
                )
                .map((one) => [...one])
            : null,
          stills: store.thumbnails(id).map(({ time, path: still }) => [time, readFileSync(still, 'utf8')]),
        }),
        lines: store.lines(id).map(({ text, start }) => [text, start]),
      }))
      .sort((a, b) => a.path.localeCompare(b.path));
    const left = {
      features: namesIn(join(library, 'features')).length,
      stills: namesIn(join(library, 'thumbnails')).length,
      staging: namesIn(library).filter((name) => name.startsWith('restoring-')).length,
      parts: namesIn(folder).filter((name) => name.includes('.part')).length,
    };
    return JSON.stringify({
      videos,
      left,
      jobs: store.jobs().map(({ state }) => state),
      faults: store.faults(),
    });
  } finally {
    store.close();
  }
}

const namesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
