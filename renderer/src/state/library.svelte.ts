import { engine } from '../engine/index.ts';
import { folders } from './folders.svelte.ts';
import { kept } from './kept.svelte.ts';
import { shown } from './failure.ts';
import type { Activity, HostInfo, Job } from '../../../engine/protocol/wire.ts';
import type { LibraryVideo } from '../../../engine/protocol/results.ts';
import type { Shown } from './failure.ts';

/** Time to think again after a video was removed: as long as the word on it stands. */
const removeAfterMs = 7000;

/** The library, the queue and the connection, as the host last told them. */
class Library {
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<Shown | undefined>();
  #all = $state.raw<LibraryVideo[]>([]);
  /** Ids of videos that are about to be forgotten. */
  #leaving = $state.raw<ReadonlySet<string>>(new Set());
  readonly videos = $derived(this.#all.filter((video) => !this.#leaving.has(video.id)));
  jobs = $state.raw<Job[]>([]);
  info = $state.raw<HostInfo | undefined>();
  connected = $state(true);
  readonly byId = $derived(new Map(this.videos.map((video) => [video.id, video])));
  readonly running = $derived(this.jobs.find((job) => job.state === 'running'));
  readonly live = $derived(this.jobs.filter((job) => ['running', 'waiting', 'paused'].includes(job.state)));

  #loading: Promise<void> | undefined;
  #again = false;

  /** Reads everything anew. */
  async load(): Promise<void> {
    // One read at a time: while one is under way, any number of changes ask for one more only.
    if (this.#loading) {
      this.#again = true;
      return this.#loading;
    }
    this.#loading = this.#read();
    await this.#loading;
    this.#loading = undefined;
    if (this.#again) {
      this.#again = false;
      await this.load();
    }
  }

  async #read(): Promise<void> {
    try {
      const [library, info] = await Promise.all([
        engine.call('library', {}),
        this.info ?? engine.call('hello', {}),
        // Taken at once: after a slow library it might be older than what has been told since.
        engine.call('activity', {}).then((activity) => this.#take(activity)),
      ]);
      this.info = info;
      this.#all = library.videos;
      this.phase = 'ready';
      this.error = undefined;
    } catch (error) {
      this.error = shown(error);
      if (this.phase === 'loading') this.phase = 'failed';
    }
  }

  /** Follows what the host tells until the returned function is called. */
  follow(): () => void {
    return engine.listen(
      (happening) => {
        if (happening.event === 'activity') this.jobs = happening.value.jobs;
        else if (happening.event === 'folders') folders.changed();
        else if (happening.event === 'kept') kept.changedElsewhere();
        else void this.load();
      },
      (connected) => {
        const back = connected && !this.connected;
        this.connected = connected;
        if (back || (connected && this.phase !== 'ready')) void this.load();
      },
    );
  }

  /** Puts files and folders into the queue. @throws CallError */
  async add(paths: string[], force = false): Promise<void> {
    this.#take(await engine.call('enqueue', { paths, ...(force ? { force } : {}) }));
  }

  /** Puts one file before everything else; what runs gives way to it and goes on afterwards. @throws CallError */
  async first(path: string, force = false): Promise<void> {
    const { jobs } = await engine.call('enqueue', { paths: [path], ...(force ? { force } : {}) });
    const added = Math.max(...jobs.map((job) => job.id));
    this.#take(await engine.call('moveJob', { job: added, to: 'first' }));
  }

  /** Asks something of a job. @throws CallError */
  async job(method: 'cancelJob' | 'pauseJob' | 'resumeJob', job: number): Promise<void> {
    this.#take(await engine.call(method, { job }));
  }

  /** Puts a job before or after others. @throws CallError */
  async move(job: number, to: 'first' | 'earlier' | 'later'): Promise<void> {
    this.#take(await engine.call('moveJob', { job, to }));
  }

  async clearJobs(): Promise<void> {
    this.#take(await engine.call('clearJobs', {}));
  }

  /**
   * Takes a video from sight, and forgets it a little later: until then it can be had back whole. The footage stays.
   * @param onFailed gets why it could not be forgotten; then it is back
   * @returns what brings it back
   */
  remove(video: LibraryVideo, onFailed: (error: Shown | undefined) => void): () => void {
    this.#leaving = new Set([...this.#leaving, video.id]);
    const back = () => {
      clearTimeout(timer);
      this.#leaving = new Set([...this.#leaving].filter((id) => id !== video.id));
    };
    const timer = setTimeout(() => {
      engine.call('remove', { video: video.id }).then(
        () => {
          this.#all = this.#all.filter((other) => other.id !== video.id);
          back();
        },
        (cause: unknown) => {
          back();
          onFailed(shown(cause));
        },
      );
    }, removeAfterMs);
    return back;
  }

  /** How far the indexing of a file is, 0 to 1. */
  fractionOf(path: string): number | undefined {
    const progress = this.running?.progress;
    return progress?.subject !== undefined && path.endsWith(progress.subject) ? progress.fraction : undefined;
  }

  #take(activity: Activity): void {
    this.jobs = activity.jobs;
  }
}

/** The one library of this window. */
export const library = new Library();
