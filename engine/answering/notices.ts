import type { Asked } from './asked.ts';
import type { AskResult } from '../protocol/results.ts';
import type { SearchDeps } from '../search/types.ts';

/** How many videos are looked for on the disk. */
const mostNotices = 16;

/** Says which of the footage is gone or changed since it was indexed; the answer is from its index all the same. */
export async function withNotices(
  { footageState }: SearchDeps,
  asked: Asked,
  result: AskResult,
): Promise<AskResult> {
  if (!footageState) return result;
  const proving = new Set([result.videoId, ...result.evidence.flatMap(({ videoId }) => videoId ?? [])]);
  const looked = asked.videos.filter(({ id }) => proving.has(id)).slice(0, mostNotices);
  const states = await Promise.all(
    looked.map(async (video) => ({ video, state: await footageState(video) })),
  );
  const notices = states.flatMap(({ video, state }): NonNullable<AskResult['notices']> => {
    if (state === undefined) return [];
    const gone = state === 'missing';
    return [
      {
        code: gone ? 'video-missing' : 'video-changed',
        message: gone
          ? `${video.path} is no longer there; the answer is from its index.`
          : `${video.path} has changed since it was indexed; the answer is about what it was.`,
        remedy: gone ? 'Put it back, or index it where it is now.' : 'Index it again.',
        details: { videoId: video.id },
      },
    ];
  });
  return notices.length > 0 ? { ...result, notices } : result;
}
