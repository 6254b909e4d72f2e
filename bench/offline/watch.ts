import { spawn, spawnSync } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { basename, join, normalize, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { readDeed, tracedCalls } from './trace.ts';

/** What a program did that others could see. */
export interface Seen {
  exitCode: number;
  output: string;
  /** Connections to other machines and name look-ups, with the program that made them; nothing is left out. */
  network: string[];
  /** Other machines to which a route was asked for, by a UDP socket over which nothing was sent. */
  routes: string[];
  /** Files and folders that it made or wrote, and that are still there, outside the folders it may write to. */
  left: string[];
  /** Programs that were started, by their file's name. */
  programs: string[];
}

/** Where a watched program finds the folders of its user. */
export interface WatchedFolders {
  root: string;
  env: Record<string, string>;
}

const places = {
  HOME: 'home',
  TMPDIR: 'tmp',
  XDG_CACHE_HOME: 'cache',
  XDG_CONFIG_HOME: 'config',
  XDG_DATA_HOME: 'data',
  XDG_STATE_HOME: 'state',
  XDG_RUNTIME_DIR: 'runtime',
};

/** Empty folders in place of the user's own, so that whatever is left in them is seen. */
export async function watchedFolders(): Promise<WatchedFolders> {
  const root = await mkdtemp(join(tmpdir(), 'longview-watched-'));
  const env: Record<string, string> = {};
  for (const [variable, name] of Object.entries(places)) {
    env[variable] = join(root, name);
    await mkdir(join(root, name), { mode: 0o700 });
  }
  return { root, env };
}

/** Whether this machine can watch: Linux with strace, which is installed where that is allowed. */
export function canWatch(): boolean {
  if (process.platform !== 'linux') return false;
  const works = () => spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', 'true']).status === 0;
  if (works()) return true;
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-yy', '-qq', '--no-install-recommends', 'strace'], options);
  return works();
}

/** How a program is watched. */
export interface WatchOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Folders and files that it may leave things in. */
  may: readonly string[];
  /** Called with each piece of what it prints; may end it by the returned signal. */
  onOutput?: (text: string, end: (signal: NodeJS.Signals) => void) => void;
  /** Shows what it prints. */
  show?: boolean;
}

/**
 * Runs a program and all that it starts under strace, on Linux.
 * @throws Error where strace doesn't start it.
 */
export async function watch(command: readonly string[], options: WatchOptions): Promise<Seen> {
  const { cwd, env, may, onOutput, show } = options;
  const folder = await mkdtemp(join(tmpdir(), 'longview-trace-'));
  const log = join(folder, 'trace');
  try {
    // -D: the tracer is the grandchild, so that the process started here is the watched one, to which signals go.
    const tracing = [
      '-D',
      '-f',
      '-qq',
      '-yy',
      '--seccomp-bpf',
      '-s',
      '64',
      '-o',
      log,
      '-e',
      `trace=${tracedCalls}`,
    ];
    const child = spawn('strace', [...tracing, ...command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const end = (signal: NodeJS.Signals) => void child.kill(signal);
    const hear = (piece: Buffer) => {
      output += piece.toString();
      if (show) process.stderr.write(piece);
      onOutput?.(output, end);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const [code] = (await once(child, 'close')) as [number | null];
    const found = await readTrace(log, [...may, folder]);
    return { exitCode: code ?? 1, output, ...found };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readTrace(
  log: string,
  may: readonly string[],
): Promise<Pick<Seen, 'network' | 'routes' | 'left' | 'programs'>> {
  const running = new Map<string, string>();
  const reached = { network: new Set<string>(), route: new Set<string>() };
  const wrote = new Set<string>();
  const begun = new Map<string, string>();
  for await (const text of createInterface({ input: createReadStream(log), crlfDelay: Infinity })) {
    const [, pid, rest] = /^(\d+) +(.*)$/u.exec(text) ?? [];
    if (pid === undefined || rest === undefined) continue;
    const line = wholeLine(begun, pid, rest);
    const deed = line === undefined ? undefined : readDeed(line);
    if (deed?.kind === 'program') running.set(pid, basename(deed.path));
    else if (deed?.kind === 'started') running.set(deed.pid, running.get(pid) ?? `process ${pid}`);
    else if (deed?.kind === 'network' || deed?.kind === 'route')
      reached[deed.kind].add(`${running.get(pid) ?? `process ${pid}`}: ${deed.what}`);
    else if (deed?.kind === 'wrote') wrote.add(normalize(deed.path));
  }
  const outside = (path: string) =>
    !['/dev', '/proc', '/sys', ...may].some((place) => path === place || path.startsWith(place + sep));
  return {
    network: [...reached.network].sort(),
    routes: [...reached.route].sort(),
    left: [...wrote].filter((path) => outside(path) && existsSync(path)).sort(),
    programs: [...new Set(running.values())].sort(),
  };
}

/** Puts the two halves of an interrupted call together. @returns undefined for the first half */
function wholeLine(begun: Map<string, string>, pid: string, text: string): string | undefined {
  if (text.endsWith('<unfinished ...>')) {
    begun.set(pid, text.slice(0, -'<unfinished ...>'.length));
    return undefined;
  }
  const rest = /^<\.\.\. \w+ resumed>(.*)$/u.exec(text)?.[1];
  if (rest === undefined) return text;
  const first = begun.get(pid) ?? '';
  begun.delete(pid);
  return first + rest;
}
