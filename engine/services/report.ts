import { arch, cpus, homedir, platform, release, totalmem } from 'node:os';
import { sep } from 'node:path';
import { lastLines, logFolder } from '../core/log.ts';
import { parseRequest } from '../protocol/requests.ts';
import type { DoctorResult, ModelsResult } from '../protocol/results.ts';
import { reportRequestSchema, type ReportResult } from '../protocol/report.ts';
import { plural } from '../protocol/plural.ts';

/** What a report is made of. */
export interface ReportDeps {
  libraryDir: string;
  version: string;
  doctor(): Promise<DoctorResult>;
  models(): Promise<ModelsResult>;
  /** How many videos there are, and how many wait or failed. */
  counts(): { videos: number; waiting: number; failed: number };
}

const linesKept = 200;

/**
 * A report for whoever helps with a problem: versions, machine, checks, and the last lines of the log. Where paths
 * aren't allowed, none is in it: neither folders nor names of files.
 */
export async function report(deps: ReportDeps, request: unknown): Promise<ReportResult> {
  const { paths = false } = parseRequest(reportRequestSchema, request);
  const [{ checks }, { models }] = await Promise.all([deps.doctor(), deps.models()]);
  const { videos, waiting, failed } = deps.counts();
  const text = [
    `Longview ${deps.version}`,
    `${platform()} ${release()} ${arch()}, Node ${process.versions.node}`,
    `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory`,
    `${plural(videos, 'video')}, ${waiting} waiting, ${failed} failed`,
    '',
    ...checks.map(({ name, ok, found }) => `${ok ? 'ok ' : 'BAD'} ${name}: ${found}`),
    '',
    ...models.map(
      ({ id, architecture, precision, can, active, problem }) =>
        `model ${id}: ${architecture} ${precision}, ${can.join(' ')}${active ? ', in use' : ''}${problem ? `, ${problem.code}` : ''}`,
    ),
    '',
    ...lastLines(logFolder(deps.libraryDir), linesKept),
    '',
  ].join('\n');
  return { text: paths ? text : withoutPaths(text) };
}

/** Everything that looks like a path, and every quoted name of a file, gives way to what it is. */
export function withoutPaths(text: string): string {
  const home = homedir();
  const start = '(?:[A-Za-z]:[\\\\/]|~?/|\\.{1,2}/)';
  return (
    text
      .replaceAll(home.endsWith(sep) ? home : home + sep, '~/')
      // In quotes all of it goes; without, everything up to the last thing in the line that may belong to it.
      .replace(new RegExp(`(["“\`])${start}[^"”\`\\n]*(["”\`])`, 'g'), '$1[path]$2')
      .replace(
        new RegExp(`(?<![\\w:/[])${start}(?:.*\\.[A-Za-z0-9]{2,5}\\b|.*[\\\\/]\\S*|\\S*)`, 'g'),
        '[path]',
      )
      .replace(/(["“`])[^"”`\n/]*\.[A-Za-z0-9]{2,5}(["”`])/g, '$1[file]$2')
  );
}
