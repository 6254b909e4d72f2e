import { Hub, HubQueue, isForAWhile, isLost, placeOf, publish, pull } from '../../hub/index.ts';
import { logOf } from '../../core/log.ts';
import type { TeamClaim, TeamClaims } from '../../indexing/index.ts';
import type { Store } from '../../library/index.ts';
import { LongviewError } from '../../protocol/errors.ts';
import { followSettings, whoAmI } from './following.ts';

const beatMs = 10_000;
const skills = { extractors: [], versions: [] };

/**
 * Takes contents of the hub that a library follows before they are indexed here, and hands over what was made. Without the
 * hub indexing goes on alone; what was made then is sent when it is back.
 */
export function teamClaims(store: Store): TeamClaims {
  const { url, roots: mounts = {}, only, tokens } = followSettings(store);
  const part = { ...(only && { only }), ...(tokens === undefined ? {} : { tokens }) };
  const roots = Object.keys(mounts);
  return {
    async claim(contentHash, path): Promise<TeamClaim | 'taken' | undefined> {
      if (!placeOf(path, mounts)) return undefined;
      const hub = new Hub(url, whoAmI(), 2);
      const queue = new HubQueue(hub);
      try {
        await hub.facts();
        const job = await queue.takeContent(hub.who, contentHash, 'pictures', roots);
        if (!job) {
          await hub.close();
          return 'taken';
        }
        // What was made since we looked.
        await pull({ hub, store, contentHash, mounts, part });
        const lost = new AbortController();
        const timer = setInterval(() => {
          queue.beat(hub.who, { ...skills, roots }, 0, 'indexing').then(
            (held) => held.includes(job.num) || lost.abort(),
            () => undefined,
          );
        }, beatMs);
        return {
          lost: lost.signal,
          async release(outcome) {
            clearInterval(timer);
            try {
              if (lost.signal.aborted) return;
              const changed = await publish({ hub, store, contentHash, mounts, job });
              if (outcome === 'made' && (changed || !job.created)) await queue.done(job);
              else if (job.created) await queue.drop(job);
              else await queue.giveBack(job, outcome);
            } catch (error) {
              if (!isForAWhile(error) && !isLost(error)) throw error;
              logOf('library').warn('not handed over yet: {error}', { error });
            } finally {
              await hub.close();
            }
          },
        };
      } catch (error) {
        await hub.close();
        // On the train, or the hub is newer: the library works by itself.
        if (error instanceof LongviewError) {
          logOf('library').warn('indexing without the hub: {message}', { message: error.message });
          return undefined;
        }
        throw error;
      }
    },
  };
}
