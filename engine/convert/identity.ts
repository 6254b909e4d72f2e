import { basename, resolve } from 'node:path';
import { bundleSchema } from '../protocol/bundle.ts';
import { badArgument } from '../protocol/errors.ts';

/** Where a model comes from and goes to, and what it will be called. */
export interface Identity {
  source: string;
  target: string;
  id: string;
  name: string;
}

/**
 * Fills in what an import was not told: the id from the target folder's name, the name from the source folder's.
 * @throws LongviewError `bad-argument` quoting an id or name that a bundle can't have.
 */
export function checkIdentity(given: {
  source: string;
  target: string;
  id?: string;
  name?: string;
}): Identity {
  const source = resolve(given.source);
  const target = resolve(given.target);
  const id = given.id ?? idFrom(basename(target));
  if (!bundleSchema.shape.id.safeParse(id).success)
    throw badArgument('id', 'lower-case letters, digits, ., _ or - (64 at most)', id);
  const name = given.name ?? basename(source);
  if (!bundleSchema.shape.name.safeParse(name).success)
    throw badArgument('name', '1 to 200 characters', name);
  return { source, target, id, name };
}

/** A folder's name as an id. */
function idFrom(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64);
}
