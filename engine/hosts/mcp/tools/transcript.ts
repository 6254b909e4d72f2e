import { clock } from '../../../protocol/clock.ts';
import { videoData, type Desk, type Told } from '../desk.ts';
import type { TranscriptLine } from '../../../protocol/transcript.ts';
import type { Input, Output } from '../schemas.ts';

const usual = 200;

/** What is said in a video, line by line. */
export async function transcript(
  desk: Desk,
  { video: place, from = 0, to = Infinity, limit = usual }: Input<'transcript'>,
): Promise<Told> {
  const video = await (await desk.sight()).video(place);
  const { lines, source, heardSec } = await (await desk.engine()).transcript({ video: video.id });
  const wanted = lines.filter(({ start, end }) => start <= to && (end > from || start >= from));
  const some = wanted.slice(0, limit);
  const data: Output<'transcript'> = {
    ...videoData(desk, video),
    source,
    lines: some.map(({ start, end, text, speaker, language }) => ({
      ...{ start, end, text },
      ...(speaker === undefined ? {} : { speaker }),
      ...(language === undefined ? {} : { language }),
    })),
    heardSeconds: heardSec,
    next: wanted[limit]?.start ?? null,
  };
  const nothing =
    lines.length > 0
      ? 'Nothing is said there.'
      : heardSec > 0
        ? 'Nobody was heard to speak in this video.'
        : 'Nothing is known of what is said in this video: it wasn’t heard yet, and no subtitles came with it.';
  const heading = `What is said in ${video.name} [${video.id}] (${source}):`;
  const more = data.next === null ? [] : [`More: call again with "from": ${data.next}.`];
  return { text: some.length === 0 ? nothing : [heading, ...some.map(lineText), ...more].join('\n'), data };
}

/** A line as it is read: time, who, what. */
export function lineText({
  start,
  speaker,
  text,
}: Pick<TranscriptLine, 'start' | 'speaker' | 'text'>): string {
  return `${clock(start)} ${speaker === undefined ? '' : `${speaker}: `}${text}`;
}
