import { mkdir, readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { LongviewError } from '../protocol/errors.ts';
import { parseRequest } from '../protocol/requests.ts';
import { exportName } from '../protocol/export-name.ts';
import { exportRequestSchema, type Exported, type ExportPlace } from '../protocol/window.ts';
import { exportMaterial, type ExportMoment, type Material } from '../export/index.ts';
import { cannotWrite } from '../protocol/file-errors.ts';
import type { CallOptions } from '../protocol/engine.ts';
import type { MediaTools } from '../media/index.ts';
import type { Store, StoredVideo } from '../library/index.ts';

/** What exporting needs of the library. */
export interface ExportingDeps {
  store(): Store;
  video(idOrPath: string): Promise<StoredVideo>;
  footage(videoId: string): Promise<string>;
}

/**
 * Writes the moments that a window chose: to a place of the host's, or as a text for the window to hand out as a
 * download.
 * @throws LongviewError as engine/export; `video-missing` where none of the footage is there.
 */
export async function exportForWindow(
  deps: ExportingDeps,
  request: unknown,
  options: CallOptions & { tools?: MediaTools; place?: ExportPlace },
): Promise<Exported> {
  const { format, exact, title, moments } = parseRequest(exportRequestSchema, request);
  const { material, skipped } = await materialOf(deps, { title, moments });
  const name = exportName(title, format);
  const footage = deps
    .store()
    .videos()
    .flatMap((video) => video.paths);
  const where = await placed(options.place, name);
  const result = await exportMaterial(material, { format, exact, footage, ...where }, options);
  const failed = (result.clips ?? []).flatMap(({ path, error }) => (error ? [{ path, error }] : []));
  return {
    name,
    out: result.out,
    text: result.text ?? null,
    moments: result.moments,
    notes: [
      ...result.notes,
      ...(result.clips ?? []).flatMap(({ path, leftOut = [] }) =>
        leftOut.length > 0 ? [`${basename(path)}: left out: ${leftOut.join('; ')}`] : [],
      ),
    ],
    skipped: [...skipped, ...result.skipped.map(({ path, error }) => ({ path, error })), ...failed],
  };
}

/** A file that the host named, or a free name in its folder. */
export async function placed(
  place: ExportPlace | undefined,
  name: string,
): Promise<{ out?: string; overwrite?: boolean }> {
  if (!place) return {};
  return 'file' in place
    ? { out: place.file, overwrite: place.overwrite ?? true }
    : { out: await freeName(place.folder, name) };
}

/** A path in a folder, which is made, that nothing is at: "name", "name (2)", … */
async function freeName(folder: string, name: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw cannotWrite(folder, error);
  });
  const there = new Set(await readdir(folder));
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  for (let number = 1; ; number++) {
    const free = number === 1 ? name : `${stem} (${number})${extension}`;
    if (!there.has(free)) return join(folder, free);
  }
}

/** The moments whose footage is there. @throws LongviewError `video-missing` where none is. */
async function materialOf(
  deps: ExportingDeps,
  {
    title,
    moments,
  }: {
    title: string;
    moments: { video: string; start: number; end: number; note?: string; confidence?: number }[];
  },
): Promise<{ material: Material; skipped: Exported['skipped'] }> {
  const paths = new Map<string, string>();
  const skipped: Exported['skipped'] = [];
  const kept: ExportMoment[] = [];
  for (const { video: place, start, end, note, confidence } of moments) {
    const video = await deps.video(place);
    if (!paths.has(video.id) && !skipped.some(({ path }) => path === video.path)) {
      try {
        paths.set(video.id, await deps.footage(video.id));
      } catch (error) {
        if (!(error instanceof LongviewError)) throw error;
        skipped.push({ path: video.path, error: error.toData() });
      }
    }
    if (paths.has(video.id))
      kept.push({
        videoId: video.id,
        start,
        end: Math.max(end, start),
        title,
        note: note ?? '',
        confidence: confidence ?? 1,
      });
  }
  if (kept.length === 0) throw LongviewError.fromData(skipped[0].error);
  return { material: { title, confident: true, moments: kept, paths }, skipped };
}
