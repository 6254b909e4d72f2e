import type { FindRequest } from '../../engine/protocol/requests.ts';
import type { FindResult, LibraryVideo } from '../../engine/protocol/results.ts';

/** Somebody who was seen. */
export const person = { code: 'saw' as const, label: 'person', frames: 5, ofFrames: 8, most: 1, score: 0.9 };

/** The videos in some folders, of some length, added (as if recorded) in some days. */
export function narrowed(
  videos: readonly LibraryVideo[],
  { folders, minSeconds = 0, maxSeconds = Infinity, after = '', before = '~' }: Partial<FindRequest>,
): readonly LibraryVideo[] {
  return videos.filter(
    ({ path, durationSec, addedAt }) =>
      (!folders || folders.some((folder) => path.startsWith(`${folder}/`))) &&
      (durationSec ?? 0) >= minSeconds &&
      (durationSec ?? 0) <= maxSeconds &&
      addedAt >= after &&
      addedAt < before,
  );
}

/** What a search finds: the more, the less sure; "zebra" is never there. */
export function pretendResult(
  query: string,
  videos: readonly LibraryVideo[],
  within: string[] | undefined,
  limit: number,
): FindResult {
  const confident = !/zebra/.test(query);
  const searched = videos.filter(
    (video) => video.status === 'indexed' && (!within || within.includes(video.id)),
  );
  const moments = searched.slice(0, Math.min(limit, within ? 6 : 9)).map((video, index) => ({
    videoId: video.id,
    path: video.path,
    start: 4 + index * 3,
    end: 8 + index * 4,
    score: 1 - index / 10,
    confidence: confident ? 0.94 - index * 0.07 : 0.2 - index * 0.02,
    source: 'scene' as const,
    reason: confident ? `The scene fits “${query}”` : 'The nearest scene',
    why: confident
      ? [
          { code: 'saw' as const, label: 'person', frames: 3, ofFrames: 8, most: 1, score: 0.8 },
          { code: 'looks-like' as const, level: 'high' as const, similarity: 0.4 },
        ]
      : [{ code: 'not-seen' as const, label: 'zebra' }],
  }));
  return {
    query,
    gamma: 0.75,
    model: 'pretend',
    confident,
    moments,
    latencyMs: 18,
    examined: {
      videos: searched.length,
      seconds: searched.reduce((sum, video) => sum + (video.durationSec ?? 0), 0),
    },
    skipped: 0,
    refined: false,
  };
}

/** The bundle that indexes, and a checkpoint that only reads. */
export const pretendModels = [
  { id: 'pretend', name: 'Pretend', can: ['detect', 'embed', 'read'] as const, builtin: true },
  { id: 'reader-2b', name: 'Reader 2B', can: ['read'] as const, builtin: false },
].map(({ can, builtin, ...model }) => ({
  ...model,
  can: [...can],
  builtin,
  active: builtin,
  architecture: builtin ? 'longview' : 'qwen2-vl',
  precision: 'int8',
  positionVariant: builtin ? ('hope' as const) : ('m-rope' as const),
  trainedGammas: builtin ? [0.5, 1.5] : [],
  bytes: 2_000_000,
  licence: 'MIT',
  provenance: 'made up',
  folder: `/library/models/${model.id}`,
}));
