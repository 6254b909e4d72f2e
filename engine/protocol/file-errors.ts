import { LongviewError, quote } from './errors.ts';

/** What a file system may refuse, of the kinds that users can do something about. */
export type FileProblem = 'missing' | 'denied' | 'full' | 'exists' | 'name-too-long';

const problems: Record<string, FileProblem> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOSPC: 'full',
  EDQUOT: 'full',
  EEXIST: 'exists',
  ENAMETOOLONG: 'name-too-long',
};

/** The kind of a file system's error; undefined for other errors, and for what no kind fits. */
export function fileProblem(error: unknown): FileProblem | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? problems[code] : undefined;
}

/**
 * The error of a file that could not be read, as one that a user can act on.
 * @param cause what the file system threw; a LongviewError is returned as it is
 * @param missing what to do where the file isn't there
 * @returns `file-not-found`, `permission-denied` or `file-unreadable`
 */
export function cannotRead(
  file: string,
  cause: unknown,
  missing = 'Check the spelling, or connect the drive that holds it.',
): LongviewError {
  if (cause instanceof LongviewError) return cause;
  const options = { cause, details: { path: file } };
  const problem = fileProblem(cause);
  if (problem === 'missing')
    return new LongviewError('file-not-found', `${quote(file)} does not exist.`, missing, options);
  if (problem === 'denied')
    return new LongviewError(
      'permission-denied',
      `You have no permission to read ${quote(file)}.`,
      'Give yourself read permission for it (and for its folder), then try again.',
      options,
    );
  return new LongviewError(
    'file-unreadable',
    `${quote(file)} could not be read: ${reasonOf(cause)}`,
    'Check the drive that holds it, then try again.',
    options,
  );
}

/**
 * The error of a file or folder that could not be written, as one that a user can act on.
 * @param cause what the file system threw; a LongviewError is returned as it is
 * @returns `disk-full`, `permission-denied`, `file-exists`, `file-not-found` (its folder), `bad-argument` (its name is too
 * long) or `disk-failed`
 */
export function cannotWrite(path: string, cause: unknown): LongviewError {
  if (cause instanceof LongviewError) return cause;
  const options = { cause, details: { path } };
  switch (fileProblem(cause)) {
    case 'full':
      return new LongviewError(
        'disk-full',
        `The disk is full: ${quote(path)} could not be written.`,
        'Free some space, or choose a folder on another disk.',
        options,
      );
    case 'denied':
      return new LongviewError(
        'permission-denied',
        `You have no permission to write ${quote(path)}.`,
        'Choose another folder, or give yourself write permission.',
        options,
      );
    case 'exists':
      return new LongviewError(
        'file-exists',
        `${quote(path)} is there already.`,
        'Choose another name, or move that file away.',
        options,
      );
    case 'missing':
      return new LongviewError(
        'file-not-found',
        `The folder of ${quote(path)} does not exist.`,
        'Create it first, or choose another folder.',
        options,
      );
    case 'name-too-long':
      return new LongviewError(
        'bad-argument',
        `The name of ${quote(path)} is longer than file systems take (255 bytes).`,
        'Choose a shorter name.',
        options,
      );
    case undefined:
      return new LongviewError(
        'disk-failed',
        `${quote(path)} could not be written: ${reasonOf(cause)}`,
        'Choose another folder.',
        options,
      );
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
