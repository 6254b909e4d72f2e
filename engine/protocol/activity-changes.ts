import type { Activity, ActivityChange, Job } from './wire.ts';

/** What became of the queue since it was last told, so that what ended long ago isn't told again and again. */
export function changesBetween(
  before: readonly Job[],
  after: readonly Job[],
): Pick<ActivityChange, 'order' | 'jobs' | 'progress'> {
  const known = new Map(before.map((job) => [job.id, job]));
  const jobs: Job[] = [];
  const progress: ActivityChange['progress'] = [];
  for (const job of after) {
    const old = known.get(job.id);
    if (old === job) continue;
    if (old && job.progress && sameBut(old, job)) progress.push({ job: job.id, progress: job.progress });
    else jobs.push(job);
  }
  const moved = before.length !== after.length || before.some(({ id }, index) => id !== after[index]?.id);
  return { ...(moved ? { order: after.map(({ id }) => id) } : {}), jobs, progress };
}

/** Whether nothing but how far it is differs. */
function sameBut(old: Job, job: Job): boolean {
  const names = new Set([...Object.keys(old), ...Object.keys(job)]) as Set<keyof Job>;
  return [...names].every((name) => name === 'progress' || old[name] === job[name]);
}

/** A queue as its readers know it, put together from what they are told. */
export interface KnownActivity {
  /** All of it, as a call answered. @returns the newest that is known: an answer may be older than what was told since */
  take(activity: Activity): Activity;
  /** What changed. @returns all of it; undefined where something was missed and all must be asked for */
  change(change: ActivityChange): Activity | undefined;
}

/** Nothing is known yet. */
export function createKnownActivity(): KnownActivity {
  let known: Activity | undefined;
  return {
    take(activity) {
      const older = known?.at && activity.at?.host === known.at.host && activity.at.change < known.at.change;
      if (!older) known = activity;
      return known ?? activity;
    },
    change({ at, order, jobs, progress }) {
      if (!known?.at || known.at.host !== at.host || at.change > known.at.change + 1) return undefined;
      if (at.change <= known.at.change) return known;
      const byId = new Map(known.jobs.map((job) => [job.id, job]));
      for (const job of jobs) byId.set(job.id, job);
      for (const { job, progress: far } of progress) {
        const old = byId.get(job);
        if (old) byId.set(job, { ...old, progress: far });
      }
      const now = order ?? known.jobs.map(({ id }) => id);
      known = { at, jobs: now.flatMap((id) => byId.get(id) ?? []) };
      return known;
    },
  };
}
