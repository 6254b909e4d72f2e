import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { LongviewError, throwIfCancelled } from '../../protocol/errors.ts';
import { cannotWrite, fileProblem } from '../../protocol/file-errors.ts';
import { unreachable, type HubFile } from './hub.ts';

/** How a file is fetched. */
export interface FetchOptions {
  signal: AbortSignal;
  /** Gets how many bytes of the file are here. */
  onBytes: (bytes: number) => void;
  /** A connection over which nothing comes for so long is given up. */
  stallMs?: number;
  /** Waits before the second, third, … attempt; an attempt that got further doesn't count. */
  pausesMs?: readonly number[];
}

/**
 * Fetches a file to its place, goes on where an earlier attempt broke off, and lets it stand only when its size and
 * checksum are right. A file that is there already was checked when it came.
 * @throws LongviewError `hub-unreachable`, `download-failed` after two tries gave a wrong content, `disk-full`,
 * `cancelled`.
 */
export async function fetchFile(
  url: string,
  target: string,
  file: HubFile,
  options: FetchOptions,
): Promise<void> {
  const { signal, onBytes, pausesMs = [1000, 3000, 10_000, 30_000] } = options;
  const there = await stat(target).catch(() => undefined);
  if (there?.size === file.bytes) {
    onBytes(file.bytes);
    return;
  }
  await mkdir(dirname(target), { recursive: true });
  const part = `${target}.part`;
  let wrong = 0;
  let failures = 0;
  for (;;) {
    throwIfCancelled(signal);
    const before = await sizeOf(part);
    try {
      if (before < file.bytes || file.bytes === 0) await receive(url, part, before, file, options);
      if ((await checksum(part, file)) === file.checksum.hex) break;
      // Whatever was kept of it is worth nothing: once more from the beginning.
      await rm(part, { force: true });
      if (++wrong > 1) throw wrongContent(url, file);
    } catch (error) {
      throwIfCancelled(signal);
      if (error instanceof LongviewError) throw error;
      if (fileProblem(error) === 'full') throw cannotWrite(part, error);
      failures = (await sizeOf(part)) > before ? 0 : failures + 1;
      if (failures > pausesMs.length) throw unreachable(new URL(url).origin, error);
      await wait(pausesMs[Math.max(0, failures - 1)], undefined, { signal }).catch(() => undefined);
    }
  }
  await rename(part, target);
}

async function receive(
  url: string,
  part: string,
  have: number,
  file: HubFile,
  { signal, onBytes, stallMs = 60_000 }: FetchOptions,
): Promise<void> {
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), stallMs);
  const headers = have > 0 ? { Range: `bytes=${have}-` } : undefined;
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.any([signal, stalled.signal]) });
    if (!response.ok || !response.body) throw refused(url, response.status);
    const resumed =
      response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${have}-`);
    const output = await open(part, resumed ? 'a' : 'w');
    let received = resumed ? have : 0;
    try {
      for await (const piece of response.body as AsyncIterable<Uint8Array>) {
        clearTimeout(timer);
        timer = setTimeout(() => stalled.abort(), stallMs);
        received += piece.length;
        // Longer than announced is wrong whatever comes next.
        if (received > file.bytes) throw wrongContent(url, file);
        await output.writeFile(piece);
        onBytes(received);
      }
    } finally {
      await output.close();
    }
    if (received < file.bytes)
      throw new Error(`the connection ended after ${received} of ${file.bytes} bytes`);
  } finally {
    clearTimeout(timer);
  }
}

async function checksum(path: string, { checksum: { algorithm }, bytes }: HubFile): Promise<string> {
  const hash: Hash = createHash(algorithm === 'sha256' ? 'sha256' : 'sha1');
  // Git hashes a file's content behind a header of its own.
  if (algorithm === 'git-sha1') hash.update(`blob ${bytes}\0`);
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** A refusal for good is an error at once; a busy server is tried again. */
function refused(url: string, status: number): Error {
  const busy = status === 429 || status >= 500;
  return busy ? new Error(`HTTP ${status}`) : unreachable(new URL(url).origin, undefined, status);
}

function wrongContent(url: string, file: HubFile): LongviewError {
  return new LongviewError(
    'download-failed',
    `${file.path} does not have the checksum that the hub announces.`,
    'Try again; if it stays so, something between this machine and the hub changes files.',
    { details: { url, checksum: file.checksum.hex } },
  );
}
