import { open } from 'node:fs/promises';
import path from 'node:path';
import type { FootagePart } from '../video-info.ts';
import { joinedFiles } from './joined-files.ts';
import { clockedStretches } from './mpeg-parts.ts';

/** A stretch of bytes; its length in seconds where it is known by now. */
export interface FoundPart extends Pick<FootagePart, 'path' | 'bytes'> {
  durationSec: number | undefined;
}

/**
 * The parts of a file that was joined byte for byte of several recordings, or whose clock starts anew for another reason.
 * ffmpeg by itself reads the first of them only, or counts on and can't seek.
 * @param container ffmpeg's names of it
 * @returns none where the file is one recording
 */
export async function findParts(
  file: string,
  container: string,
  size: number,
  signal?: AbortSignal,
): Promise<FoundPart[]> {
  const [name] = container.split(',');
  const kind = name === 'mpegts' ? 'transport' : name === 'mpeg' ? 'program' : undefined;
  const joints = joinedFiles[name];
  if (!kind && !joints) return [];
  const handle = await open(file, 'r');
  try {
    const whole = path.resolve(file);
    if (kind) {
      const stretches = await clockedStretches(handle, size, kind, signal);
      const parts = stretches.filter(({ durationSec }) => durationSec > 0);
      if (parts.length < 2) return [];
      return parts.map(({ from, to, durationSec }) => ({ path: whole, bytes: { from, to }, durationSec }));
    }
    const begins = await joints(handle, size);
    if (begins.length < 2) return [];
    return begins.map((from, index) => ({
      path: whole,
      bytes: { from, to: begins[index + 1] ?? size },
      durationSec: undefined,
    }));
  } finally {
    await handle.close();
  }
}
