import { probe, type ProbeOptions } from './probe.ts';
import type { FootagePart, VideoInfo } from './video-info.ts';

/**
 * Several files that a camera wrote as one recording, as one video: its timeline is theirs, one after the other. What is
 * known of the first file is known of all.
 * @param files their paths in the order of recording, at least one (see `recordingsOf`)
 * @returns undefined where they can't be read as one: another codec, size or other tracks
 * @throws LongviewError as `probe`.
 */
export async function probeRecording(
  files: readonly string[],
  options: ProbeOptions = {},
): Promise<VideoInfo | undefined> {
  const infos: VideoInfo[] = [];
  for (const file of files) infos.push(await probe(file, options));
  const [first, ...others] = infos;
  if (others.length === 0) return first;
  if (others.some((other) => !goesOn(first, other))) return undefined;
  const parts = infos.flatMap(
    (info): FootagePart[] =>
      info.parts ?? [
        { path: info.path, bytes: undefined, durationSec: info.videoEndSec ?? info.durationSec },
      ],
  );
  const durationSec = parts.reduce((sum, part) => sum + part.durationSec, 0);
  const bytes = infos.reduce((sum, info) => sum + info.bytes, 0);
  return { ...first, parts, durationSec, bytes, videoEndSec: undefined, startSec: 0 };
}

function goesOn(first: VideoInfo, next: VideoInfo): boolean {
  const form = ({ codec, width, height, streamIndex, sounds }: VideoInfo) =>
    JSON.stringify([codec, width, height, streamIndex, sounds.map((sound) => [sound.index, sound.codec])]);
  return form(first) === form(next);
}
