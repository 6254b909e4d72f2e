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

/** Beneath this a moment is one of the nearest rather than one of those that were asked for. */
const likely = 0.38;
/** More of the nearest than this say nothing. */
const mostNearest = 8;

/** The same stretch found twice (by its picture and by its file's name, say) is one moment with all the reasons. */
function merged(moments: readonly Moment[]): Moment[] {
  const byKey = new Map<string, Moment>();
  for (const moment of moments) {
    const same = byKey.get(momentKey(moment));
    const known = new Set(same?.why?.map((why) => JSON.stringify(why)));
    const more = (moment.why ?? []).filter((why) => !known.has(JSON.stringify(why)));
    const why = [...(same?.why ?? []), ...more];
    byKey.set(momentKey(moment), same ? { ...same, why } : moment);
  }
  return [...byKey.values()];
}

/** What a result shows: the likely moments, and where there are none the few that come nearest. */
export function worthShowing({ confident, moments }: FindResult): Moment[] {
  const distinct = merged(moments);
  const good = confident ? distinct.filter((moment) => moment.confidence >= likely) : [];
  return good.length > 0 ? good : distinct.slice(0, mostNearest);
}

/** Whether two lists hold the same moments in the same order. */
export function sameOrder(a: FindResult, b: FindResult): boolean {
  return (
    a.moments.length === b.moments.length &&
    a.moments.every((moment, index) => momentKey(moment) === momentKey(b.moments[index]))
  );
}
