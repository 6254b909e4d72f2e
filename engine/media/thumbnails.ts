import { evenFrameFilter, evenSize } from './letterbox.ts';
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

/**
 * The ffmpeg filter chain that thins sampled frames to thumbnails and scales them (display shape, even sizes).
 * @param tone filters that map the picture's light, see `toneFilters`
 */
export function thumbnailFilter(
  info: VideoInfo,
  options: ThumbnailOptions,
  tone: string | undefined,
): string {
  return `fps=fps=1/${options.everySec}:round=up:start_time=0,${stillFilter(info, tone, options.size)}`;
}

/** The filters of a still: display shape, even sizes. @param size longest edge in pixels */
export function stillFilter(
  info: Pick<VideoInfo, 'width' | 'height'>,
  tone: string | undefined,
  size = 320,
): string {
  const { width, height } = evenSize(info, size);
  return evenFrameFilter(width, height, tone, 'jpeg');
}

/**
 * ffmpeg's arguments for the thumbnails' output. It runs with the folder as its working directory and writes a bare
 * name, since a "%" in the folder's path would be taken for part of the pattern.
 */
export const thumbnailArguments: readonly string[] = [
  ...['-f', 'image2', '-c:v', 'mjpeg', '-q:v', '5'],
  ...['-start_number', '0', '-atomic_writing', '1', '-y', '%06d.jpg'],
];
