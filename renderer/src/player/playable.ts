import { fileName } from '../format.ts';

/** What `HTMLMediaElement.canPlayType` answers. */
type CanPlay = (type: string) => string;

/** MIME types of the containers that browsers may play, by file extension. QuickTime is MP4 to them. */
const containers: Record<string, string> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/mp4',
  webm: 'video/webm',
  mkv: 'video/x-matroska',
  ogv: 'video/ogg',
};

/** The names that browsers know codecs by (RFC 6381), for an ordinary profile, by ffmpeg's names. */
const codecs: Record<string, string> = {
  h264: 'avc1.640028',
  hevc: 'hvc1.1.6.L120.B0',
  av1: 'av01.0.08M.08',
  vp8: 'vp8',
  vp9: 'vp09.00.41.08',
  theora: 'theora',
  aac: 'mp4a.40.2',
  mp3: 'mp3',
  opus: 'opus',
  vorbis: 'vorbis',
  flac: 'flac',
};

/** Whether a browser plays a file as it is; where its sound is not known yet, by its picture alone. */
export function playsDirectly(
  file: { path: string; codec: string; audioCodec?: string | null },
  canPlayType: CanPlay,
): boolean {
  const extension = /\.([a-z0-9]+)$/i.exec(fileName(file.path))?.[1]?.toLowerCase() ?? '';
  const container = containers[extension];
  const names = [file.codec, ...(file.audioCodec ? [file.audioCodec] : [])].map((name) => codecs[name]);
  if (container === undefined || names.some((name) => name === undefined)) return false;
  return canPlayType(`${container}; codecs="${names.join(', ')}"`) !== '';
}
