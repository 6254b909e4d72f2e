import { stat } from 'node:fs/promises';
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
  const known = new Map<string, { path: string; as: string }>();
  return {
    async footage(video) {
      const before = known.get(video);
      // Another file at the same path isn't the one that the engine looked at.
      if (before !== undefined && (await factsOf(before.path)) === before.as) return before.path;
      known.delete(video);
      const path = await engine.look(video, null);
      const as = path === undefined ? undefined : await factsOf(path);
      if (path === undefined || as === undefined)
        throw new LongviewError(
          'video-missing',
          'The footage isn’t where it was.',
          'Index the folder that it was moved to.',
        );
      if (known.size >= most) known.clear();
      known.set(video, { path, as });
      return path;
    },
    still: (video, time, since) => engine.look(video, time, since),
  };
}

async function factsOf(path: string): Promise<string | undefined> {
  const facts = await stat(path).catch(() => undefined);
  return facts && [facts.dev, facts.ino, facts.size, facts.mtimeMs, facts.ctimeMs].join(' ');
}
