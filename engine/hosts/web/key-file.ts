import { randomBytes } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { LongviewError, quote } from '../../protocol/errors.ts';

/** Shorter keys can be guessed. */
const shortest = 16;

/**
 * The key that somebody set on purpose, from a file of its own: on a command line every account could read it. Where
 * there is no such file, it is made with a key in it.
 * @throws LongviewError `bad-argument` for a key that is too short, `permission-denied` for a file that others may read,
 * `file-unreadable`.
 */
export async function readKeyFile(path: string): Promise<{ key: string; made: boolean }> {
  const made = await makeKeyFile(path);
  if (made !== undefined) return { key: made, made: true };
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new LongviewError(
      'permission-denied',
      `The key in ${quote(path)} can be read by other accounts of this machine.`,
      `Run: chmod 600 ${quote(path)}`,
      { details: { path } },
    );
  const key = (
    await readFile(path, 'utf8').catch((cause: unknown) => {
      throw unreadable(path, cause);
    })
  ).trim();
  if (key.length < shortest || /\s/u.test(key))
    throw new LongviewError(
      'bad-argument',
      `The key in ${quote(path)} must be one word of at least ${shortest} characters.`,
      'Write a longer one, or delete the file to have one made.',
      { details: { path } },
    );
  return { key, made: false };
}

/** @returns undefined where the file is there already */
async function makeKeyFile(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'wx', 0o600);
    const key = randomBytes(18).toString('base64url');
    try {
      await file.writeFile(`${key}\n`);
    } finally {
      await file.close();
    }
    return key;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): LongviewError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LongviewError(
    'file-unreadable',
    `The file of the key, ${quote(path)}, can't be used: ${reason}`,
    'Give a file in a folder of your own.',
    { cause, details: { path } },
  );
}
