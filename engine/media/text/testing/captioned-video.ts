import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ffmpeg } from '../../testing/coded-video.ts';
import type { CaptionBytes } from '../closed-captions/user-data.ts';

/** Caption bytes by picture, in the order in which pictures are shown. */
export type CaptionScript = ReadonlyMap<number, readonly Pick<CaptionBytes, 'type' | 'first' | 'second'>[]>;

const rate = 25;

/** Bytes of CEA-608 as they are sent: with odd parity. */
export function withParity(byte: number): number {
  const ones = byte.toString(2).replaceAll('0', '').length;
  return ones % 2 === 1 ? byte : byte | 0x80;
}

/** Pairs that load a pop-on caption of one row and show it (channel 1 of a field). */
export function popOn(text: string): [number, number][] {
  const control = (first: number, second: number): [number, number][] => [
    [first, second],
    [first, second],
  ];
  const padded = text.length % 2 === 1 ? `${text} ` : text;
  const letters = Array.from({ length: padded.length / 2 }, (_, at): [number, number] => [
    padded.charCodeAt(at * 2),
    padded.charCodeAt(at * 2 + 1),
  ]);
  return [
    ...control(0x14, 0x20),
    ...control(0x14, 0x2e),
    ...control(0x14, 0x70),
    ...letters,
    ...control(0x14, 0x2f),
  ];
}

/** Where each picture begins in a raw stream, and how many pictures after the first it is shown. */
interface Picture {
  at: number;
  shown: number;
}

/** Writes a video whose pictures carry captions, in the container that its name says. */
export function makeCaptionedVideo(
  file: string,
  seconds: number,
  script: CaptionScript,
  codec: 'h264' | 'hevc' | 'mpeg2video' = 'h264',
): void {
  const raw = `${file}.raw`;
  const source = ['-f', 'lavfi', '-i', `testsrc2=s=160x90:r=${rate}:d=${seconds}`, '-pix_fmt', 'yuv420p'];
  const encoder = {
    h264: [
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-x264-params',
      'slices=1:aud=1:bframes=0',
      '-f',
      'h264',
    ],
    hevc: [
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      '-x265-params',
      'aud=1:bframes=0:log-level=error',
      '-f',
      'hevc',
    ],
    mpeg2video: ['-c:v', 'mpeg2video', '-b:v', '2M', '-bf', '0', '-f', 'mpeg2video'],
  }[codec];
  ffmpeg([...source, ...encoder, raw]);
  const bytes = readFileSync(raw);
  const pieces: Buffer[] = [];
  let from = 0;
  for (const { at, shown } of picturesOf(bytes, codec)) {
    pieces.push(bytes.subarray(from, at), carrier(codec, script.get(shown) ?? []));
    from = at;
  }
  writeFileSync(raw, Buffer.concat([...pieces, bytes.subarray(from)]));
  ffmpeg(['-fflags', '+genpts', '-r', String(rate), '-i', raw, '-c', 'copy', file]);
  rmSync(raw);
}

/** Without B-frames pictures are shown as they are stored; MPEG-2 says the order in each picture's header. */
function picturesOf(bytes: Buffer, codec: string): Picture[] {
  const pictures: Picture[] = [];
  let [count, group] = [0, 0];
  for (let at = bytes.indexOf('000001', 0, 'hex'); at >= 0; at = bytes.indexOf('000001', at + 3, 'hex')) {
    const type = bytes[at + 3];
    // Behind the unit that parts pictures (H.264: 9, H.265: 35), or before the first slice of MPEG-2.
    if (codec === 'h264' && (type & 31) === 9)
      pictures.push({ at: bytes.indexOf('000001', at + 3, 'hex'), shown: count++ });
    if (codec === 'hevc' && ((type >> 1) & 63) === 35) pictures.push({ at: 0, shown: count++ });
    if (codec === 'hevc' && ((type >> 1) & 63) < 32 && pictures.at(-1)?.at === 0) pictures.at(-1)!.at = at;
    if (codec !== 'mpeg2video') continue;
    if (type === 0xb8) group = count;
    if (type === 0) pictures.push({ at: 0, shown: group + ((bytes[at + 4] << 2) | (bytes[at + 5] >> 6)) });
    if (type === 0) count++;
    if (type === 1 && pictures.at(-1)?.at === 0) pictures.at(-1)!.at = at;
  }
  return pictures;
}

function carrier(codec: string, pairs: readonly Pick<CaptionBytes, 'type' | 'first' | 'second'>[]): Buffer {
  const shown = pairs.length > 0 ? pairs : [{ type: 0, first: 0x80, second: 0x80 }];
  const triplets = shown.flatMap(({ type, first, second }) => [0xfc | type, first, second]);
  const data = [0x47, 0x41, 0x39, 0x34, 3, 0xc0 | shown.length, 0xff, ...triplets, 0xff];
  if (codec === 'mpeg2video') return Buffer.from([0, 0, 1, 0xb2, ...data]);
  const payload = [4, data.length + 3, 0xb5, 0, 0x31, ...data, 0x80];
  const escaped: number[] = [];
  for (const byte of payload) {
    if (byte <= 3 && escaped.at(-1) === 0 && escaped.at(-2) === 0) escaped.push(3);
    escaped.push(byte);
  }
  return Buffer.from([0, 0, 0, 1, ...(codec === 'hevc' ? [0x4e, 1] : [6]), ...escaped]);
}
