import type { FindResult, Moment } from '../../../engine/protocol/results.ts';

/** Names a moment across the first and the refined list. */
export function momentKey(moment: Moment): string {
  return `${moment.videoId} ${moment.start.toFixed(2)} ${moment.end.toFixed(2)}`;
}

/** The first list in its own order, with what the refined one found out about each moment. */
export function inOldOrder(first: FindResult, refined: FindResult): FindResult {
  const known = new Map(refined.moments.map((moment) => [momentKey(moment), moment]));
  const moments = first.moments.map((moment) => known.get(momentKey(moment)) ?? moment);
  return { ...refined, moments };
}

/** Whether two lists hold the same moments in the same order. */
export function sameOrder(a: FindResult, b: FindResult): boolean {
  return (
    a.moments.length === b.moments.length &&
    a.moments.every((moment, index) => momentKey(moment) === momentKey(b.moments[index]))
  );
}
