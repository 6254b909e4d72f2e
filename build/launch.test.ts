import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, test, type TestContext } from 'node:test';

const root = resolve(import.meta.dirname, '..');
const skip = process.platform !== 'linux' && 'processes are looked up in /proc';

interface Started {
  /** Processes of the command, by a word of their command line. */
  pids: (word: string) => number[];
  /** Waits until none of them is left. */
  gone: () => Promise<void>;
}

/** Starts a command line that serves a library of its own, and waits until it listens. */
async function serving(
  t: TestContext,
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Started> {
  const library = mkdtempSync(join(tmpdir(), 'longview-orphan-'));
  const child: ChildProcess = spawn(command, [...args, '--library', library], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const pids = (word: string) =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/u.test(name))
      .filter((pid) => {
        const words = commandLine(pid);
        // Of a process that ended only its parent's knowledge is left: nothing runs there.
        return words.includes(library) && words.includes(word) && !words.startsWith('strace');
      })
      .map(Number);
  t.after(() => {
    for (const pid of pids('')) process.kill(pid, 'SIGKILL');
    rmSync(library, { recursive: true, force: true });
  });
  // Listened to until the end: an engine that nobody hears any more would end by itself.
  let told = '';
  await new Promise<void>((listening) => {
    child.on('exit', () => listening());
    child.stderr!.on('data', (piece: Buffer) => {
      told += piece.toString();
      if (told.includes('Press Ctrl-C')) listening();
    });
  });
  assert.match(told, /http:\/\//u);
  assert.equal(pids('cli.ts').length > 0, true);
  return {
    pids,
    async gone() {
      // A test that fails here is ended by its time limit.
      while (pids('').length > 0) await new Promise((wait) => setTimeout(wait, 50));
    },
  };
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

const built = existsSync(join(root, 'dist', 'renderer', 'index.html'));

describe(
  'the engine ends with whoever started it',
  { skip: skip || (!built && 'the interface isn’t built'), timeout: 120_000 },
  () => {
    const serve = ['run', '-s', 'longview', '--', 'serve'];
    for (const signal of ['SIGTERM', 'SIGKILL', 'SIGHUP'] as const)
      test(`npm gets ${signal}`, async (t) => {
        const { pids, gone } = await serving(t, 'npm', serve);
        const [npm] = pids('npm run');
        process.kill(npm, signal);
        await gone();
      });

    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      test(`a shell between npm and the launcher gets ${signal}`, async (t) => {
        const script = `${process.execPath} build/run.mjs engine/hosts/cli.ts serve "$@"; true`;
        const { pids, gone } = await serving(t, 'sh', ['-c', script, 'as-npm-has-it'], {
          npm_lifecycle_event: 'longview',
        });
        process.kill(pids('as-npm-has-it')[0], signal);
        await gone();
      });

      for (const launcher of [['build/run.mjs', 'engine/hosts/cli.ts'], ['build/longview.mjs']])
        test(`${launcher[0]} gets ${signal}`, async (t) => {
          const { pids, gone } = await serving(t, process.execPath, [...launcher, 'serve']);
          process.kill(pids(launcher[0])[0], signal);
          await gone();
        });
    }

    test('but not with a shell that was left on purpose', async (t) => {
      const script = `${process.execPath} build/longview.mjs serve "$@" & wait`;
      const { pids } = await serving(t, 'sh', ['-c', script, 'a-shell']);
      process.kill(pids('a-shell')[0], 'SIGKILL');
      const [engine] = pids('cli.ts');
      // Twice as long as the launcher takes to look for npm.
      await new Promise((wait) => setTimeout(wait, 1000));
      assert.ok(commandLine(String(engine)).includes('serve'));
    });
  },
);
