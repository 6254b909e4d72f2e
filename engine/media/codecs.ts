import { runProcess } from './process.ts';
import type { MediaTools } from './tools.ts';

const TIMEOUT_MS = 20_000;

/** One decoder or encoder that matters, and whether this ffmpeg has it. */
export interface CodecSupport {
  /** The codec's name as people know it: "H.264". */
  name: string;
  available: boolean;
}

const importantDecoders: readonly (readonly [string, readonly string[]])[] = [
  ['H.264', ['h264']],
  ['HEVC (H.265)', ['hevc']],
  ['AV1', ['libdav1d', 'av1', 'libaom-av1']],
  ['VP9', ['vp9', 'libvpx-vp9']],
  ['VP8', ['vp8', 'libvpx']],
  ['MPEG-4', ['mpeg4']],
  ['MPEG-2', ['mpeg2video']],
  ['Windows Media (WMV, VC-1)', ['vc1']],
  ['ProRes', ['prores']],
  ['DNxHD', ['dnxhd']],
  ['Motion JPEG', ['mjpeg']],
  ['AAC', ['aac']],
];

const importantEncoders: readonly (readonly [string, readonly string[]])[] = [
  ['H.264', ['libx264', 'libopenh264', 'h264_videotoolbox', 'h264_mf']],
  ['AAC', ['aac']],
  ['JPEG', ['mjpeg']],
];

/**
 * Which of the important codecs an ffmpeg can read and write, for `doctor`.
 * @throws LongviewError `ffmpeg-missing`, `ffmpeg-failed`.
 */
export async function listCodecs(
  tools: MediaTools,
): Promise<{ decoders: CodecSupport[]; encoders: CodecSupport[] }> {
  const [decoders, encoders] = await Promise.all([
    codecNames(tools.ffmpeg, '-decoders'),
    codecNames(tools.ffmpeg, '-encoders'),
  ]);
  const support = (list: typeof importantDecoders, names: Set<string>) =>
    list.map(([name, any]) => ({ name, available: any.some((codec) => names.has(codec)) }));
  return {
    decoders: support(importantDecoders, decoders),
    encoders: support(importantEncoders, encoders),
  };
}

/** An encoder of this ffmpeg that makes H.264, the best first; undefined where there is none. */
export async function h264Encoder(tools: MediaTools): Promise<string | undefined> {
  const names = await codecNames(tools.ffmpeg, '-encoders');
  return importantEncoders[0][1].find((name) => names.has(name));
}

async function codecNames(ffmpeg: string, option: string): Promise<Set<string>> {
  const { stdout } = await runProcess(ffmpeg, ['-hide_banner', option], { timeoutMs: TIMEOUT_MS });
  const lines = stdout.toString('utf8').split('\n');
  return new Set(lines.map((line) => /^ [A-Z.]{6} (\S+)/.exec(line)?.[1] ?? '').filter(Boolean));
}
