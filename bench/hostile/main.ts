import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildRenderer, rendererBuilt } from '../../build/renderer.ts';
import { createEngine } from '../../engine/engine.ts';
import { serve } from '../../engine/hosts/web/index.ts';
import { badArgument } from '../../engine/protocol/errors.ts';
import { besiege } from './requests.ts';

const root = resolve(import.meta.dirname, '../..');

/** For the list of benches. */
export const what = 'hostile requests to the web host: none let in, none answered as a mistake';

/** Attacks a web host with an empty library of its own; exit code 1 where anything got in or broke. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { requests: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
  });
  const count = Number(values.requests);
  if (!Number.isInteger(count) || count < 1)
    throw badArgument('--requests', 'a whole number', values.requests);
  if (!rendererBuilt()) await buildRenderer();
  const folder = await mkdtemp(join(tmpdir(), 'longview-hostile-'));
  const engine = createEngine({ libraryDir: join(folder, 'library') });
  const host = await serve({
    engine,
    pages: join(root, 'dist', 'renderer'),
    info: { version: '0.0.0', platform: process.platform, sample: null },
  });
  try {
    const before = process.memoryUsage.rss();
    const siege = await besiege(
      { port: host.port, cookie: await cookieOf(host) },
      { seed: Number(values.seed), count },
    );
    const alive = (await fetch(`http://127.0.0.1:${host.port}/`)).status === 200;
    const answers = Object.entries(siege.answers).sort();
    const lines = [
      `requests        ${siege.sent} (seed ${values.seed})`,
      `answers         ${answers.map(([status, times]) => `${status}: ${times}`).join(', ')}`,
      `let in          ${siege.letIn.length}`,
      ...siege.letIn.slice(0, 20).map((head) => `  ${head.slice(0, 120)}`),
      `mistakes        ${siege.mistakes.length}`,
      ...siege.mistakes.slice(0, 20).map((head) => `  ${head.slice(0, 120)}`),
      `files written   ${Number(existsSync('/tmp/longview-hostile'))}`,
      `still answers   ${alive ? 'yes' : 'no'}`,
      `memory          ${megabytes(before)} before, ${megabytes(process.memoryUsage.rss())} after`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
    if (siege.letIn.length + siege.mistakes.length > 0 || !alive) process.exitCode = 1;
  } finally {
    await host.close();
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function cookieOf(host: { url: string; port: number }): Promise<string> {
  const entered = await fetch(`http://127.0.0.1:${host.port}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: `http://127.0.0.1:${host.port}` },
    body: JSON.stringify({ key: new URL(host.url).hash.slice('#key='.length) }),
  });
  return entered.headers.get('set-cookie')!.split(';')[0];
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
