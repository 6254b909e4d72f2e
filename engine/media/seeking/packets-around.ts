import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { throwIfCancelled } from '../../protocol/errors.ts';
import { startProcess } from '../process.ts';
import type { MediaTools } from '../tools.ts';
import { placesBefore, type Seekable } from './place.ts';

/** A picture as it lies in the file, not decoded. */
export interface PicturePacket {
  /** Presentation time in seconds on the file's own timeline. */
  time: number;
  key: boolean;
}

/**
 * The pictures from the last key frame before a time up to another time, in decoding order, by reading packets.
 * @returns none where nothing can be read there; the first one is no key frame only at the file's beginning
 * @throws LongviewError `ffmpeg-missing`, `cancelled`.
 */
export async function packetsAround(
  tools: MediaTools,
  video: Seekable,
  { from, to }: { from: number; to: number },
  signal: AbortSignal | undefined,
): Promise<PicturePacket[]> {
  for (const place of placesBefore(video, from)) {
    const packets = await list(tools, video, place.args, to, signal);
    const first = packets.findIndex(({ key, time }) => key && time <= from);
    const last = packets.findLastIndex(({ key, time }) => key && time <= from);
    if (first >= 0) return packets.slice(last);
    if (place.whole) return packets;
  }
  return [];
}

async function list(
  tools: MediaTools,
  video: Seekable,
  input: readonly string[],
  until: number,
  signal: AbortSignal | undefined,
): Promise<PicturePacket[]> {
  const output = ['-map', `0:${video.streamIndex}`, '-c', 'copy', '-copyinkf', '-f', 'framecrc', 'pipe:1'];
  const reader = startProcess(tools.ffmpeg, ['-v', 'error', '-nostdin', ...input, ...output], { signal });
  const packets: PicturePacket[] = [];
  let tick = 0;
  try {
    for await (const line of createInterface({ input: reader.child.stdout as Readable })) {
      const base = /^#tb 0: (\d+)\/(\d+)/.exec(line);
      if (base) tick = Number(base[1]) / Number(base[2]);
      // "stream, dts, pts, duration, size, checksum", and "F=…" where a packet is not an ordinary key frame.
      const packet = /^\d+, +(-?\d+), +(-?\d+), +\d+, +\d+, +\w+(.*)$/.exec(line);
      if (!packet) continue;
      const decoded = Number(packet[1]) * tick - video.startSec;
      const told = Number(packet[2]);
      // AVI and bare streams have no presentation times.
      const time = Math.abs(told) > 2 ** 60 ? decoded : told * tick - video.startSec;
      packets.push({ time, key: !packet[3].includes('F=') });
      // Nothing that is shown earlier comes later than this.
      if (decoded > until && time > until) break;
    }
  } finally {
    reader.kill();
    await reader.ended;
  }
  throwIfCancelled(signal);
  return packets;
}
