import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Letterbox, RgbFrame } from '../../core/frames.ts';
import { findMediaTools } from '../tools.ts';

const COLUMNS = 4;
const ROWS = 3;

const tools = await findMediaTools();

/** Runs ffmpeg to its end, for making test videos; throws with its stderr when it fails. */
export function ffmpeg(args: readonly string[], input?: Uint8Array): Buffer {
  return run(tools.ffmpeg, ['-v', 'error', '-y', ...args], input);
}

/** Runs ffprobe to its end; throws with its stderr when it fails. */
export function ffprobe(args: readonly string[]): string {
  if (!tools.ffprobe) throw new Error('these tests compare with ffprobe, which is not installed');
  return run(tools.ffprobe, ['-v', 'error', ...args]).toString('utf8');
}

function run(command: string, args: readonly string[], input?: Uint8Array): Buffer {
  const result = spawnSync(command, args, { input, maxBuffer: 2 ** 30 });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}\n${String(result.stderr)}`);
  return result.stdout;
}

/** What a coded video is like. */
export interface CodedVideo {
  frames: number;
  width?: number;
  height?: number;
  /** Frames per second before `output` changes the timing. Default 25. */
  fps?: number;
  /** Further inputs of ffmpeg (a sound, say). */
  inputs?: readonly string[];
  /** ffmpeg's arguments before the output file: codec, filters, muxer options. */
  output: readonly string[];
}

/** Encodes a video in which every frame shows its own number (0 to 4095) as 12 black or white cells. */
export function makeCodedVideo(file: string, video: CodedVideo): void {
  const { frames, width = 64, height = 36, fps = 25, inputs = [], output } = video;
  const raw = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'gray',
    '-s',
    `${width}x${height}`,
    '-r',
    String(fps),
    '-i',
    'pipe:0',
  ];
  ffmpeg([...raw, ...inputs, ...output, `file:${file}`], drawNumbers(frames, width, height));
}

function drawNumbers(count: number, width: number, height: number): Buffer {
  const bytes = Buffer.alloc(count * width * height);
  let at = 0;
  for (let n = 0; n < count; n++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const cell = Math.floor((y * ROWS) / height) * COLUMNS + Math.floor((x * COLUMNS) / width);
        bytes[at++] = (n >> cell) & 1 ? 235 : 20;
      }
  return bytes;
}

/** Reads the number back from the picture inside a letterboxed frame; `rotation` is what a player turned it by. */
export function readNumber(frame: RgbFrame, frameWidth: number, box: Letterbox, rotation = 0): number {
  let number = 0;
  for (let cell = 0; cell < COLUMNS * ROWS; cell++) {
    const u = ((cell % COLUMNS) + 0.5) / COLUMNS;
    const v = (Math.floor(cell / COLUMNS) + 0.5) / ROWS;
    const [x, y] = turn(u, v, rotation);
    const column = box.x + Math.floor(x * box.width);
    const row = box.y + Math.floor(y * box.height);
    if (frame.pixels[(row * frameWidth + column) * 3] > 128) number |= 1 << cell;
  }
  return number;
}

function turn(u: number, v: number, rotation: number): [number, number] {
  if (rotation === 90) return [1 - v, u];
  if (rotation === 180) return [1 - u, 1 - v];
  if (rotation === 270) return [v, 1 - u];
  return [u, v];
}

/** A frame as ffprobe and a plain decode of the whole file see it. */
export interface ShownFrame {
  /** Presentation time in seconds, as ffprobe prints it. */
  pts: number;
  /** The number burned into it. */
  number: number;
}

/** All frames of a coded video in presentation order, found without the code under test. */
export function shownFrames(file: string, width = 64, height = 36): ShownFrame[] {
  const listing = ffprobe([
    ...['-select_streams', 'v:0', '-show_entries', 'frame=best_effort_timestamp_time'],
    ...['-of', 'csv=p=0', `file:${file}`],
  ]);
  const times = listing
    .split('\n')
    .map((line) => /^-?[\d.]+/.exec(line)?.[0])
    .filter((time) => time !== undefined)
    .map(Number);
  const plain = ['-noautorotate', '-i', `file:${file}`, '-map', '0:v:0', '-vsync', 'passthrough'];
  const gray = ffmpeg([...plain, '-s', `${width}x${height}`, '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1']);
  const size = width * height;
  if (gray.length !== times.length * size)
    throw new Error(`ffprobe lists ${times.length} frames, ffmpeg decodes ${gray.length / size}`);
  return times.map((pts, index) => {
    const rgb = new Uint8Array(size * 3);
    for (let pixel = 0; pixel < size; pixel++) rgb.fill(gray[index * size + pixel], pixel * 3, pixel * 3 + 3);
    return { pts, number: readNumber({ time: pts, pixels: rgb }, width, { x: 0, y: 0, width, height }) };
  });
}

/** Writes a display rotation (clockwise degrees) into the video track of an MP4 or MOV file. */
export function setRotation(file: string, degrees: 90 | 180 | 270): void {
  const bytes = readFileSync(file);
  const header = bytes.indexOf('tkhd');
  const one = 0x10000;
  const [a, b, c, d] = { 90: [0, one, -one, 0], 180: [-one, 0, 0, -one], 270: [0, -one, one, 0] }[degrees];
  // ISO 14496-12, 8.3.2: the matrix follows 44 bytes after the box's name in a version 0 header.
  [a, b, 0, c, d, 0, 0, 0, 0x40000000].forEach((value, index) =>
    bytes.writeInt32BE(value, header + 44 + index * 4),
  );
  writeFileSync(file, bytes);
}

/** H.264 with B-frames between few key frames: presentation order differs from decoding order. */
export const h264 = [
  '-c:v',
  'libx264',
  '-preset',
  'ultrafast',
  '-bf',
  '3',
  '-b_strategy',
  '0',
  '-g',
  '30',
  '-crf',
  '18',
];

/** The number that the first picture of a film shows, whatever its size. */
export function numberIn(film: string): number {
  const output = ['-frames:v', '1', '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'];
  const pixels = ffmpeg(['-i', `file:${film}`, '-vf', 'scale=64:36:flags=area', ...output]);
  return readNumber({ time: 0, pixels }, 64, { x: 0, y: 0, width: 64, height: 36 });
}
