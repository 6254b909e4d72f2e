import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { getRotatingFileSink } from '@logtape/file';
import {
  configure,
  dispose,
  getLogger,
  getStreamSink,
  getTextFormatter,
  type Logger,
  type Sink,
} from '@logtape/logtape';

/** The log's file, in a folder of its own; older ones are numbered. */
const name = 'longview.log';
const mostBytes = 2 * 2 ** 20;
const mostFiles = 3;

/** Where the log of a library lies. */
export function logFolder(libraryDir: string): string {
  return join(libraryDir, 'logs');
}

/** How the log is kept. */
export interface LogOptions {
  /** A folder for it; made where there is none. */
  folder: string;
  /** Also writes every line to the standard error output. */
  verbose?: boolean;
}

/**
 * Opens the log of this process: what was decoded and how, which model ran where and how long, what failed. Never a
 * question, a file's content or a subtitle. Several processes may write into one folder. Where the folder can't be
 * written the log stays empty: a full disk is no reason not to search.
 */
export async function openLog({ folder, verbose = false }: LogOptions): Promise<void> {
  const format = getTextFormatter({ timestamp: 'rfc3339' });
  const sinks: Record<string, Sink> = {};
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = getRotatingFileSink(join(folder, name), {
      maxSize: mostBytes,
      maxFiles: mostFiles,
      formatter: format,
    });
    sinks.file = Object.assign(
      (record: Parameters<Sink>[0]) => {
        try {
          file(record);
        } catch {
          // A log that can't be written is no reason to fail.
        }
      },
      { [Symbol.dispose]: () => file[Symbol.dispose]() },
    );
  } catch {
    // As above.
  }
  if (verbose)
    sinks.terminal = getStreamSink(
      new WritableStream<Uint8Array>({ write: (chunk) => void process.stderr.write(chunk) }),
      { formatter: format },
    );
  await configure({
    sinks,
    loggers: [
      { category: 'longview', lowestLevel: 'debug', sinks: Object.keys(sinks) },
      { category: ['logtape', 'meta'], lowestLevel: 'fatal', sinks: [] },
    ],
    reset: true,
  });
}

/** Closes the log; what is logged afterwards goes nowhere. */
export async function closeLog(): Promise<void> {
  await dispose();
}

/** The log of a room; goes nowhere until {@link openLog} was called. */
export function logOf(room: string): Logger {
  return getLogger(['longview', room]);
}

/** The last lines of a log folder, newest last; none where there is none. */
export function lastLines(folder: string, count: number): string[] {
  try {
    const files = readdirSync(folder)
      .filter((file) => file.startsWith(name))
      .map((file) => join(folder, file))
      .toSorted((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
    const lines: string[] = [];
    for (const file of files.toReversed()) {
      lines.unshift(...readFileSync(file, 'utf8').split('\n').filter(Boolean));
      if (lines.length >= count) break;
    }
    return lines.slice(-count);
  } catch {
    return [];
  }
}
