import { setTimeout as wait } from 'node:timers/promises';
import type { Store } from '../../library/index.ts';
import type { ErrorData } from '../../protocol/errors.ts';
import { patch, settings } from '../../../tests/fixtures/library.ts';
import type { TakenJob } from '../queue.ts';

/** Says what a real indexing says where it was cancelled. */
const cancelled: ErrorData = { code: 'cancelled', message: 'Cancelled.', remedy: 'Go on.' };

/**
 * Stands in for indexing: makes the same temporal patches of a video whoever does it, going on where a making was left. A
 * file called poison kills its process.
 */
export function madeIndex(store: Store, msPerPatch: number) {
  return async (path: string, job: TakenJob, signal: AbortSignal): Promise<ErrorData | undefined> => {
    const { videoId } = store.saveFile(path, { ...store.headOf(job.content)!.facts });
    const patches = job.durationSec;
    const claim = store.claim(job.content);
    const pass = store.beginPass(videoId, settings);
    try {
      for (let at = pass.resumedPatches; at < patches; at += 3) {
        if (signal.aborted) return cancelled;
        await wait(msPerPatch * 3);
        if (path.includes('poison') && at >= 6) process.kill(process.pid, 'SIGKILL');
        pass.append(Array.from({ length: Math.min(3, patches - at) }, (_, i) => patch(at + i)));
      }
      pass.complete(patches);
      return undefined;
    } finally {
      pass.close();
      claim?.release();
    }
  };
}
