import { clock } from '../../../protocol/clock.ts';
import { plural } from '../../../protocol/plural.ts';
import { citationLine, citationOf, stillLinks } from './citations.ts';
import type { FindResult } from '../../../protocol/results.ts';
import type { Call, Desk, Told } from '../desk.ts';
import type { Input, Output } from '../schemas.ts';

const usual = 10;

/** The moments that show or say something. */
export async function find(
  desk: Desk,
  { query, in: places, limit = usual, ...filters }: Input<'find'>,
  call: Call,
): Promise<Told> {
  const scope = await (await desk.sight()).scope(places);
  const engine = await desk.engine();
  const { folders } = scope;
  const found = await engine.find(
    {
      query,
      limit,
      ...filters,
      ...(places ? { in: scope.in } : {}),
      ...(folders ? { folders } : {}),
    },
    call,
  );
  const moments = found.moments.flatMap((moment) => {
    const video = scope.videos.get(moment.videoId);
    return video ? [{ ...citationOf(desk, video, moment, moment.confidence), source: moment.source }] : [];
  });
  const indexed = [...scope.videos.values()].filter(({ patches }) => patches > 0).length;
  const data: Output<'find'> = {
    confident: found.confident && moments.length > 0,
    moments,
    searched: found.examined,
    ...(found.words ? { words: found.words } : {}),
    ...(found.cannot ? { cannot: found.cannot.code } : {}),
    // What isn't seen isn't counted.
    notSearched: found.skipped + (places ? 0 : scope.videos.size - indexed),
  };
  const where = `${plural(found.examined.videos, 'video')}, ${clock(found.examined.seconds)} of footage`;
  const heading = data.confident
    ? `“${query}” in ${where}:`
    : `No confident match for “${query}” in ${where}.${moments.length > 0 ? ' The nearest:' : ''}`;
  const lines = moments.map((moment, index) => citationLine(moment, index + 1));
  const left =
    data.notSearched > 0 ? [`${plural(data.notSearched, 'video')} not indexed yet, so not searched.`] : [];
  const read = readingOf(found);
  return { text: [heading, ...read, ...lines, ...left].join('\n'), data, more: stillLinks(moments) };
}

/** How the query was read, where that explains what was found. */
function readingOf({ words, cannot }: FindResult): string[] {
  const { as, unknown = [], languages = cannot?.languages } = words ?? {};
  return [
    ...(as === undefined ? [] : [`Looked for as “${as}”.`]),
    ...(unknown.length > 0 ? [`The model has no name for: ${unknown.join(', ')}.`] : []),
    ...(languages ? [`What is shown is found in: ${languages.join(', ')}.`] : []),
  ];
}
