import { UsageError } from './usage.ts';
import type { Arguments } from './command.ts';

/** The option's value where one was given once. */
export function text(value: Arguments['options'][string]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * The hub's address: from the command line, or from LONGVIEW_HUB, where other accounts can't read a password.
 * @throws UsageError where there is none.
 */
export function hubUrl(given: string | undefined): string {
  const url = given ?? process.env.LONGVIEW_HUB;
  if (url !== undefined && url !== '') return url;
  throw new UsageError(
    'the address of the hub is missing',
    'Give it as postgres://user@host/database, or in the environment variable LONGVIEW_HUB.',
  );
}

/** `--root footage=/mnt/footage`, as often as needed: where each root is mounted here. */
export function rootsIn(given: Arguments['options'][string]): Record<string, string> {
  const all = Array.isArray(given) ? given : typeof given === 'string' ? [given] : [];
  return Object.fromEntries(
    all.map((word) => {
      const [, name, mount] = /^([a-z0-9][a-z0-9._-]{1,31})=(.+)$/su.exec(word) ?? [];
      const isAbsolute = /^(?:\/|[a-z]:[\\/]|\\\\)/iu.test(mount ?? '');
      if (name === undefined || !isAbsolute)
        throw new UsageError(
          `--root must be a name and a folder, got ${JSON.stringify(word)}`,
          'Write it as --root footage=/mnt/footage (2 to 32 of a-z, 0-9, . _ -).',
        );
      return [name, mount];
    }),
  );
}

/** Words separated by commas. */
export function listed<T extends string>(value: Arguments['options'][string]): T[] | undefined {
  return typeof value === 'string' ? value.split(',').map((word) => word.trim() as T) : undefined;
}
