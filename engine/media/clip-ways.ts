import type { SoundStream } from './sound-streams.ts';
import type { VideoInfo } from './video-info.ts';

/** One way to copy a clip's streams without loss. */
export interface CopyWay {
  /** Of the clip's file; the container follows from it. */
  extension: string;
  /** The sound streams that go with the pictures. */
  sounds: readonly SoundStream[];
  /** Their codecs, as ffmpeg's arguments for the output. */
  codecs: readonly string[];
  /** What of the video is not in the clip, in a user's words. */
  leftOut: readonly string[];
}

/** Containers that mostly take a copy of their own streams back. */
const takesOwn = new Set(['.mp4', '.m4v', '.mov', '.mkv', '.webm', '.ts']);
/** Takes nearly everything. */
const general = '.mkv';
/** Disc formats of PCM that hardly any container takes; the same samples in another order are taken by all of these. */
const discPcm = /^pcm_(?:bluray|dvd|vidc)$/;

/**
 * How a clip of a video may be copied, the best way first: into its own kind of container; into QuickTime, which takes PCM
 * where MP4 doesn't; into Matroska; with PCM of discs in plain order, which loses nothing; at last without one sound stream
 * or without any. What this ffmpeg doesn't know can't be copied at all. Which way works is told by trying: it differs between
 * versions of ffmpeg.
 * @param extension the file's own, in lower case
 */
export function copyWays(info: VideoInfo, extension: string): CopyWay[] {
  const sounds = info.sounds.filter(({ known }) => known).toSorted((a, b) => a.index - b.index);
  const unknown = info.sounds
    .filter(({ known }) => !known)
    .map((sound) => `${name(sound)} (ffmpeg does not know its kind)`);
  const hasPcm = sounds.some(({ codec }) => codec.startsWith('pcm_'));
  const own = takesOwn.has(extension) ? [extension] : [];
  const containers = [...own, ...(hasPcm && extension !== '.mov' ? ['.mov'] : []), general];
  const way = (container: string, some: readonly SoundStream[], plainPcm: boolean): CopyWay => ({
    extension: container,
    sounds: some,
    codecs: ['-c', 'copy', ...(plainPcm ? plainly(some) : [])],
    leftOut: [
      ...unknown,
      ...sounds
        .filter((sound) => !some.includes(sound))
        .map((sound) => `${name(sound)} (no container takes it as it is)`),
    ],
  });
  const ways = [...new Set(containers)].map((container) => way(container, sounds, false));
  if (sounds.some(({ codec }) => discPcm.test(codec))) ways.push(way(general, sounds, true));
  if (sounds.length > 1)
    for (const sound of sounds)
      ways.push(
        way(
          general,
          sounds.filter((other) => other !== sound),
          true,
        ),
      );
  // One at least of many that can't go.
  if (sounds.length > 2) ways.push(way(general, sounds.slice(0, 1), true));
  if (sounds.length > 0) ways.push(way(general, [], false));
  return ways;
}

function plainly(sounds: readonly SoundStream[]): string[] {
  return sounds.flatMap(({ codec }, index) => (discPcm.test(codec) ? [`-c:a:${index}`, 'pcm_s24le'] : []));
}

function name({ index, codec, language }: SoundStream): string {
  return `sound stream ${index}${language === undefined || language === 'und' ? '' : ` [${language}]`}, ${codec}`;
}
