import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { z } from 'zod';
import { LongviewError } from '../../protocol/errors.ts';
import { badCheckpoint } from './problems.ts';
import { plural } from '../../protocol/plural.ts';

/** Largest JSON file that is read whole; tokenizers of large vocabularies are about 10 MB. */
const maxJsonBytes = 128 * 1024 * 1024;

/** Whether a file is there. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** @throws LongviewError `file-not-found` when the path is not a folder. */
export async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new LongviewError(
    'file-not-found',
    `There is no folder at ${JSON.stringify(path)}.`,
    'Give the folder that holds config.json and the weights.',
  );
}

/**
 * Reads a JSON file of the folder.
 * @throws LongviewError `bad-checkpoint` when it is missing, too large, cut short or not as the schema says.
 */
export async function readJson<Schema extends z.ZodType>(
  folder: string,
  name: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const text = await readText(folder, name);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badCheckpoint(
      `${name} of ${JSON.stringify(basename(folder))} is not whole JSON.`,
      { file: name },
      cause,
    );
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw badCheckpoint(
    `${name} of ${JSON.stringify(basename(folder))} is not as expected: ${describe(parsed.error)}.`,
    { file: name },
    parsed.error,
  );
}

async function readText(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile())
    throw badCheckpoint(`${name} is missing from ${JSON.stringify(folder)}.`, { file: name });
  if (found.size > maxJsonBytes)
    throw badCheckpoint(`${name} has ${plural(found.size, 'byte')}, more than any such file needs.`, {
      file: name,
    });
  return readFile(path, 'utf8');
}

/** Zod's issues as one line: where, and what. */
export function describe(error: z.ZodError): string {
  return error.issues
    .slice(0, 12)
    .map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`)
    .join('; ');
}
