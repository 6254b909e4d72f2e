import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LongviewError, quote } from '../protocol/errors.ts';

/** What a written path is understood from. */
export interface GivenPathOptions {
  /** Folder that a relative path begins at; where absent, a relative path is refused. */
  from?: string;
  /** What `~` stands for. Default: the user's home folder. */
  home?: string;
}

/**
 * A path as people write it, made whole: `~` is the home folder, a `file:` address is the file that it names. Shells do
 * that for a terminal; nobody does it for a window, where there is no folder to begin at either.
 * @returns an absolute path; whether something lies there is not looked at
 * @throws LongviewError `bad-argument` for a relative path without `from`, another user's `~`, an address of another machine.
 */
export function givenPath(text: string, { from, home = homedir() }: GivenPathOptions = {}): string {
  if (/^file:/i.test(text)) return fromAddress(text);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text))
    throw wrong(text, 'is an address, not a file of this machine', 'Download it first, then give its path.');
  const tilde = /^~(?:[/\\](.*))?$/s.exec(text);
  if (tilde) return path.join(home, tilde[1] ?? '');
  if (path.isAbsolute(text)) return path.normalize(text);
  if (text.startsWith('~') && from === undefined)
    throw wrong(text, 'is no whole path', `Write it out, as in ${quote(path.join(home, 'Videos'))}.`);
  if (from !== undefined) return path.resolve(from, text);
  throw wrong(
    text,
    'is no whole path',
    `Write it from the beginning, as in ${quote(path.join(home, 'Videos'))} or "~/Videos".`,
  );
}

function fromAddress(text: string): string {
  try {
    return path.normalize(fileURLToPath(text));
  } catch {
    throw wrong(text, 'names no file of this machine', 'Give the path of the file or folder.');
  }
}

function wrong(text: string, what: string, remedy: string): LongviewError {
  return new LongviewError('bad-argument', `${quote(text)} ${what}.`, remedy, { details: { path: text } });
}
