import { LongviewError } from '../../protocol/errors.ts';
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
    'Move that folder away and index your videos again, or restore it from a backup; your footage is not affected.',
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
    'Free some space, or choose a library folder on another disk; what was stored before is safe.',
    { cause, details: { folder } },
  );

const denied: Make = (folder, cause) =>
  new LongviewError(
    'permission-denied',
    `The library folder ${folder} can't be written: ${cause.message}.`,
    'Give yourself the right to write there, or choose another library folder.',
    { cause, details: { folder } },
  );

const diskFailed: Make = (folder, cause) =>
  new LongviewError(
    'disk-failed',
    `The disk that holds the library in ${folder} doesn't answer as it should: ${cause.message}.`,
    'Check that the disk is connected and healthy, then try again.',
    { cause, details: { folder } },
  );

/** The library was written by a newer Longview; nothing in it was touched. */
export function libraryTooNew(folder: string, version: number, ours: number): LongviewError {
  return new LongviewError(
    'library-too-new',
    `The library in ${folder} was made by a newer Longview (format ${version}; this one knows up to ${ours}).`,
    'Update Longview, or choose another library folder.',
    { details: { folder, version, ours } },
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
