import type { TrackKind } from '../library/track-types.ts';
import type { HeldLine } from './across-lines.ts';

/** Captions stand a little longer or shorter than what is said; in seconds. */
const slackSec = 1;

/**
 * Leaves out what was heard, or read in burnt-in subtitles, where the file's own captions hold the same words of the query
 * at the same time: one thing that was said is one moment, quoted as the file has it.
 */
export function withoutSaidTwice<Line extends HeldLine>(lines: readonly Line[]): Line[] {
  const captions = Map.groupBy(
    lines.filter(({ hit }) => hit.kind === 'said' && sourceOf(hit) === 'captions'),
    ({ hit }) => hit.videoId,
  );
  return lines.filter(({ hit, words }) => {
    const theirs =
      hit.kind === 'said' && sourceOf(hit) !== 'captions' ? captions.get(hit.videoId) : undefined;
    if (!theirs) return true;
    const held = new Set<number>();
    for (const caption of theirs)
      if (caption.hit.start < hit.end + slackSec && caption.hit.end > hit.start - slackSec)
        for (const word of caption.words) held.add(word);
    return [...words].some((word) => !held.has(word));
  });
}

function sourceOf({ source = 'captions' }: HeldLine['hit']): TrackKind {
  return source;
}
