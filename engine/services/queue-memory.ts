import { keptJobSchema, type KeptJob, type QueueMemory } from '../protocol/queue.ts';
import type { Store } from '../library/index.ts';

/** The host's queue in the library: what this process may work on, with every setting it was given. */
export function queueMemory(store: () => Store): QueueMemory {
  return {
    async keptQueue() {
      return store()
        .requests()
        .flatMap((request) => keptJobSchema.safeParse(request).data ?? [])
        .map((job) => (job.running && job.request.force ? onlyTheRest(store(), job) : job));
    },
    async keepQueue(jobs) {
      store().keepRequests(jobs);
    },
  };
}

/** What is to be made anew is made anew once: of such a job only what its process didn't come to. */
function onlyTheRest(store: Store, job: KeptJob): KeptJob {
  const paths = store
    .jobs()
    .filter(({ state, settings }) => state !== 'failed' && settings.force && settings.fps === job.request.fps)
    .map(({ path }) => path);
  return paths.length > 0 ? { ...job, request: { ...job.request, paths } } : job;
}
