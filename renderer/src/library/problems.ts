import type { Job } from '../../../engine/protocol/wire.ts';
import type { Shown } from '../state/failure.ts';

/** A file or folder that was added and didn't become a video of the library. */
export interface Problem {
  path: string;
  error: Shown;
}

/**
 * What went wrong in jobs that ended, each path once, its newest reason: of files that are in the library the tile tells.
 * @param known paths of the library's videos
 */
export function problemsOf(jobs: readonly Job[], known: ReadonlySet<string>): Problem[] {
  const byPath = new Map<string, Problem | undefined>();
  for (const job of jobs) {
    if (job.error) for (const path of job.paths) byPath.set(path, { path, error: job.error });
    for (const { path, error, status } of job.result?.videos ?? [])
      byPath.set(path, status === 'failed' && error ? { path, error } : undefined);
    if (job.state === 'done' && job.result?.videos.length === 0)
      for (const path of job.paths) byPath.set(path, { path, error: nothingThere(path) });
  }
  return [...byPath.values()].filter(
    (problem) => problem !== undefined && !known.has(problem.path),
  ) as Problem[];
}

function nothingThere(path: string): Shown {
  return {
    code: 'not-a-video',
    message: `There is no video in "${path}".`,
    remedy: 'Choose a folder that holds video files, such as MP4, MKV, MOV, WebM or AVI.',
  };
}
