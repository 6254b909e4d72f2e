import { soundRate, type SoundPiece } from '../core/sound.ts';
import type { VideoInfo } from '../media/index.ts';
import { throwIfCancelled } from '../protocol/errors.ts';
import type { SoundWork } from './extractors/extractor.ts';
import { keepsWhatIsMade } from './resuming.ts';
import type { IndexingMedia } from './types.ts';

/** A video, and everything that is to be made of its sound. */
export interface SoundWalk {
  media: IndexingMedia;
  path: string;
  info: VideoInfo;
  /** At least one; all of the same sound track. */
  works: readonly { work: SoundWork; onFailed: (error: unknown) => void }[];
  signal: AbortSignal | undefined;
  onReached: (seconds: number, from: number) => void;
}

/**
 * Reads a video's sound once and gives it to all extractors that want it, each from where it stands. One that fails
 * leaves the others alone.
 * @throws LongviewError `cancelled`, and what reading throws.
 */
export async function walkSound({ media, path, info, works, signal, onReached }: SoundWalk): Promise<void> {
  let left = [...works];
  const from = Math.min(...works.map(({ work }) => work.resumedSec));
  const each = async (run: (work: SoundWork) => Promise<void>) => {
    for (const one of left)
      await run(one.work).catch((error: unknown) => {
        throwIfCancelled(signal);
        left = left.filter((other) => other !== one);
        one.work.leave(keepsWhatIsMade(error));
        one.onFailed(error);
      });
  };
  try {
    const [{ stream }] = works.map(({ work }) => work);
    const sound = stream === undefined ? undefined : media.readSound?.(path, info, { stream, from, signal });
    for await (const piece of sound ?? []) {
      throwIfCancelled(signal);
      if (left.length === 0) return;
      await each(async (work) => {
        const rest = since(piece, work.resumedSec);
        if (rest.samples.length > 0) await work.take(rest);
      });
      onReached(piece.time, from);
    }
    throwIfCancelled(signal);
    await each((work) => work.complete(sound?.outcome?.endSec ?? 0));
  } catch (error) {
    for (const { work } of left) work.leave(keepsWhatIsMade(signal?.aborted ? undefined : error));
    throw error;
  }
}

/** What of a piece comes after a time. */
function since(piece: SoundPiece, seconds: number): SoundPiece {
  const before = Math.round((seconds - piece.time) * soundRate);
  if (before <= 0) return piece;
  return { time: piece.time + before / soundRate, samples: piece.samples.subarray(before) };
}
