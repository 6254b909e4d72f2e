import { spawn, type ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { logOf } from '../core/log.ts';
import type { Readable } from 'node:stream';
import { LongviewError, throwIfCancelled } from '../protocol/errors.ts';
import { plural } from '../protocol/plural.ts';
import { limitTool, mostOutputBytes, type ToolLimits } from './limits.ts';

/** How a media tool is run. */
export interface ProcessOptions {
  signal?: AbortSignal;
  /** Working directory of the child. */
  cwd?: string;
  /** Sees all that the child writes to stderr; what it gives back goes into the log. */
  readStderr?: (text: string) => string;
  /** How many pipes it gets besides stdin, stdout and stderr; to the child they are file descriptors from 3. */
  pipes?: number;
  /** What it may take of the machine. */
  limits?: ToolLimits;
}

/** How a media tool is run to its end. */
export interface RunOptions extends ProcessOptions {
  /** The child is killed after so many milliseconds. */
  timeoutMs: number;
  /** So much of its output is gathered; one that says more is killed. */
  mostBytes?: number;
}

/** What a media tool said and how it ended. */
export interface RunResult {
  /** Exit code; null when a signal ended it. */
  code: number | null;
  stdout: Buffer;
  /** Head and tail of what it wrote to stderr. */
  stderr: string;
}

/** A running media tool whose output is read as it comes. */
export interface RunningProcess {
  readonly child: ChildProcess;
  /** Those that were asked for by `pipes`, for reading; all must be read. */
  readonly pipes: readonly Readable[];
  /** Settles when the child is gone and its pipes are closed; rejects when it could not be started. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Head and tail of what it wrote to stderr so far. */
  stderr(): string;
  kill(): void;
}

const running = new Set<ChildProcess>();

// A child that writes to our pipe ends by itself when we are killed outright; this covers the ordinary exits,
// also while the child is deep in a decode and writes nothing.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts a media tool: arguments as an array, never a shell, nothing on its stdin. The child is killed when the
 * signal is aborted and when this process exits. The caller reads `child.stdout` (if it doesn't, the tool waits:
 * that is the back-pressure) and awaits `ended`.
 * @throws LongviewError `cancelled` when the signal is already aborted.
 */
export function startProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): RunningProcess {
  throwIfCancelled(options.signal);
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd,
    stdio: ['ignore', 'pipe', 'pipe', ...new Array<'pipe'>(options.pipes ?? 0).fill('pipe')],
    windowsHide: true,
    env: { ...process.env, AV_LOG_FORCE_NOCOLOR: '1' },
  });
  limitTool(child, options.limits);
  running.add(child);
  const kill = () => void child.kill('SIGKILL');
  options.signal?.addEventListener('abort', kill, { once: true });
  const log = new BoundedLog();
  child.stderr!.setEncoding('utf8').on('data', (text: string) => log.add(options.readStderr?.(text) ?? text));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', (error) => reject(cannotStart(command, error)));
    child.once('close', (code, signal) => {
      const ms = Math.round(performance.now() - started);
      logOf('media').debug('{tool} {args} ended with {code} after {ms} ms', {
        ...{ tool: basename(command), args: JSON.stringify(args), code: signal ?? code, ms },
      });
      resolve({ code, signal });
    });
  }).finally(() => {
    running.delete(child);
    options.signal?.removeEventListener('abort', kill);
  });
  // Whoever reads stdout learns of a failed start when it awaits `ended`, which may be later than the rejection.
  ended.catch(() => {});
  const pipes = child.stdio.slice(3) as Readable[];
  return { child, pipes, ended, stderr: () => log.text(), kill };
}

/**
 * Runs a media tool to its end and collects its output. A non-zero exit code is a result, not an error.
 * @throws LongviewError `cancelled`; `ffmpeg-missing` when it can't be started; `ffmpeg-failed` after the time limit.
 */
export async function runProcess(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const tool = startProcess(command, args, options);
  const chunks: Buffer[] = [];
  const { mostBytes = mostOutputBytes } = options;
  let bytes = 0;
  tool.child.stdout!.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
    else tool.kill();
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    tool.kill();
  }, options.timeoutMs);
  try {
    const { code } = await tool.ended;
    throwIfCancelled(options.signal);
    if (bytes > mostBytes) throw tooMuch(command, tool.stderr());
    if (timedOut) throw tooSlow(command, options.timeoutMs, tool.stderr());
    return { code, stdout: Buffer.concat(chunks), stderr: tool.stderr() };
  } finally {
    clearTimeout(timer);
  }
}

/** The error for a tool that gave nothing within its time limit. */
export function tooSlow(command: string, timeoutMs: number, stderr: string): LongviewError {
  return new LongviewError(
    'ffmpeg-failed',
    `${command} gave no answer within ${plural(Math.round(timeoutMs / 1000), 'second')} and was stopped.`,
    'Check that the drive that holds the file is connected and responds, then try again.',
    { details: { stderr } },
  );
}

function tooMuch(command: string, stderr: string): LongviewError {
  return new LongviewError(
    'ffmpeg-failed',
    `${command} gave more than could be meant and was stopped.`,
    'Check that the file plays elsewhere; a damaged one may be made whole by copying it with ffmpeg.',
    { details: { stderr } },
  );
}

function cannotStart(command: string, cause: Error): LongviewError {
  return new LongviewError(
    'ffmpeg-missing',
    `${command} could not be started: ${cause.message}`,
    'Install ffmpeg, or set FFMPEG_PATH (and FFPROBE_PATH) to programs that run on this machine.',
    { cause },
  );
}

/** Keeps the first and the last part of a log that may be endless (a damaged file can log each frame). */
class BoundedLog {
  static readonly limit = 8192;
  #head = '';
  #tail = '';
  #dropped = false;

  add(text: string): void {
    const room = BoundedLog.limit - this.#head.length;
    this.#head += text.slice(0, room);
    this.#tail += text.slice(room);
    if (this.#tail.length > 2 * BoundedLog.limit) {
      this.#tail = this.#tail.slice(-BoundedLog.limit);
      this.#dropped = true;
    }
  }

  text(): string {
    return this.#dropped ? `${this.#head}\n[...]\n${this.#tail}` : this.#head + this.#tail;
  }
}
