import { access } from 'node:fs/promises';
import { LongviewError } from '../engine/protocol/errors.ts';
import type { MediaPlaces } from '../engine/hosts/serving/routes.ts';
import type { EngineProcess } from './engine-process.ts';

/** So many places are remembered: more than one library screen shows. */
const most = 20_000;

/**
 * Where footage lies, asked of the engine once per video: while a model reads, the engine's process answers late, and
 * the player must not wait for it.
 */
export function mediaPlaces(engine: Pick<EngineProcess, 'look'>): MediaPlaces {
  const known = new Map<string, string>();
  return {
    async footage(video) {
      const before = known.get(video);
      if (before !== undefined && (await exists(before))) return before;
      known.delete(video);
      const path = await engine.look(video, null);
      if (path === undefined)
        throw new LongviewError(
          'video-missing',
          'The footage isn’t where it was.',
          'Index the folder that it was moved to.',
        );
      if (known.size >= most) known.clear();
      known.set(video, path);
      return path;
    },
    still: (video, time, since) => engine.look(video, time, since),
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
