import { basename } from 'node:path';
import { LongviewError } from '../protocol/errors.ts';
import { exportFormats } from '../protocol/export.ts';
import { parseRequest } from '../protocol/requests.ts';
import { exportRequestSchema, type Exported } from '../protocol/window.ts';
import { exportMaterial, type ExportMoment, type Material } from '../export/index.ts';
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
 * Writes the moments that a window chose: to a file or a folder of this machine, or as a text for the window to hand
 * out as a download.
 * @throws LongviewError as engine/export; `video-missing` where none of the footage is there.
 */
export async function exportForWindow(
  deps: ExportingDeps,
  request: unknown,
  options: CallOptions & { tools?: MediaTools },
): Promise<Exported> {
  const { format, out, overwrite, exact, ...wanted } = parseRequest(exportRequestSchema, request);
  const { material, skipped } = await materialOf(deps, wanted);
  const name = fileName(wanted.title, exportFormats[format].extension);
  const footage = deps
    .store()
    .videos()
    .flatMap((video) => video.paths);
  const result = await exportMaterial(material, { format, out, overwrite, exact, footage }, options);
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

/** A title as a file's name on any system. */
function fileName(title: string, extension: string): string {
  const plain = title
    .normalize('NFC')
    .replace(/[\u0000-\u001f<>:"/\\|?*]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 80)
    .replace(/^\.+|[. ]+$/g, '');
  return `${plain === '' ? 'Longview' : plain}${extension}`;
}
