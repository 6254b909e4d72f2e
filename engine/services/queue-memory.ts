import { z } from 'zod';
import { keptJobSchema, type QueueMemory } from '../protocol/queue.ts';
import type { Store } from '../library/index.ts';

/** In the library's settings: the jobs that wait or run. */
const setting = 'queue';
const kept = z.array(keptJobSchema).catch([]);

/** The host's queue in the library's settings. */
export function queueMemory(store: () => Store): QueueMemory {
  return {
    async keptQueue() {
      return kept.parse(store().setting(setting) ?? []);
    },
    async keepQueue(jobs) {
      store().setSetting(setting, jobs.length > 0 ? jobs : undefined);
    },
  };
}
