import { access } from 'node:fs/promises';
import type { LibraryVideo } from '../protocol/results.ts';
import type { Job, Store, StoredVideo } from '../library/index.ts';

/** How many files are looked for at once. */
const atOnce = 32;

/**
 * The videos of a library as they are listed, newest first.
 * @param fingerprint of the bundle that the library is to be indexed with: what another one indexed is pending
 */
export async function listVideos(store: Store, fingerprint: string | undefined): Promise<LibraryVideo[]> {
  const videos = store.videos();
  const jobs = new Map(store.jobs().map((job) => [job.path, job]));
  const listed: LibraryVideo[] = [];
  for (let first = 0; first < videos.length; first += atOnce) {
    const some = videos.slice(first, first + atOnce);
    listed.push(...(await Promise.all(some.map((video) => listVideo(video, jobs, fingerprint)))));
  }
  return listed;
}

/** One video as it is listed. */
export async function listVideo(
  video: StoredVideo,
  jobs: ReadonlyMap<string, Job>,
  fingerprint: string | undefined,
): Promise<LibraryVideo> {
  const here = await firstExisting(video.paths);
  const path = here ?? video.path;
  const error = jobs.get(path)?.error;
  return {
    id: video.id,
    path,
    durationSec: video.durationSec,
    status: here === undefined ? 'missing' : statusOf(video, fingerprint, error !== undefined),
    patches: (video.index ?? video.unfinished)?.patches ?? 0,
    model: (video.index ?? video.unfinished)?.modelId ?? null,
    addedAt: new Date(video.addedAt).toISOString(),
    ...(error ? { error } : {}),
  };
}

function statusOf(
  { index, unfinished }: StoredVideo,
  fingerprint: string | undefined,
  failed: boolean,
): LibraryVideo['status'] {
  if (index && (fingerprint === undefined || index.modelFingerprint === fingerprint)) return 'indexed';
  if (unfinished && unfinished.patches > 0) return 'partial';
  return failed ? 'failed' : 'pending';
}

/** The first of a video's places where a file lies. */
export async function firstExisting(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  return undefined;
}
