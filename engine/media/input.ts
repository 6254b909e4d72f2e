import path from 'node:path';
import type { FootagePart } from './video-info.ts';

/**
 * The demuxers that may open a user's file: video containers, and sound, so that it can be told apart. Without this
 * list, ffmpeg would also follow playlists (HLS, DASH, concat), render plain text as a terminal's screen and open
 * pictures by the thousand.
 */
const demuxers =
  'mov mp4 matroska webm avi mpegts mpeg mpegvideo dhav m4v h264 hevc vvc av1 obu ivf vc1 vc1test asf flv live_flv ogg rm ' +
  'mxf gxf dv nut wtv nsv swf gif apng mjpeg yuv4mpegpipe roq bink smk 4xm cine r3d film_cpk ipmovie mv mtv pva ty thp ' +
  'h261 h263 dirac cavsvideo dnxhd avs avs2 avs3 ' +
  'mp3 wav flac aac ac3 eac3 dts truehd aiff au caf w64 amr ape tta wv mpc mpc8 tak loas';

/** 8K in any shape, twice over: a small file can claim pictures that take gigabytes. */
const mostPixels = 8192 * 8192;

/** A file, and its parts where its clock starts anew midway (see `VideoInfo`). */
export interface Footage {
  path: string;
  parts?: readonly FootagePart[] | undefined;
}

/**
 * ffmpeg's arguments for opening a user's file. `file:` and an absolute path keep any name from being taken for an
 * option, a protocol ("a:b") or another program's syntax; the whitelists keep a file that calls itself a video from
 * making ffmpeg open the network or other files. Files are opened for reading only. Parts are opened one after the
 * other as one input, on one clock that begins at 0.
 */
export function inputArguments(footage: string | Footage): string[] {
  const { path: file, parts } = typeof footage === 'string' ? { path: footage, parts: undefined } : footage;
  if (!parts) return [...limits('file', demuxers), '-i', fileUrl(file)];
  const list = ['ffconcat version 1.0'];
  for (const part of parts)
    list.push(`file ${listQuoted(partUrl(part))}`, `duration ${part.durationSec.toFixed(6)}`);
  // Reading a list needs no file of its own: it goes with the arguments.
  const data = `data:text/plain;base64,${Buffer.from(list.join('\n')).toString('base64')}`;
  const whole = limits('data,subfile,file', `concat ${demuxers}`);
  return [...whole, '-safe', '0', '-f', 'concat', '-i', data];
}

/** ffmpeg's arguments for opening one part alone, on its own clock. */
export function partArguments(part: Pick<FootagePart, 'path' | 'bytes'>): string[] {
  return [...limits('subfile,file', demuxers), '-i', partUrl(part)];
}

function limits(protocols: string, formats: string): string[] {
  const whitelists = ['-protocol_whitelist', protocols, '-format_whitelist', formats.replaceAll(' ', ',')];
  return [...whitelists, '-max_pixels', String(mostPixels)];
}

function fileUrl(file: string): string {
  return `file:${path.resolve(file)}`;
}

function partUrl({ path: file, bytes }: Pick<FootagePart, 'path' | 'bytes'>): string {
  return bytes ? `subfile,,start,${bytes.from},end,${bytes.to},,:${fileUrl(file)}` : fileUrl(file);
}

/** As libavutil's av_get_token reads it. */
function listQuoted(url: string): string {
  return `'${url.replaceAll("'", "'\\''")}'`;
}

/** ffmpeg 5.1 renamed -vsync; 8 no longer knows the old name. Unnumbered builds are newer than that. */
function hasFpsMode(version: string): boolean {
  const match = /^n?(\d+)\.(\d+)/.exec(version);
  return !match || Number(match[1]) > 5 || (Number(match[1]) === 5 && Number(match[2]) >= 1);
}

/** Output arguments: every frame once, with the time it has. */
export function asTheyCome(version: string): readonly string[] {
  return hasFpsMode(version) ? ['-fps_mode', 'passthrough'] : ['-vsync', 'passthrough'];
}
