import { throwIfCancelled } from '../../../protocol/errors.ts';
import { inputArguments } from '../../input.ts';
import { startProcess } from '../../process.ts';
import type { MediaTools } from '../../tools.ts';
import type { VideoInfo } from '../../video-info.ts';
import { inSlices, type Slices } from '../slices.ts';
import type { Cue } from '../types.ts';
import { joinRolling } from '../join.ts';
import { linesOfSlice } from '../limits.ts';
import { Cea608Field } from './cea608.ts';
import { Cea708 } from './cea708.ts';
import { TransportReader } from './transport.ts';
import { carriers, unitsOf, type CaptionBytes, type CaptionCarrier } from './user-data.ts';

/** Files up to this are read as a whole; of larger ones a few stretches tell whether that is worth it. */
const readAnyway = 256_000_000;
const stretchSec = 30;
const stretches = [0, 0.3, 0.6, 0.9];
/** Added to all times on the way through the transport stream, which has none below zero. */
const offsetSec = 10;
const mostPairs = 5_000_000;
const COPY_TIMEOUT_MS = 1_200_000;

/** A pair of caption bytes and when it is due, in seconds on the file's own timeline. */
interface Timed extends CaptionBytes {
  time: number;
}

/**
 * Captions inside the picture stream: CEA-608 and CEA-708 in H.264, H.265 and MPEG-2. Pictures are not decoded: ffmpeg
 * copies out the units that hold captions, with their times. One list of cues for each channel that says something.
 * @throws LongviewError `cancelled`, `ffmpeg-missing`.
 */
export async function readPictureCaptions(
  file: string,
  info: VideoInfo,
  tools: MediaTools,
  signal: AbortSignal | undefined,
): Promise<Cue[][]> {
  if (!Object.hasOwn(carriers, info.codec)) return [];
  const carrier = carriers[info.codec];
  const read = (span?: { start: number; length: number }) =>
    copyOut(file, info, carrier, tools, { signal, ...span });
  if (info.bytes > readAnyway && info.durationSec > stretches.length * stretchSec) {
    let any = false;
    for (const share of stretches)
      any ||= (await read({ start: share * info.durationSec, length: stretchSec })).length > 0;
    if (!any) return [];
  }
  const pairs = await read();
  throwIfCancelled(signal);
  if (pairs.length === 0) return [];
  const channels = await inSlices(decode(pairs, 1 / (info.fps || 29.97)), signal);
  const cues: Cue[][] = [];
  for (const blocks of channels)
    if (blocks.length > 0) cues.push(await inSlices(joinRolling(blocks), signal));
  return cues;
}

async function copyOut(
  file: string,
  info: VideoInfo,
  carrier: CaptionCarrier,
  tools: MediaTools,
  { signal, start, length }: { signal: AbortSignal | undefined; start?: number; length?: number },
): Promise<Timed[]> {
  const args = [
    ...['-v', 'error', '-nostdin', '-fflags', '+genpts'],
    ...(start === undefined ? [] : ['-ss', start.toFixed(3)]),
    ...inputArguments(file),
    ...(length === undefined ? [] : ['-t', String(length)]),
    ...[
      '-map',
      `0:${info.streamIndex}`,
      '-c',
      'copy',
      '-bsf:v',
      `filter_units=pass_types=${carrier.unitTypes}`,
    ],
    ...[
      '-output_ts_offset',
      String(offsetSec),
      '-muxdelay',
      '0',
      '-muxpreload',
      '0',
      '-f',
      'mpegts',
      'pipe:1',
    ],
  ];
  const pairs: Timed[] = [];
  const reader = new TransportReader(({ time, bytes }) => {
    for (const unit of unitsOf(bytes))
      for (const pair of carrier.read(unit))
        if (isContent(pair) && pairs.length < mostPairs) pairs.push({ ...pair, time: time - offsetSec });
  });
  const tool = startProcess(tools.ffmpeg, args, { signal });
  tool.child.stdout!.on('data', (chunk: Buffer) => reader.push(chunk));
  const timer = setTimeout(() => tool.kill(), COPY_TIMEOUT_MS);
  // A stream that breaks off still told what it had.
  await tool.ended.finally(() => clearTimeout(timer));
  throwIfCancelled(signal);
  reader.end();
  return pairs;
}

/** Most pictures carry two zeros (with parity) where nobody speaks. */
function isContent({ type, first, second }: CaptionBytes): boolean {
  return type >= 2 || ((first & 0x7f) | (second & 0x7f)) !== 0;
}

/** Pictures come in decoding order; captions belong to the order in which they are shown. */
function* decode(pairs: Timed[], pictureSec: number): Slices<ReturnType<Cea608Field['finish']>> {
  for (const pair of pairs) pair.time += pair.pictures * pictureSec;
  pairs.sort((a, b) => a.time - b.time);
  yield;
  const fields = [new Cea608Field(), new Cea608Field()];
  const digital = new Cea708();
  for (const [index, { type, first, second, time }] of pairs.entries()) {
    if (index % (linesOfSlice * 10) === 0) yield;
    const at = Math.max(0, time);
    if (type < 2) fields[type].push(at, first, second);
    else digital.push(at, type === 3, first, second);
  }
  const analog = fields.flatMap((field) => field.finish());
  // Digital captions say the same as the analog ones beside them, where there are both.
  return analog.some((blocks) => blocks.length > 0) ? analog : digital.finish();
}
