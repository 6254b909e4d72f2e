import { LongviewError } from '../../protocol/errors.ts';
import type { z } from 'zod';
import type { BadEntry, Position, Task } from '../types.ts';

/** A piece of an annotation file, and where it stands. */
export interface Entry {
  at: Position;
  value: unknown;
}

/** Reads one entry's value; a string says why it can't. */
export type EntryReader = (value: unknown, at: Position) => Task[] | string;

/** The lines of a text that hold something, numbered from 1. */
export function linesOf(text: string): { line: number; text: string }[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .map((one, index) => ({ line: index + 1, text: one.trim() }))
    .filter((one) => one.text !== '');
}

/**
 * The values of a JSON list, or of one JSON object per line.
 * @throws LongviewError `bad-argument` where a list is no JSON.
 */
export function entriesOf(text: string): { entries: Entry[]; bad: BadEntry[] } {
  const body = text.replace(/^\ufeff/, '').trimStart();
  if (body.startsWith('[')) {
    const list = jsonList(body);
    return { entries: list.map((value, index) => ({ at: { entry: index + 1 }, value })), bad: [] };
  }
  const entries: Entry[] = [];
  const bad: BadEntry[] = [];
  for (const { line, text: one } of linesOf(text)) {
    try {
      entries.push({ at: { line }, value: JSON.parse(one) as unknown });
    } catch {
      bad.push({ at: { line }, problem: `not JSON: ${shortened(one)}` });
    }
  }
  return { entries, bad };
}

function jsonList(body: string): unknown[] {
  try {
    const value: unknown = JSON.parse(body);
    if (Array.isArray(value)) return value;
  } catch (cause) {
    throw new LongviewError(
      'bad-argument',
      `The annotations begin like a JSON list, but are not one: ${(cause as Error).message}`,
      'Download the file again.',
      { cause },
    );
  }
  throw new LongviewError('bad-argument', 'The annotations are not a JSON list.', 'Give another file.');
}

/** Reads entries one by one; those that can't be read are kept apart. */
export function readEntries(
  entries: readonly Entry[],
  read: EntryReader,
): { tasks: Task[]; bad: BadEntry[] } {
  const tasks: Task[] = [];
  const bad: BadEntry[] = [];
  for (const { at, value } of entries) {
    const result = read(value, at);
    if (typeof result === 'string') bad.push({ at, problem: result });
    else tasks.push(...result);
  }
  return { tasks, bad };
}

/** What is wrong with a value, in words: "moments.0: [start, end] in seconds …". */
export function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}

/** A piece of a line for a message. */
export function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
