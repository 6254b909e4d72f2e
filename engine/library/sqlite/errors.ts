import { LongviewError } from '../../protocol/errors.ts';
import { freeBytes } from './reserve.ts';
import { fileProblem } from '../../protocol/file-errors.ts';

/** What a system or SQLite error carries beside its message. */
interface CodedError extends Error {
  code: string;
}

function isCoded(error: unknown): error is CodedError {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string';
}

/**
 * Turns an error of SQLite or of the file system into one that a user can act on.
 * @returns the error itself where it is a bug, or already typed
 */
export function storeError(error: unknown, folder: string): unknown {
  if (error instanceof LongviewError || !isCoded(error)) return error;
  const make = mapping(error.code);
  return make ? make(folder, error) : error;
}

/** Runs `work` and maps what it throws; see {@link storeError}. */
export function mapErrors<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(error, folder);
  }
}

type Make = (folder: string, cause: Error) => LongviewError;

function mapping(code: string): Make | undefined {
  const problem = fileProblem({ code });
  if (/^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ|IOERR_CORRUPTFS|FORMAT)/.test(code)) return damaged;
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) return busy;
  if (problem === 'full' || /^SQLITE_FULL/.test(code)) return diskFull;
  if (problem === 'denied' || /^(SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|ENOTDIR|EEXIST|EISDIR)/.test(code))
    return denied;
  if (/^(SQLITE_IOERR|EIO)/.test(code)) return diskFailed;
  return undefined;
}

const damaged: Make = (folder, cause) =>
  new LongviewError(
    'library-damaged',
    `The library in ${folder} is damaged: ${cause.message}.`,
    'Restore it from a backup (longview restore), or move that folder away and index your videos again; your footage is not affected.',
    { cause, details: { folder } },
  );

const busy: Make = (folder, cause) =>
  new LongviewError(
    'library-locked',
    `The library in ${folder} is in use by another program.`,
    'Wait until the other Longview is done or close it, then try again.',
    { cause, details: { folder } },
  );

const diskFull: Make = (folder, cause) =>
  new LongviewError(
    'disk-full',
    `The disk that holds the library in ${folder} is full.`,
    'Free some space: remove videos from the library, or other files. What was stored before is safe, can be searched, and can be removed.',
    { cause, details: { folder } },
  );

const denied: Make = (folder, cause) =>
  new LongviewError(
    'permission-denied',
    `The library folder ${folder} can't be written: ${cause.message}.`,
    'Give yourself the right to write there, or choose another library folder.',
    { cause, details: { folder } },
  );

/** Less than this and SQLite can't make the files that it works with. */
const leastBytes = 64 * 1024;

const diskFailed: Make = (folder, cause) => {
  // SQLite has a failure of its own for each place where it needed a byte more.
  if ((freeBytes(folder) ?? leastBytes) < leastBytes) return diskFull(folder, cause);
  return new LongviewError(
    'disk-failed',
    `The disk that holds the library in ${folder} doesn't answer as it should: ${cause.message}.`,
    'Check that the disk is connected and healthy, then try again.',
    { cause, details: { folder } },
  );
};

/** The library was written by a newer Longview; nothing in it was touched. */
export function libraryTooNew(folder: string, version: number, ours: number): LongviewError {
  return new LongviewError(
    'library-too-new',
    `The library in ${folder} was made by a newer Longview (format ${version}; this one knows up to ${ours}).`,
    'Update Longview, or choose another library folder.',
    { details: { folder, version, ours } },
  );
}

/** It says that it is one of ours, and holds what no Longview writes. */
export function foreignLibrary(folder: string, what: string, cause?: unknown): LongviewError {
  return new LongviewError(
    'library-damaged',
    `The library in ${folder} is damaged, or was not made by Longview: ${what}.`,
    'Restore it from a backup (longview restore), or choose another library folder; your footage is not affected.',
    { cause, details: { folder } },
  );
}

/** What was read is shorter than it says: {@link storeError} makes `library-damaged` of it. */
export class CutBlob extends Error {
  override readonly name = 'CutBlob';
  readonly code = 'SQLITE_CORRUPT_BLOB';
}

/** A blob of the length that its row says. @throws CutBlob. */
export function whole(bytes: Uint8Array, length: number, what: string): Uint8Array {
  if (bytes.byteLength === length) return bytes;
  throw new CutBlob(
    `${what} have ${bytes.byteLength} bytes, not ${length}; "longview doctor" tells of which video`,
  );
}

/** The file is a sound SQLite database, but not one of ours. */
export function notALibrary(folder: string): LongviewError {
  return new LongviewError(
    'library-damaged',
    `The file library.db in ${folder} is not a Longview library.`,
    'Choose another library folder.',
    { details: { folder } },
  );
}
