import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ProviderName } from './provider-names.ts';
import { selfTestSchema, type SelfTest } from './self-test.ts';

const messageSchema = z.union([
  z.strictObject({ found: selfTestSchema }),
  z.strictObject({ failed: z.string() }),
]);

/** What came of a probe: the self-test's numbers, or why there are none. */
export type Probe = SelfTest | { failed: string };

/** A probe's process, started by whoever may start processes here. */
export interface LaunchedProbe {
  /** The probe's message; undefined where it ended without one. */
  message: Promise<unknown>;
  stop(): void;
}

let launch: ((args: string[]) => LaunchedProbe) | undefined;

/** Has probes run by another launcher than `fork`, which needs a program that can be run as Node. */
export function launchProbesWith(launcher: (args: string[]) => LaunchedProbe): void {
  launch = launcher;
}

/** Compiling shaders on a slow adapter takes seconds; a driver that hangs, for ever. */
const defaultLimitMs = 60_000;

/**
 * Runs a provider's self-test in a process of its own, with a time limit.
 * @param options.patient also tests a software adapter, which takes a minute.
 * @param options.child the program to run; tests put a broken one here.
 */
export async function probe(
  provider: ProviderName,
  options: { patient?: boolean; limitMs?: number; child?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Probe> {
  const limitMs = options.limitMs ?? (options.patient ? 10 * defaultLimitMs : defaultLimitMs);
  if (launch && !options.child)
    return launched(launch([provider, ...(options.patient ? ['patient'] : [])]), limitMs);
  const own = fileURLToPath(new URL(`./probe-child${extname(import.meta.url)}`, import.meta.url));
  const child = fork(options.child ?? own, [provider, ...(options.patient ? ['patient'] : [])], {
    env: { ...process.env, ...options.env },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.on('data', (piece: Buffer) => (stderr = (stderr + piece.toString()).slice(-2000)));
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish({ failed: `no answer within ${limitMs / 1000} s` }), limitMs);
    const finish = (found: Probe) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(found);
    };
    child.on('message', (message) => finish(understood(message)));
    child.on('error', (error) => finish({ failed: error.message }));
    child.on('exit', (code, signal) => {
      const last = stderr.trim().split('\n').at(-1) ?? '';
      finish({ failed: `its test process ended (${signal ?? `code ${code}`})${last ? `: ${last}` : ''}` });
    });
  });
}

async function launched(process: LaunchedProbe, limitMs: number): Promise<Probe> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Probe>((resolve) => {
    timer = setTimeout(() => resolve({ failed: `no answer within ${limitMs / 1000} s` }), limitMs);
  });
  const told = process.message.then(
    (message): Probe => (message === undefined ? { failed: 'its test process ended' } : understood(message)),
    (error: unknown): Probe => ({ failed: error instanceof Error ? error.message : String(error) }),
  );
  const found = await Promise.race([told, late]);
  clearTimeout(timer);
  process.stop();
  return found;
}

function understood(message: unknown): Probe {
  const parsed = messageSchema.safeParse(message);
  if (!parsed.success) return { failed: 'an answer that makes no sense' };
  return 'found' in parsed.data ? parsed.data.found : parsed.data;
}
