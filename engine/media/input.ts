import path from 'node:path';

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

/**
 * ffmpeg's arguments for opening a user's file. `file:` and an absolute path keep any name from being taken for an
 * option, a protocol ("a:b") or another program's syntax; the whitelists keep a file that calls itself a video from
 * making ffmpeg open the network or other files. Files are opened for reading only.
 */
export function inputArguments(file: string): string[] {
  const limits = ['-protocol_whitelist', 'file', '-format_whitelist', demuxers.replaceAll(' ', ',')];
  return [...limits, '-i', `file:${path.resolve(file)}`];
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
