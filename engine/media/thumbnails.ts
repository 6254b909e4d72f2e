import type { VideoInfo } from './video-info.ts';

/** Where thumbnails go and how many. */
export interface ThumbnailOptions {
  /** A folder of its own; made if missing. What lies there under the same names is overwritten. */
  folder: string;
  /** Seconds between two thumbnails. */
  everySec: number;
  /** Longest edge in pixels; default 320. */
  size?: number;
}

/** The names that thumbnails get. */
export const thumbnailPattern = /^\d{6}\.jpg$/;

/** File name of thumbnail number `index`, which shows the picture at `index * everySec` seconds. */
export function thumbnailName(index: number): string {
  return `${String(index).padStart(6, '0')}.jpg`;
}

/** The ffmpeg filter chain that thins sampled frames to thumbnails and scales them (display shape, even sizes). */
export function thumbnailFilter(info: VideoInfo, { everySec, size = 320 }: ThumbnailOptions): string {
  const scale = Math.min(1, size / Math.max(info.width, info.height));
  const even = (length: number) => Math.max(2, 2 * Math.round((length * scale) / 2));
  return [
    `fps=fps=1/${everySec}:round=up:start_time=0`,
    `scale=${even(info.width)}:${even(info.height)}:flags=area:out_range=pc`,
    'setsar=1',
    'format=yuvj420p',
  ].join(',');
}

/**
 * ffmpeg's arguments for the thumbnails' output. It runs with the folder as its working directory and writes a bare
 * name, since a "%" in the folder's path would be taken for part of the pattern.
 */
export const thumbnailArguments: readonly string[] = [
  ...['-f', 'image2', '-c:v', 'mjpeg', '-q:v', '5'],
  ...['-start_number', '0', '-atomic_writing', '1', '-y', '%06d.jpg'],
];
