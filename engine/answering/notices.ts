import { answerIn } from '../language/lexicon/index.ts';
import { gammaVariants } from '../protocol/bundle.ts';
import { answeringModel } from './answering.ts';
import type { Asked } from './asked.ts';
import type { AskResult } from '../protocol/results.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { SearchDeps } from '../search/types.ts';

/** How many videos are looked for on the disk. */
const mostNotices = 16;

/**
 * Says which of the footage is gone or changed since it was indexed (the answer is from its index all the same), and where
 * several scales of time were asked for and make no difference.
 * @param leftOut videos that should have been read and couldn't be
 */
export async function withNotices(
  deps: SearchDeps,
  asked: Asked,
  result: AskResult,
  leftOut: readonly IndexedVideo[] = [],
): Promise<AskResult> {
  const lost = leftOut.slice(0, mostNotices).map((video) => ({
    code: 'video-not-indexed' as const,
    message: `${video.path} was left out: what the model saw in it is no longer in the library.`,
    remedy: 'Index it again.',
    details: { videoId: video.id },
  }));
  const notices = [...lost, ...unscaledNotices(deps, asked), ...(await footageNotices(deps, asked, result))];
  return {
    ...result,
    ...(notices.length > 0 && { notices }),
    ...translated(asked, result),
  };
}

/** The answer in the user's language; why there is none is worded by whoever shows it. */
function translated({ answerIn: language }: Asked, { answer, cannot }: AskResult) {
  const said = cannot ? undefined : answerIn(language, answer);
  return said === undefined ? {} : { translated: { language: language!, answer: said } };
}

type Notices = NonNullable<AskResult['notices']>;

function unscaledNotices(deps: SearchDeps, { unscaled }: Asked): Notices {
  if (unscaled === undefined) return [];
  const { id, variant } = answeringModel(deps);
  return [
    {
      code: 'bad-argument',
      message: `${id} reads time with ${variant}, which gamma doesn't change: it was asked once instead of "${unscaled}".`,
      remedy: `Several gammas are worth asking of a model with ${gammaVariants.join(', ')}.`,
      details: { name: 'gamma' },
    },
  ];
}

async function footageNotices(
  { footageState }: SearchDeps,
  asked: Asked,
  result: AskResult,
): Promise<Notices> {
  if (!footageState) return [];
  const proving = new Set([result.videoId, ...result.evidence.flatMap(({ videoId }) => videoId ?? [])]);
  const looked = asked.videos.filter(({ id }) => proving.has(id)).slice(0, mostNotices);
  const states = await Promise.all(
    looked.map(async (video) => ({ video, state: await footageState(video) })),
  );
  return states.flatMap(({ video, state }): Notices => {
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
}
