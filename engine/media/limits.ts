import { spawn, type ChildProcess } from 'node:child_process';
import { totalmem } from 'node:os';

/** What a media tool that reads somebody's file may take; a damaged or malicious one may ask for anything. */
export interface ToolLimits {
  /** Memory of its own, in bytes. Default: half of the machine's, from 1 GiB to 4 GiB: 8K takes about 3. */
  memoryBytes?: number;
  /** The largest file that it may write. Default: no limit, clips are as long as they are. */
  fileBytes?: number;
}

const gib = 2 ** 30;

/** Half of the machine's memory, within bounds. */
export const toolMemoryBytes = Math.min(4 * gib, Math.max(gib, Math.floor(totalmem() / 2)));

/** So many bytes are taken from a tool's output at most where it is gathered: a hundred large pictures. */
export const mostOutputBytes = 512 * 2 ** 20;

/**
 * Limits a tool that was just started, on Linux where `prlimit` (util-linux) is at hand: its memory, its files, and no
 * image of it is left where it crashes. Elsewhere the time limits and the limits on pictures have to do.
 */
export function limitTool(
  child: ChildProcess,
  { memoryBytes = toolMemoryBytes, fileBytes }: ToolLimits = {},
): void {
  if (process.platform !== 'linux' || child.pid === undefined) return;
  const args = [`--pid=${child.pid}`, `--data=${memoryBytes}`, '--core=0'];
  if (fileBytes !== undefined) args.push(`--fsize=${fileBytes}`);
  const limiter = spawn('prlimit', args, { stdio: 'ignore' });
  // It isn't there, or the tool has ended already.
  limiter.on('error', () => undefined);
  limiter.unref();
}
