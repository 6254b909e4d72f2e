import { clock } from '../../../protocol/clock.ts';
import { videoData } from '../desk.ts';
import { stillAddress } from '../still.ts';
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Desk } from '../desk.ts';
import type { SightedVideo } from '../sight.ts';

/** A stretch of a video, as the engine tells it. */
interface Stretch {
  start: number;
  end: number;
  reason: string;
}

/** So many pictures are pointed to: of a longer list the first ones are what matters. */
const mostLinks = 5;

/** A stretch as a citation. */
export function citationOf(
  desk: Desk,
  video: SightedVideo,
  { start, end, reason }: Stretch,
  confidence: number,
) {
  return { ...videoData(desk, video), start, end, time: span(start, end), text: reason, confidence };
}

/** A stretch as people write it. */
export function span(start: number, end: number): string {
  return `${clock(start)} – ${clock(end)}`;
}

/** One line on a citation; the id stands there for who reads only this. */
export function citationLine(
  { video, name, time, text, confidence }: ReturnType<typeof citationOf>,
  number: number,
): string {
  return `${number}. ${name} [${video}] ${time} (${Math.round(confidence * 100)} %): ${text}`;
}

/** Links to the pictures of the first moments. */
export function stillLinks(
  moments: readonly { video: string; name: string; start: number; end: number }[],
): CallToolResult['content'] {
  return moments.slice(0, mostLinks).map(({ video, name, start, end }) => {
    const middle = (start + end) / 2;
    return {
      type: 'resource_link',
      uri: stillAddress(video, middle),
      name: `${name} at ${clock(middle)}`,
      mimeType: 'image/jpeg',
    };
  });
}
