import type { Moment } from '../../../engine/protocol/results.ts';

/** The moments of one video. */
export interface Group {
  videoId: string;
  path: string;
  moments: Moment[];
}

/** Moments by their video: the video of the best moment first, and in it the best moment first. */
export function groupsOf(moments: readonly Moment[]): Group[] {
  const groups = new Map<string, Group>();
  for (const moment of moments) {
    const group = groups.get(moment.videoId) ?? { videoId: moment.videoId, path: moment.path, moments: [] };
    group.moments.push(moment);
    groups.set(moment.videoId, group);
  }
  return [...groups.values()];
}
