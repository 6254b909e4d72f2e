import { clock } from '../../../protocol/clock.ts';
import { plural } from '../../../protocol/plural.ts';
import { videoData, type Desk, type Told } from '../desk.ts';
import type { Input, Output } from '../schemas.ts';
import type { SightedVideo } from '../sight.ts';

const usual = 50;

/** Which videos there are, newest first. */
export async function list(
  desk: Desk,
  { in: places, name, limit = usual, from = 0 }: Input<'list'>,
): Promise<Told> {
  const sight = await desk.sight();
  const within = places && (await sight.within(places));
  const all = (await sight.videos()).filter(
    (video) => (!within || within.has(video.id)) && (name === undefined || isCalled(video, name)),
  );
  const some = all.slice(from, from + limit);
  const next = from + some.length < all.length ? from + some.length : null;
  const data: Output<'list'> = {
    videos: some.map((video) => ({
      ...videoData(desk, video),
      seconds: video.durationSec,
      status: video.status,
      added: video.addedAt,
    })),
    total: all.length,
    next,
  };
  const lines = some.map(({ id, name: file, folder, durationSec, status }) => {
    const long = durationSec === null ? 'unknown length' : clock(durationSec);
    return `- ${file} [${id}] in ${folder}, ${long}, ${status}`;
  });
  const heading =
    all.length === 0 ? 'There is no such video here.' : `${plural(all.length, 'video')}, newest first:`;
  const more = next === null ? [] : [`More: call again with "from": ${next}.`];
  return { text: [heading, ...lines, ...more].join('\n'), data };
}

function isCalled({ name, folder }: SightedVideo, part: string): boolean {
  return `${folder}/${name}`.normalize('NFC').toLowerCase().includes(part.normalize('NFC').toLowerCase());
}
