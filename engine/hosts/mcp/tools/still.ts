import { clock } from '../../../protocol/clock.ts';
import { videoData, type Desk, type Told } from '../desk.ts';
import { stillOf } from '../still.ts';
import type { Input, Output } from '../schemas.ts';

/** A picture of a video. */
export async function still(desk: Desk, { video: place, time: wanted }: Input<'still'>): Promise<Told> {
  const { video, time, jpeg } = await stillOf(desk, place, wanted);
  const data: Output<'still'> = {
    ...videoData(desk, video),
    ...{ time, mimeType: 'image/jpeg', bytes: jpeg.length },
  };
  return {
    text: `${video.name} [${video.id}] at ${clock(time)}:`,
    data,
    more: [{ type: 'image', data: jpeg.toString('base64'), mimeType: 'image/jpeg' }],
  };
}
