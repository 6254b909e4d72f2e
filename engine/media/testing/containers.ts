import type { CodedVideo } from './coded-video.ts';

/** A way to write a video: a container, a codec, and what makes seeking in it hard. */
export interface Recipe {
  /** File name. */
  name: string;
  /** What it is, for a table: container, codec, remark. */
  container: string;
  codec: string;
  remark: string;
  /** Sound of this codec beside the picture; undefined: none. */
  sound?: readonly string[];
  video: Pick<CodedVideo, 'width' | 'height' | 'output'>;
  /** What a lossless copy is put into: what takes the codec back; undefined: no container of ours takes it. */
  copies: string | undefined;
  /** The clock of the file begins there (seconds). */
  offset?: number;
}

const sparse = 75;
const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-crf', '18'];
const x265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-crf', '18'];
const codecs: Record<string, readonly string[]> = {
  h264: [
    ...x264,
    '-bf',
    '3',
    '-b_strategy',
    '0',
    '-x264-params',
    `keyint=${sparse}:min-keyint=${sparse}:scenecut=0`,
  ],
  'h264-open': [
    ...[...x264, '-bf', '3', '-b_strategy', '0', '-x264-params'],
    `keyint=${sparse}:min-keyint=${sparse}:scenecut=0:open-gop=1`,
  ],
  hevc: [
    ...[...x265, '-x265-params'],
    `log-level=error:keyint=${sparse}:min-keyint=${sparse}:scenecut=0:open-gop=1:bframes=3`,
  ],
  mpeg2: ['-c:v', 'mpeg2video', '-q:v', '2', '-bf', '2', '-g', '15', '-sc_threshold', '1000000000'],
  mpeg1: ['-c:v', 'mpeg1video', '-q:v', '2', '-bf', '2', '-g', '15'],
  mpeg4: ['-c:v', 'mpeg4', '-q:v', '2', '-g', String(sparse)],
  'mpeg4-b': ['-c:v', 'mpeg4', '-q:v', '2', '-bf', '2', '-g', String(sparse)],
  msmpeg4: ['-c:v', 'msmpeg4', '-q:v', '2', '-g', String(sparse)],
  wmv2: ['-c:v', 'wmv2', '-q:v', '2', '-g', String(sparse)],
  flv1: ['-c:v', 'flv', '-q:v', '2', '-g', String(sparse)],
  h263: ['-c:v', 'h263', '-q:v', '2', '-g', String(sparse)],
  vp8: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1M', '-g', String(sparse)],
  vp9: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1M', '-g', String(sparse)],
  av1: [
    '-c:v',
    'libsvtav1',
    '-preset',
    '12',
    '-pix_fmt',
    'yuv420p',
    '-g',
    String(sparse),
    '-svtav1-params',
    'lookahead=0',
  ],
  theora: ['-c:v', 'libtheora', '-q:v', '8', '-g', String(sparse), '-pix_fmt', 'yuv420p'],
  mjpeg: ['-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p'],
  prores: ['-c:v', 'prores_ks', '-profile:v', '0', '-pix_fmt', 'yuv422p10le'],
  dnxhd: ['-c:v', 'dnxhd', '-profile:v', 'dnxhr_lb', '-pix_fmt', 'yuv422p'],
  ffv1: ['-c:v', 'ffv1', '-pix_fmt', 'yuv420p'],
  dv: ['-c:v', 'dvvideo', '-pix_fmt', 'yuv420p', '-s', '720x576'],
  huffyuv: ['-c:v', 'huffyuv', '-pix_fmt', 'yuv422p'],
  qtrle: ['-c:v', 'qtrle', '-g', String(sparse)],
  cinepak: ['-c:v', 'cinepak', '-g', String(sparse)],
  rv20: ['-c:v', 'rv20', '-q:v', '2', '-g', String(sparse)],
  raw: ['-c:v', 'wrapped_avframe', '-pix_fmt', 'yuv420p'],
};

const aac = ['-c:a', 'aac'];
const mp2 = ['-c:a', 'mp2'];
const pcm = ['-c:a', 'pcm_s16le'];
const large = { width: 256, height: 144 };
const dv = { width: 720, height: 576 };

type Row = [
  string,
  string,
  string,
  (readonly string[])?,
  Partial<Pick<Recipe, 'remark' | 'offset'>>?,
  string[]?,
  { width: number; height: number }?,
];

const rows: readonly Row[] = [
  ['plain.mp4', 'MP4', 'h264', aac],
  ['open.mp4', 'MP4', 'h264-open', aac, { remark: 'open GOPs' }],
  ['fragments.mp4', 'MP4', 'h264', aac, { remark: 'fragmented' }, ['-movflags', 'frag_keyframe+empty_moov']],
  ['hevc.mp4', 'MP4', 'hevc', aac, { remark: 'open GOPs' }, ['-tag:v', 'hvc1']],
  ['av1.mp4', 'MP4', 'av1', aac, {}, [], large],
  ['mpeg4.mp4', 'MP4', 'mpeg4-b', aac],
  ['phone.3gp', '3GP', 'h263', aac, {}, [], { width: 176, height: 144 }],
  ['plain.mov', 'MOV', 'h264', pcm],
  ['prores.mov', 'MOV', 'prores', pcm],
  ['dnxhd.mov', 'MOV', 'dnxhd', pcm, {}, [], large],
  ['mjpeg.mov', 'MOV', 'mjpeg', pcm],
  ['screen.mov', 'MOV', 'qtrle', pcm],
  ['plain.mkv', 'Matroska', 'h264', aac],
  ['open.mkv', 'Matroska', 'h264-open', aac, { remark: 'open GOPs' }],
  ['hevc.mkv', 'Matroska', 'hevc', aac, { remark: 'open GOPs' }],
  ['mpeg2.mkv', 'Matroska', 'mpeg2', mp2, { remark: 'open GOPs' }],
  ['ffv1.mkv', 'Matroska', 'ffv1', ['-c:a', 'flac']],
  ['live.mkv', 'Matroska', 'h264', aac, { remark: 'no index, no length' }, ['-live', '1']],
  ['late.mkv', 'Matroska', 'h264', aac, { remark: 'clock begins at 100 s', offset: 100 }],
  ['vp8.webm', 'WebM', 'vp8', ['-c:a', 'libvorbis']],
  ['vp9.webm', 'WebM', 'vp9', ['-c:a', 'libopus']],
  ['av1.webm', 'WebM', 'av1', ['-c:a', 'libopus'], {}, [], large],
  ['browser.webm', 'WebM', 'vp8', ['-c:a', 'libopus'], { remark: 'no index, no length' }, ['-live', '1']],
  ['late.webm', 'WebM', 'vp8', ['-c:a', 'libopus'], { remark: 'clock begins at 100 s', offset: 100 }],
  ['mpeg4.avi', 'AVI', 'mpeg4', ['-c:a', 'mp3']],
  ['xvid.avi', 'AVI', 'mpeg4-b', ['-c:a', 'mp3'], { remark: 'B-frames' }],
  ['h264.avi', 'AVI', 'h264', ['-c:a', 'mp3'], { remark: 'B-frames' }],
  ['msmpeg4.avi', 'AVI', 'msmpeg4', pcm],
  ['huffyuv.avi', 'AVI', 'huffyuv', pcm],
  ['cinepak.avi', 'AVI', 'cinepak', pcm],
  ['camera.avi', 'AVI', 'mjpeg', pcm],
  ['plain.ts', 'MPEG-TS', 'h264', aac],
  ['open.ts', 'MPEG-TS', 'h264-open', aac, { remark: 'open GOPs' }],
  ['hevc.ts', 'MPEG-TS', 'hevc', aac, { remark: 'open GOPs' }],
  ['mpeg2.ts', 'MPEG-TS', 'mpeg2', mp2, { remark: 'open GOPs' }],
  ['late.ts', 'MPEG-TS', 'h264', aac, { remark: 'clock begins at 5,000 s', offset: 5000 }],
  ['silent.ts', 'MPEG-TS', 'h264', undefined],
  ['bluray.m2ts', 'M2TS', 'h264', ['-c:a', 'ac3'], {}, ['-f', 'mpegts', '-mpegts_m2ts_mode', '1']],
  [
    'camera.mts',
    'M2TS',
    'h264-open',
    ['-c:a', 'ac3'],
    { remark: 'open GOPs' },
    ['-f', 'mpegts', '-mpegts_m2ts_mode', '1'],
  ],
  ['dvd.vob', 'VOB', 'mpeg2', mp2, { remark: 'open GOPs' }, ['-f', 'vob']],
  ['plain.mpg', 'MPEG-PS', 'mpeg2', mp2, { remark: 'open GOPs' }, ['-f', 'dvd']],
  ['old.mpg', 'MPEG-PS', 'mpeg1', mp2, { remark: 'MPEG-1' }, ['-f', 'mpeg']],
  ['h264.mpg', 'MPEG-PS', 'h264', mp2, {}, ['-f', 'vob']],
  ['plain.flv', 'FLV', 'h264', aac],
  ['old.flv', 'FLV', 'flv1', ['-c:a', 'mp3', '-ar', '44100']],
  ['theora.ogv', 'Ogg', 'theora', ['-c:a', 'libvorbis']],
  ['plain.wmv', 'ASF', 'wmv2', ['-c:a', 'wmav2']],
  ['h264.asf', 'ASF', 'h264', aac, { remark: 'B-frames' }],
  ['camera.mxf', 'MXF', 'mpeg2', pcm, { remark: 'open GOPs' }, ['-ar', '48000'], large],
  ['h264.mxf', 'MXF', 'h264', pcm, {}, ['-ar', '48000'], large],
  ['dnxhd.mxf', 'MXF', 'dnxhd', pcm, {}, ['-ar', '48000'], large],
  ['tape.dv', 'DV', 'dv', undefined, {}, [], dv],
  ['plain.nut', 'NUT', 'h264', aac],
  ['real.rm', 'RealMedia', 'rv20', ['-c:a', 'ac3'], {}, [], { width: 176, height: 144 }],
  ['bare.h264', 'bare stream', 'h264', undefined],
  ['bare.hevc', 'bare stream', 'hevc', undefined, {}, ['-f', 'hevc']],
  ['bare.m2v', 'bare stream', 'mpeg2', undefined],
  ['bare.m4v', 'bare stream', 'mpeg4', undefined],
  ['bare.y4m', 'bare stream', 'raw', undefined, {}, ['-f', 'yuv4mpegpipe']],
];

/** Without times of their own, with a codec that other containers don't take, or a palette that a copy loses. */
const uncopied = /^(bare\.|h264\.mpg|real\.rm|screen\.mov)/;

/** Containers, codecs and what is hard about them, as ffmpeg can write them. */
export const recipes: readonly Recipe[] = rows.map(
  ([name, container, codec, sound, more = {}, muxer = [], size = { width: 64, height: 36 }]) => ({
    name,
    container,
    codec,
    remark: more.remark ?? '',
    sound,
    copies: uncopied.test(name) ? undefined : /\.(mov|mp4)$/.test(name) ? name.slice(-4) : '.mkv',
    offset: more.offset,
    video: {
      ...size,
      output: [
        ...codecs[codec],
        ...(sound ?? []),
        ...(more.offset === undefined ? [] : ['-output_ts_offset', String(more.offset)]),
        ...muxer,
      ],
    },
  }),
);
