import { resolve } from 'node:path';
import { LongviewError } from '../protocol/errors.ts';
import { findMediaTools, probe, type MediaTools, type VideoInfo } from '../media/index.ts';
import { cutClips } from './clips.ts';
import { exportMoments, parseFormat } from './formats.ts';
import { parseRate, rateName } from './rate.ts';
import { checkTarget, writeWhole } from './target.ts';
import { layOut, nothingToExport, type TimelineOptions } from './timeline.ts';
import { exportVideo } from './video.ts';
import type { CallOptions } from '../protocol/engine.ts';
import type { ExportResult } from '../protocol/export.ts';
import type { Material } from './material.ts';
import { plural } from '../protocol/plural.ts';

/** Where to and how. */
export interface ExportRequest {
  /** One of `exportFormats`. */
  format: string;
  /** The file to write; for clips the folder. The text comes back where it is absent. */
  out?: string;
  /** Replace what is there; footage is never replaced. */
  overwrite?: boolean;
  /** Of clips: encode again, frame by frame. */
  exact?: boolean;
  /** The timeline's rate; see `parseRate`. */
  rate?: string;
  /** Paths that are never written over, besides the moments' own videos. */
  footage?: readonly string[];
}

/**
 * Looks at a request before the work that makes its moments is begun.
 * @throws LongviewError `bad-argument`, `file-exists`, `file-not-found`, `permission-denied`.
 */
export async function checkExport({
  format,
  out,
  overwrite,
  rate,
  footage = [],
}: ExportRequest): Promise<void> {
  const isClips = parseFormat(format) === 'clips';
  if (rate !== undefined) parseRate(rate);
  if (isClips && out === undefined) throw needsFolder();
  if (!isClips && out !== undefined) await checkTarget(out, { overwrite, footage });
}

/**
 * The one way out for moments: writes them to a file, cuts them into a folder, or gives them back as a text. Moments of a video that can't be looked at are left out and
 * told; where that leaves none, its error is thrown.
 * @throws LongviewError as {@link checkExport}; `nothing-to-export`; what `probe` throws; `cancelled`.
 */
export async function exportMaterial(
  { title, confident, moments, unsupported = 0, paths }: Material,
  request: ExportRequest,
  options: CallOptions & { tools?: MediaTools } = {},
): Promise<ExportResult & { text?: string }> {
  await checkExport(request);
  const format = parseFormat(request.format);
  if (moments.length === 0) throw nothingToExport(title, unsupported);
  const tools = options.tools ?? (await findMediaTools());
  const { infos, skipped } = await lookAt(paths, { ...options, tools });
  const kept = moments.filter(({ videoId }) => infos.has(videoId));
  const videos = [...infos].map(([id, info]) => exportVideo(id, info));
  const timelineOptions: TimelineOptions = { title, ...(request.rate ? parseRate(request.rate) : {}) };
  const timeline = layOut(kept, videos, timelineOptions);
  const out = request.out === undefined ? null : resolve(request.out);
  const rules = {
    overwrite: request.overwrite,
    footage: [...paths.values(), ...(request.footage ?? [])],
  };
  const result: ExportResult = {
    format,
    out,
    moments: kept.length,
    unsupported,
    title,
    confident,
    frameRate: rateName(timeline.rate),
    dropFrame: timeline.dropFrame,
    notes: [...unsupportedNote(unsupported), ...timeline.notes],
    skipped: skipped.map(({ id, path, error }) => ({
      path,
      moments: moments.filter(({ videoId }) => videoId === id).length,
      error: error.toData(),
    })),
  };
  if (format === 'clips') {
    const clips = await cutClips(timeline, infos, {
      ...options,
      ...rules,
      tools,
      folder: out!,
      exact: request.exact,
    });
    return { ...result, moments: clips.filter(({ error }) => !error).length, clips };
  }
  const text = exportMoments(kept, videos, { ...timelineOptions, format });
  if (out === null) return { ...result, text };
  await writeWhole(out, text, rules);
  return result;
}

function unsupportedNote(count: number): string[] {
  if (count === 0) return [];
  const what = `${plural(count, 'moment')} ${count === 1 ? 'was' : 'were'}`;
  return [`${what} left out: the re-check did not find there what the answer says`];
}

function needsFolder(): LongviewError {
  return new LongviewError('bad-argument', 'Clips need a folder to be cut into.', 'Give a folder.');
}

interface Looked {
  infos: Map<string, VideoInfo>;
  skipped: { id: string; path: string; error: LongviewError }[];
}

async function lookAt(
  paths: ReadonlyMap<string, string>,
  { signal, tools }: CallOptions & { tools: MediaTools },
): Promise<Looked> {
  const looked: Looked = { infos: new Map(), skipped: [] };
  for (const [id, path] of paths) {
    try {
      looked.infos.set(id, await probe(path, { signal, tools }));
    } catch (error) {
      if (!(error instanceof LongviewError) || error.code === 'cancelled') throw error;
      looked.skipped.push({ id, path, error });
    }
  }
  if (looked.infos.size === 0) throw looked.skipped[0].error;
  return looked;
}
