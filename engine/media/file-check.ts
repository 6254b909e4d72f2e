import { open, stat } from 'node:fs/promises';
import { LongviewError, quote } from '../protocol/errors.ts';
import { cannotRead } from '../protocol/file-errors.ts';

/** What the file system says about a file that is there, readable and not empty. */
export interface FileFacts {
  bytes: number;
  /** Milliseconds since 1970. */
  modifiedMs: number;
  /** The first bytes, at most 64. */
  head: Buffer;
}

/**
 * Checks that a path is a readable file with something in it, before ffmpeg sees it.
 * @throws LongviewError `file-not-found`, `permission-denied`, `file-unreadable`, `file-empty`, `not-a-video` (a folder).
 */
export async function checkFile(file: string): Promise<FileFacts> {
  try {
    const facts = await stat(file);
    if (facts.isDirectory()) throw isFolder(file);
    if (!facts.isFile()) throw notPlain(file);
    const handle = await open(file, 'r');
    try {
      const head = Buffer.alloc(64);
      const { bytesRead } = await handle.read(head, 0, head.length, 0);
      if (facts.size === 0 || bytesRead === 0) throw empty(file);
      return { bytes: facts.size, modifiedMs: facts.mtimeMs, head: head.subarray(0, bytesRead) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw cannotRead(file, error);
  }
}

function isFolder(file: string): LongviewError {
  return new LongviewError(
    'not-a-video',
    `${quote(file)} is a folder.`,
    'Name the files in it, or index the folder.',
    {
      details: { path: file },
    },
  );
}

function notPlain(file: string): LongviewError {
  return new LongviewError('not-a-video', `${quote(file)} is not a plain file.`, 'Name a video file.', {
    details: { path: file },
  });
}

function empty(file: string): LongviewError {
  return new LongviewError(
    'file-empty',
    `${quote(file)} is empty.`,
    'Copy or download it again; there is nothing in it.',
    { details: { path: file } },
  );
}
