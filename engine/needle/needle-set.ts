import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { readTextFile } from '../media/index.ts';
import { LongviewError, quote } from '../protocol/errors.ts';
import type { RgbFrame } from '../core/frames.ts';
import { drawings, drawPicture } from './made.ts';

/** A needle before anything has looked at it. */
export interface NeedleSource {
  /** Its picture at a size, letterboxed. */
  picture: (size: { width: number; height: number }, signal?: AbortSignal) => Promise<RgbFrame>;
  prompt: string;
  answer: string;
  /** See Needle. */
  without?: string;
}

/** Reads a picture file at a size, letterboxed. */
export type ReadPicture = (
  file: string,
  size: { width: number; height: number },
  signal?: AbortSignal,
) => Promise<RgbFrame>;

const some = z.string().trim().min(1);
const setSchema = z
  .array(z.object({ path: some, prompt: some, answer: some }))
  .min(1)
  .max(10_000);
const shape = '[{"path": "picture.png", "prompt": "a question", "answer": "its answer"}, …]';

/**
 * A set of needles in the published JSON format, `[{"path", "prompt", "answer"}]`; paths are relative to the file.
 * @throws LongviewError `file-not-found`, `file-unreadable`; `bad-argument` that says what is wrong with the file.
 */
export async function readNeedleSet(file: string, readPicture: ReadPicture): Promise<NeedleSource[]> {
  const parsed = setSchema.safeParse(
    parse(file, await readTextFile(file, 'Name a file of needles, or leave it out for made ones.')),
  );
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw notASet(file, path.length > 0 ? `${path.join('.')}: ${message}` : message);
  }
  return parsed.data.map(({ path, prompt, answer }) => ({
    picture: (size, signal) => readPicture(resolve(dirname(file), path), size, signal),
    prompt,
    answer,
  }));
}

/**
 * Needles that need no file: drawings of simple things, each asked about with and without it in the haystack. (A yes alone
 * would prove nothing.)
 */
export function madeNeedles(): NeedleSource[] {
  return Object.entries(drawings).map(([name, drawing], index) => ({
    picture: async (size) => drawPicture(drawing, size, 1_000_000 + index),
    prompt: `is there ${name}?`,
    answer: 'yes',
    without: 'no',
  }));
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notASet(file, (error as Error).message);
  }
}

function notASet(file: string, problem: string): LongviewError {
  return new LongviewError(
    'bad-argument',
    `${quote(file)} is not a set of needles: ${problem}`,
    `Write it as ${shape}`,
    { details: { path: file } },
  );
}
