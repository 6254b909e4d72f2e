import { setImmediate as breath } from 'node:timers/promises';
import type { VideoInfo } from '../media/index.ts';
import { factsOf } from './facts.ts';
import { settle, type Candidate } from './survey.ts';
import type { IndexingDeps } from './types.ts';

/** Files that wait for their turn, being put into the library meanwhile. */
export interface Announced {
  /** What a file is; each is probed once, whoever asks first. Rejects as `media.probe`. */
  probe: (candidate: Candidate) => Promise<VideoInfo>;
  /** Puts no more of them into the library. */
  stop(): Promise<void>;
}

/**
 * Puts every file that is to be indexed into the library while the first is being looked at, so that all of them can be
 * seen, watched and put first. What was recorded last is put in last, as the library shows the newest first.
 * @param onListed gets how many are there now
 */
export function announce(
  deps: IndexingDeps,
  candidates: readonly Candidate[],
  signal: AbortSignal | undefined,
  onListed: (count: number) => void,
): Announced {
  const probing = new Map<Candidate, Promise<VideoInfo>>();
  const probe = (candidate: Candidate) => {
    const known = probing.get(candidate);
    if (known) return known;
    const probed = deps.media.probe(candidate.path, { signal });
    // Whoever indexes the file tells what is wrong with it.
    probed.catch(() => undefined);
    probing.set(candidate, probed);
    return probed;
  };
  let stopped = false;
  const listAll = async () => {
    let count = 0;
    const order = candidates.toSorted((a, b) => (a.modifiedMs ?? 0) - (b.modifiedMs ?? 0));
    for (const candidate of order) {
      // The one that is indexed meanwhile comes first to everything.
      await breath();
      if (stopped || signal?.aborted) return;
      try {
        const info = await probe(candidate);
        if (stopped) return;
        if (deps.store.videoByContent(candidate.contentHash) === undefined)
          await settle(deps, candidate.path, factsOf(candidate.contentHash, info), candidate.modifiedMs);
        onListed(++count);
      } catch {
        // Told when its turn comes.
      }
    }
  };
  const listed = candidates.length > 1 ? listAll() : Promise.resolve();
  return {
    probe,
    async stop() {
      stopped = true;
      await listed;
    },
  };
}
