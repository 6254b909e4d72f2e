import { stat } from 'node:fs/promises';
import { probe, type ProbeOptions } from './probe.ts';
import type { VideoInfo } from './video-info.ts';

const known = new Map<string, Promise<VideoInfo>>();
const mostKnown = 200;

/**
 * What `probe` says of a file (or what the caller knows of it), asked once as long as the file stays as it is: for whoever looks at it here and there.
 * @throws LongviewError as `probe`.
 */
export async function knownVideo(file: string | VideoInfo, options: ProbeOptions = {}): Promise<VideoInfo> {
  if (typeof file !== 'string') return file;
  const facts = await stat(file).catch(() => undefined);
  const key = JSON.stringify([
    file,
    facts?.size,
    facts?.mtimeMs,
    options.tools?.ffmpeg,
    options.tools?.ffprobe,
  ]);
  const before = known.get(key);
  if (before) return before;
  // One that is cancelled must not take the others' answer with it.
  const asked = probe(file, { tools: options.tools });
  known.set(key, asked);
  if (known.size > mostKnown) known.delete(known.keys().next().value!);
  asked.catch(() => known.delete(key));
  return asked;
}
