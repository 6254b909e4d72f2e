import { readFileSync, writeFileSync } from 'node:fs';
import { ffmpeg, setRotation } from '../../engine/media/testing/coded-video.ts';

/** A kind of file that nobody planned for. */
export interface OddFile {
  /** Its file name. */
  name: string;
  what: string;
  /** Writes it. @throws where this ffmpeg can't */
  make: (file: string) => void;
  /** Seconds that it is long; undefined: it is no video, and that has to be said. */
  seconds: number | undefined;
}

const clip = (seconds: number, rate = 25, size = '320x180') => [
  ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=${seconds}`],
];
const tone = (seconds: number, hertz = 440) => [
  ...['-f', 'lavfi', '-i', `sine=${hertz}:sample_rate=48000:d=${seconds}`],
];
const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'];
const x265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error'];

/** Writes with ffmpeg alone. */
const by =
  (...args: string[][]) =>
  (file: string) =>
    void ffmpeg([...args.flat(), `file:${file}`]);

/** Kinds of files that were thought up to make something fail. */
export const oddFiles: readonly OddFile[] = [
  {
    name: 'phone.mp4',
    what: 'variable rate, turned by a quarter',
    make(file) {
      const uneven = ['-vf', "setpts='PTS+0.012*sin(N)/TB'", '-fps_mode', 'passthrough'];
      ffmpeg([...clip(6), ...tone(6), ...uneven, ...x264, '-c:a', 'aac', file]);
      setRotation(file, 90);
    },
    seconds: 6,
  },
  {
    name: 'cover-only.mkv',
    what: 'sound with an attached picture only',
    make(file) {
      const cover = `${file}.jpg`;
      ffmpeg([...clip(1), '-frames:v', '1', cover]);
      ffmpeg([...tone(4), '-c:a', 'aac', '-attach', cover, '-metadata:s:t', 'mimetype=image/jpeg', file]);
    },
    seconds: undefined,
  },
  {
    name: 'fragments.mp4',
    what: 'fragmented MP4 without an index',
    make: by(clip(6), tone(6), x264, ['-g', '50', '-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov']),
    seconds: 6,
  },
  {
    name: 'eight-mono.mxf',
    what: 'MXF OP1a with eight mono tracks',
    make: by(
      clip(4, 25, '720x576'),
      [1, 2, 3, 4, 5, 6, 7, 8].flatMap((at) => tone(4, at * 100)),
      ['-map', '0', ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((at) => ['-map', `${at}`])],
      ['-c:v', 'mpeg2video', '-pix_fmt', 'yuv422p', '-b:v', '10M', '-c:a', 'pcm_s16le'],
    ),
    seconds: 4,
  },
  {
    name: 'wrong-duration.flv',
    what: 'FLV that says it lasts an hour',
    make(file) {
      ffmpeg([...clip(5), ...x264, '-g', '25', file]);
      const bytes = readFileSync(file);
      const at = bytes.indexOf('duration') + 'duration'.length;
      bytes.writeDoubleBE(3600, at + 1);
      writeFileSync(file, bytes);
    },
    seconds: 5,
  },
  { name: 'moving.gif', what: 'animated GIF', make: by(clip(3, 10)), seconds: 3 },
  {
    name: 'moving.apng',
    what: 'animated PNG',
    make: by(clip(3, 10), ['-plays', '0', '-f', 'apng']),
    seconds: 3,
  },
  {
    name: 'pictures.mkv',
    what: 'JPEG pictures in a row, one a second',
    make: by(clip(8, 1), ['-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj420p']),
    seconds: 8,
  },
  {
    name: 'grain.mp4',
    what: 'AV1 with film grain',
    make: by(clip(2), ['-c:v', 'libaom-av1', '-cpu-used', '8', '-denoise-noise-level', '25', '-b:v', '300k']),
    seconds: 2,
  },
  {
    name: 'fields.ts',
    what: 'interlaced, upper field first',
    make: by(
      clip(4, 50, '720x576'),
      ['-vf', 'tinterlace=interleave_top,fieldorder=tff'],
      [...['-c:v', 'mpeg2video', '-flags', '+ildct+ilme', '-q:v', '3']],
    ),
    seconds: 4,
  },
  {
    name: 'fields-low.dv',
    what: 'DV, lower field first',
    make: by(clip(4, 25, '720x576'), tone(4), ['-target', 'pal-dv']),
    seconds: 4,
  },
  {
    name: 'fast.mp4',
    what: '240 pictures a second',
    make: by(clip(2, 240), [...x264, '-g', '240']),
    seconds: 2,
  },
  {
    name: 'lapse.mp4',
    what: 'a picture every ten seconds',
    make: by(['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=1/10:d=120'], x264),
    seconds: 120,
  },
  {
    name: 'prores422.mov',
    what: 'ProRes 4:2:2 in 10 bit',
    make: by(clip(3), ['-c:v', 'prores_ks', '-profile:v', '3', '-pix_fmt', 'yuv422p10le']),
    seconds: 3,
  },
  {
    name: 'dnxhr.mov',
    what: 'DNxHR HQX',
    make: by(clip(3), ['-c:v', 'dnxhd', '-profile:v', 'dnxhr_hqx', '-pix_fmt', 'yuv422p10le']),
    seconds: 3,
  },
  {
    name: 'alpha.mov',
    what: 'ProRes 4444 with transparency',
    make: by(clip(3), ['-c:v', 'prores_ks', '-profile:v', '4444', '-pix_fmt', 'yuva444p10le']),
    seconds: 3,
  },
  {
    name: 'alpha.webm',
    what: 'VP9 with transparency',
    make: by(clip(2), ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-pix_fmt', 'yuva420p']),
    seconds: 2,
  },
  {
    name: 'both-eyes.mkv',
    what: 'two pictures beside each other (stereo 3D)',
    make: by(clip(3, 25, '640x180'), [...x264, '-metadata:s:v', 'stereo_mode=left_right']),
    seconds: 3,
  },
  {
    name: 'hevc444.mkv',
    what: 'HEVC 4:4:4 in 12 bit',
    make: by(clip(2), [...x265, '-pix_fmt', 'yuv444p12le']),
    seconds: 2,
  },
  {
    name: 'grey.avi',
    what: 'grey in 16 bit (FFV1)',
    make: by(clip(3), ['-c:v', 'ffv1', '-pix_fmt', 'gray16le']),
    seconds: 3,
  },
  {
    name: 'broken-middle.ts',
    what: 'a tenth of it overwritten, midway',
    make(file) {
      ffmpeg([...clip(10), ...tone(10), ...x264, '-g', '25', '-c:a', 'aac', '-f', 'mpegts', file]);
      const bytes = readFileSync(file);
      for (let at = Math.floor(bytes.length * 0.45); at < bytes.length * 0.55; at++)
        bytes[at] = (at * 7919) & 255;
      writeFileSync(file, bytes);
    },
    seconds: 10,
  },
  { name: 'nothing.mp4', what: 'no byte', make: (file) => writeFileSync(file, ''), seconds: undefined },
  {
    name: 'film.txt',
    what: 'MP4 called .txt',
    make: by(clip(3), [...x264, '-f', 'mp4']),
    seconds: 3,
  },
  {
    name: 'only-sound.mp4',
    what: 'sound without pictures',
    make: by(tone(3), ['-c:a', 'aac']),
    seconds: undefined,
  },
  {
    name: 'one-picture.mp4',
    what: 'one picture only',
    make: by(clip(1), [...x264, '-frames:v', '1']),
    seconds: 0.04,
  },
  {
    name: 'late-picture.mp4',
    what: 'pictures that begin 3 s after the sound',
    make: by(tone(8), ['-itsoffset', '3'], clip(5), [...x264, '-c:a', 'aac']),
    seconds: 8,
  },
  {
    name: 'early-picture.mkv',
    what: 'sound that begins 3 s after the pictures, and ends before',
    make: by(clip(8), ['-itsoffset', '3'], tone(2), [...x264, '-c:a', 'aac']),
    seconds: 8,
  },
];
