import { readdir, readFile, rm, stat, statfs, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { badArgument, LongviewError } from '../../protocol/errors.ts';
import { bytes as inWords } from '../../protocol/bytes.ts';
import { parseRequest } from '../../protocol/requests.ts';
import { capabilities, importPrecisions, positionVariants } from '../../protocol/bundle.ts';
import { downloadRequestSchema, type Catalogue } from '../../protocol/window.ts';
import type { CallOptions } from '../../protocol/engine.ts';
import type { ImportRequest } from '../../protocol/requests.ts';
import type { ImportResult } from '../../protocol/results.ts';
import { fetchFile, type FetchOptions } from './fetch-file.ts';
import { listFiles, type HubFile } from './hub.ts';

/** models/catalog.json. Sizes are computed from the numbers of parameters; checksums come from the hub itself. */
const catalogueFile = z.object({
  models: z.array(
    z.object({
      name: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
      title: z.string(),
      id: z.string(),
      can: z.array(z.enum(capabilities)),
      licence: z.string(),
      aboutBytes: z.int().positive(),
      kind: z.enum(['checkpoint', 'pair']),
      precision: z.enum(importPrecisions).optional(),
      positions: z.enum(positionVariants).optional(),
      files: z.array(z.string()),
      /** A commit of the repository; its main branch where absent. */
      revision: z
        .string()
        .regex(/^[0-9a-f]{40}$/)
        .optional(),
      /** What somebody saw these files to be: others of that name are refused. */
      pinned: z
        .array(
          z.object({
            path: z.string(),
            bytes: z.int().positive().optional(),
            sha256: z.string().regex(/^[0-9a-f]{64}$/),
          }),
        )
        .optional(),
      /** Under which names its files are imported. */
      rename: z.record(z.string(), z.string().regex(/^[\w-]+(?:\/[\w-]+)?\.onnx$/)).optional(),
      /** "any": an image-text encoder of many languages. */
      languages: z.literal('any').optional(),
    }),
  ),
});
type Entry = z.infer<typeof catalogueFile>['models'][number];

/** What fetching works with. */
export interface FetchingDeps {
  /** Address of the hub; nothing is asked of it but by {@link downloadModel}. */
  hub: string;
  /** Where files lie until a bundle is made of them. */
  folder: string;
  /** Ids of the bundles at hand. */
  ids(): Promise<string[]>;
  importModel(request: ImportRequest, options: CallOptions): Promise<ImportResult>;
  /** Default: models/catalog.json. */
  catalogue?: string;
  retrying?: Pick<FetchOptions, 'stallMs' | 'pausesMs'>;
}

/** The public models that can be fetched, and which of them are here. */
export async function readCatalogue(deps: FetchingDeps): Promise<Catalogue> {
  const ids = await deps.ids();
  const models = (await entries(deps)).map(async ({ name, title, can, licence, aboutBytes, id }) => ({
    name,
    title,
    can,
    licence,
    aboutBytes,
    id,
    installed: ids.includes(id),
    haveBytes: await bytesIn(folderOf(deps, name)),
  }));
  return { hub: deps.hub, models: await Promise.all(models) };
}

/**
 * Fetches a model of the catalogue, checks every file against the hub's checksums, makes a bundle of it and deletes
 * the files. What was broken off goes on at the next call.
 * @throws LongviewError `bad-argument`, `hub-unreachable`, `download-failed`, `disk-full`, `cancelled`, and what
 * importing throws.
 */
export async function downloadModel(
  deps: FetchingDeps,
  request: unknown,
  { signal = new AbortController().signal, onProgress }: CallOptions,
): Promise<ImportResult> {
  const { name } = parseRequest(downloadRequestSchema, request);
  const all = await entries(deps);
  const entry = all.find((one) => one.name === name || one.id === name);
  if (!entry) throw badArgument('name', `one of ${all.map((one) => one.name).join(', ')}`, name);
  if ((await deps.ids()).includes(entry.id))
    throw badArgument('name', 'a model that isn’t here yet', entry.name);
  const folder = folderOf(deps, entry.name);
  const { revision = 'main', rename: names = {} } = entry;
  const files = await listFiles(deps.hub, entry.name, entry.files, signal, revision);
  for (const file of files) refuseOther(entry, file);
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  await mkdir(folder, { recursive: true });
  await requireRoom(folder, total - (await bytesIn(folder)));
  let done = 0;
  // Making the bundle comes after it and takes its part of the whole.
  const share = 0.9;
  for (const file of files) {
    const url = `${deps.hub}/${entry.name}/resolve/${revision}/${file.path}`;
    const onBytes = (here: number) =>
      onProgress?.({
        stage: 'downloading',
        fraction: total > 0 ? (share * (done + here)) / total : 0,
        subject: file.path,
      });
    await fetchFile(url, join(folder, names[file.path] ?? file.path), file, {
      signal,
      onBytes,
      ...deps.retrying,
    });
    done += file.bytes;
  }
  const { precision, positions, id } = entry;
  const imported = await deps.importModel(
    { folder, id, ...(precision ? { precision } : {}), ...(positions ? { positions } : {}) },
    {
      signal,
      onProgress: (progress) =>
        onProgress?.({ ...progress, fraction: share + (1 - share) * progress.fraction }),
    },
  );
  await rm(folder, { recursive: true, force: true });
  return imported;
}

/** @throws LongviewError `download-failed` for a file that isn't the one that the catalogue knows by its checksum. */
function refuseOther({ name, pinned = [] }: Entry, { path, bytes, checksum }: HubFile): void {
  const known = pinned.find((one) => one.path === path);
  if (!known) return;
  const same = checksum.algorithm === 'sha256' && checksum.hex === known.sha256;
  if (same && bytes === (known.bytes ?? bytes)) return;
  throw new LongviewError(
    'download-failed',
    `${path} of ${name} is not the file that this version of Longview knows: nothing was fetched.`,
    'Look for a newer version of Longview; if you trust the file, download it yourself and import its folder.',
    { details: { model: name, path } },
  );
}

async function entries(deps: FetchingDeps): Promise<Entry[]> {
  const path = deps.catalogue ?? resolve(import.meta.dirname, '../../../models/catalog.json');
  return catalogueFile.parse(JSON.parse(await readFile(path, 'utf8'))).models;
}

const folderOf = (deps: FetchingDeps, name: string) => join(deps.folder, name.replace('/', '--'));

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = names.map(async (name) => {
    const facts = await stat(join(folder, name)).catch(() => undefined);
    return facts?.isFile() ? facts.size : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function requireRoom(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= needed) return;
  throw new LongviewError(
    'disk-full',
    `There is not enough room: ${inWords(needed)} are needed, ${inWords(bavail * bsize)} are free.`,
    'Free some space, or choose a library folder on another disk.',
  );
}
