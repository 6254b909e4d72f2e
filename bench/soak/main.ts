import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildRenderer, rendererBuilt } from '../../build/renderer.ts';
import { badArgument, LongviewError } from '../../engine/protocol/errors.ts';

const root = resolve(import.meta.dirname, '../..');

/** For the list of benches. */
export const what =
  'an hour of indexing, finding and asking: does memory stay flat, is anything left (Linux)';

/** Serves a library of its own and uses it without a pause; tells memory over time and what is left at the end. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { minutes: { type: 'string', default: '60' } } });
  const minutes = Number(values.minutes);
  if (!(minutes >= 2)) throw badArgument('--minutes', 'a number of minutes, 2 or more', values.minutes);
  if (process.platform !== 'linux')
    throw new LongviewError('bad-argument', 'Memory is read from /proc.', 'Run this under Linux.');
  if (!rendererBuilt()) await buildRenderer();
  const folder = await mkdtemp(join(tmpdir(), 'longview-soak-'));
  const tmp = join(folder, 'tmp');
  await mkdir(tmp);
  const library = join(folder, 'library');
  const engine = spawn(process.execPath, [join(root, 'engine/hosts/cli.ts'), 'serve', '--library', library], {
    env: { ...process.env, TMPDIR: tmp },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    const use = await enter(await addressOf(engine));
    const films = makeFilms(folder);
    const told = await soak(engine, use, films, minutes * 60_000);
    engine.kill('SIGTERM');
    await once(engine, 'exit');
    const left = [...readdirSync(tmp), ...processesOf(library)];
    process.stdout.write(`${[...told, `left behind        ${left.length}  ${left.join(' ')}`].join('\n')}\n`);
    if (left.length > 0) process.exitCode = 1;
  } finally {
    engine.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

type Use = (method: string, request: object) => Promise<{ error?: { code: string; message: string } }>;

async function soak(engine: ChildProcess, use: Use, films: string[], lastsMs: number): Promise<string[]> {
  const began = performance.now();
  const samples: { minute: number; bytes: number }[] = [];
  const counts = { index: 0, find: 0, ask: 0, failed: 0 };
  const failures = new Set<string>();
  const call = async (kind: 'index' | 'find' | 'ask', request: object) => {
    const { error } = await use(kind === 'index' ? 'index' : kind, request);
    counts[kind]++;
    if (!error) return;
    counts.failed++;
    failures.add(`${kind}: ${error.message}`);
  };
  const words = [
    'a dog',
    'a car',
    'people',
    'a red thing',
    'the sea',
    'a screen with text',
    'nothing at all',
  ];
  const questions = ['What is shown?', 'What comes first?', 'How many people are there?', 'Is there a dog?'];
  await call('index', { paths: films });
  for (let round = 0; performance.now() - began < lastsMs; round++) {
    if (round % 20 === 0) await call('index', { paths: [films[(round / 20) % films.length]], force: true });
    for (let n = 0; n < 5; n++)
      await call('find', { query: `${words[(round + n) % words.length]} ${round}` });
    await call('ask', {
      question: questions[round % questions.length],
      in: films[round % films.length],
      fresh: true,
    });
    const minute = Math.floor((performance.now() - began) / 60_000);
    if (samples.at(-1)?.minute !== minute) samples.push({ minute, bytes: memoryOf(engine.pid!) });
  }
  samples.push({ minute: Math.round(lastsMs / 60_000), bytes: memoryOf(engine.pid!) });
  const first = samples.find(({ minute }) => minute >= 1) ?? samples[0];
  const last = samples.at(-1)!;
  return [
    `asked of it        ${counts.index} indexings, ${counts.find} finds, ${counts.ask} asks, ${counts.failed} failed`,
    ...[...failures].slice(0, 10).map((line) => `  ${line}`),
    `memory by minute   ${samples.map(({ minute, bytes }) => `${minute}: ${Math.round(bytes / 1e6)} MB`).join(', ')}`,
    `end / first minute ${(last.bytes / first.bytes).toFixed(2)}`,
  ];
}

/** Small films of different contents. */
function makeFilms(folder: string): string[] {
  return ['testsrc2', 'mandelbrot', 'smptebars'].map((source) => {
    const film = join(folder, `${source}.mp4`);
    const ffmpeg = process.env.FFMPEG_PATH ?? 'ffmpeg';
    const made = spawnSync(ffmpeg, [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      `${source}=size=320x180:rate=10`,
      '-t',
      '20',
      film,
    ]);
    if (made.status !== 0)
      throw new LongviewError('ffmpeg-failed', `The films can't be made: ${made.stderr}`, 'Install ffmpeg.');
    return film;
  });
}

async function addressOf(engine: ChildProcess): Promise<URL> {
  let told = '';
  return new Promise((found, failed) => {
    engine.stderr!.on('data', (piece: Buffer) => {
      told += piece.toString();
      const address = /http:\S+/u.exec(told)?.[0];
      if (address) found(new URL(address));
    });
    engine.on('exit', () => failed(new Error(`longview serve ended: ${told}`)));
  });
}

/** Enters as a browser does. */
async function enter(address: URL): Promise<Use> {
  const headers = { 'content-type': 'application/json', origin: address.origin };
  const key = address.hash.slice('#key='.length);
  const entered = await fetch(`${address.origin}/api/session`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ key }),
  });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  let id = 0;
  return async (method, request) => {
    const answer = await fetch(`${address.origin}/api/call`, {
      method: 'POST',
      headers: { ...headers, cookie },
      body: JSON.stringify({ id: ++id, method, request }),
    });
    return JSON.parse((await answer.text()).trim().split('\n').at(-1)!) as Awaited<ReturnType<Use>>;
  };
}

function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/mu.exec(status)?.[1]) * 1024;
}

/** Processes that still have to do with a library. */
function processesOf(library: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/u.test(pid) || Number(pid) === process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(library);
    } catch {
      return false;
    }
  });
}
