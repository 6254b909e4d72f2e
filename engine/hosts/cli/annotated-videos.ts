import { stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { findVideos } from '../../media/index.ts';
import type { Task, VideoPlace } from '../../evaluation/index.ts';
import type { CallOptions, Engine } from '../../protocol/engine.ts';

/** Where the videos of annotations are looked for. */
export interface VideoSearch extends CallOptions {
  /** The annotation file; without `folder`, paths are from its folder. */
  file: string;
  /** A folder that holds the videos, at any depth. */
  folder?: string;
  /** Index those that the library doesn't hold yet; otherwise they count as missing. */
  index: boolean;
}

/**
 * Finds the video of each task (by its path, else by its name in the folder, with or without extension) and sees to it
 * that the library holds it.
 * @returns each task's video, or what is wrong with it
 * @throws LongviewError `cancelled`, and what `index` throws.
 */
export async function findAnnotatedVideos(
  engine: Pick<Engine, 'library' | 'index'>,
  tasks: readonly Task[],
  search: VideoSearch,
): Promise<(task: Task) => VideoPlace> {
  const byName =
    search.folder === undefined ? new Map<string, string[]>() : await namesIn(search.folder, search);
  const base = search.folder ?? dirname(resolve(search.file));
  const places = new Map<string, VideoPlace>();
  for (const task of tasks)
    if (!places.has(keyOf(task))) places.set(keyOf(task), await locate(namesOf(task), base, byName));
  await intoLibrary(engine, places, search);
  return (task) => places.get(keyOf(task)) ?? { problem: 'not looked for' };
}

function namesOf(task: Task): string[] {
  return task.kind === 'choice' ? [task.video, ...(task.otherNames ?? [])] : [task.video];
}

function keyOf(task: Task): string {
  return JSON.stringify(namesOf(task));
}

async function locate(
  names: readonly string[],
  base: string,
  byName: ReadonlyMap<string, readonly string[]>,
): Promise<VideoPlace> {
  for (const name of names) {
    const path = resolve(base, name);
    if ((await stat(path).catch(() => undefined))?.isFile()) return { path };
  }
  for (const name of names) {
    const files = byName.get(basename(name)) ?? [];
    if (files.length > 1) return { problem: `several files have this name: ${files.slice(0, 3).join(', ')}` };
    if (files.length === 1) return { path: files[0] };
  }
  return { problem: byName.size > 0 ? 'no such file in the folder of videos' : 'no such file' };
}

/** Files by their name with and without extension. */
async function namesIn(folder: string, { signal }: CallOptions): Promise<Map<string, string[]>> {
  const { files, errors } = await findVideos([folder], { signal });
  const top = errors.find(({ path }) => path === resolve(folder));
  if (top) throw top.error;
  const names = new Map<string, string[]>();
  for (const file of files)
    for (const name of new Set([basename(file), basename(file, extname(file))]))
      names.set(name, [...(names.get(name) ?? []), file]);
  return names;
}

/** What can't be had in the library turns into a problem of its place. */
async function intoLibrary(
  engine: Pick<Engine, 'library' | 'index'>,
  places: Map<string, VideoPlace>,
  { index, signal, onProgress }: VideoSearch,
): Promise<void> {
  const { videos } = await engine.library();
  const held = new Set(videos.filter(({ status }) => status === 'indexed').map(({ path }) => path));
  const wanted = [...places.values()].flatMap((place) => ('path' in place ? place.path : []));
  const absent = [...new Set(wanted)].filter((path) => !held.has(path));
  const problems = new Map<string, string>();
  if (!index) for (const path of absent) problems.set(path, 'not in the library');
  else if (absent.length > 0) {
    const result = await engine.index({ paths: absent }, { signal, onProgress });
    for (const { path, status, error } of result.videos)
      if (status === 'failed' || status === 'cancelled') problems.set(path, error?.message ?? status);
  }
  for (const [key, place] of places) {
    const problem = 'path' in place ? problems.get(place.path) : undefined;
    if (problem !== undefined) places.set(key, { problem });
  }
}
