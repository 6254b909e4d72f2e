import { stat, statfs } from 'node:fs/promises';
import { sep } from 'node:path';
import { logOf } from '../../core/log.ts';
import { cannotRead } from '../../protocol/file-errors.ts';
import { LongviewError, type ErrorData } from '../../protocol/errors.ts';
import type { FolderListener, WatchedFolder } from '../../protocol/folders.ts';
import { ignoredBy } from './ignored.ts';
import { lookInto, lookThrough, type FolderContent, type LookOptions, type Stamp } from './look-through.ts';
import { watchTree, type TreeWatch } from './tree-watch.ts';

/** How often is looked at what, in milliseconds. */
export interface FollowPace {
  /** What changes is gathered so long. */
  gatherMs: number;
  /** A file whose size and time stay the same so long is whole. */
  steadyMs: number;
  /** A file that was last written so long ago is whole when it is first seen. */
  oldMs: number;
  /** Whether the folder is there, and on the same drive. */
  thereMs: number;
  /** Another look through all of it, where the system can't tell what changes, and where it can. */
  pollMs: number;
  againMs: number;
}

/** As people need it. */
export const usualPace: FollowPace = {
  gatherMs: 500,
  steadyMs: 2500,
  oldMs: 60_000,
  thereMs: 10_000,
  pollMs: 5 * 60_000,
  againMs: 60 * 60_000,
};

/** File systems on other machines tell nothing of what changes there: NFS, SMB, CIFS, 9P, FUSE. */
const remote = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x65735546]);

/** Whether nothing has to be done about a file. */
export type IsSettled = (path: string, stamp: Stamp) => boolean;

/** What a followed folder needs to know. */
export interface FollowDeps extends FolderListener {
  /** Tells of files whether they are in the library as they are, or left out of it; as things stand now. */
  settled(): IsSettled;
  /** Whether the library has videos that lie in the folder. */
  holdsVideos(folder: string): boolean;
}

/** One folder whose videos are followed. Nothing in the library is ever deleted because a file is not to be seen. */
export class FollowedFolder {
  readonly path: string;
  readonly ignore: readonly string[];
  readonly #deps: FollowDeps;
  readonly #pace: FollowPace;
  readonly #options: LookOptions;
  readonly #stop = new AbortController();
  /** The videos of each folder, as they were last seen. */
  readonly #seen = new Map<string, Map<string, Stamp>>();
  /** What will be indexed once it is whole. */
  readonly #settling = new Map<string, Stamp & { since: number }>();
  /** What was told already. */
  readonly #told = new Map<string, string>();
  readonly #dirty = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #watch: TreeWatch | undefined;
  #state: WatchedFolder['state'] = 'looking';
  #polls = false;
  #problem: ErrorData | undefined;
  #lookedAt: number | undefined;
  #device: string | undefined;
  #looking: Promise<void> | undefined;
  #gathering = false;
  #flushing = false;

  constructor(path: string, ignore: readonly string[], deps: FollowDeps, pace: FollowPace = usualPace) {
    this.path = path;
    this.ignore = ignore;
    this.#deps = deps;
    this.#pace = pace;
    this.#options = { root: path, ignored: ignoredBy(ignore), others: new Map(), signal: this.#stop.signal };
  }

  /** As it is told. */
  get told(): WatchedFolder {
    let videos = 0;
    for (const some of this.#seen.values()) videos += some.size;
    return {
      ...{ path: this.path, ignore: [...this.ignore], state: this.#state, videos },
      lookedAt: this.#lookedAt === undefined ? null : new Date(this.#lookedAt).toISOString(),
      ...(this.#problem ? { problem: this.#problem } : {}),
    };
  }

  /** Begins to follow it. */
  start(): void {
    void this.look();
    this.#every(this.#pace.thereMs, () => void this.#stillThere());
    this.#every(this.#pace.pollMs, () => {
      const past = Date.now() - (this.#lookedAt ?? 0);
      if (this.#state !== 'away' && (this.#polls || past > this.#pace.againMs)) void this.look();
    });
  }

  close(): void {
    this.#stop.abort();
    for (const timer of this.#timers) clearInterval(timer);
    this.#watch?.close();
  }

  /** Looks through all of it; one look at a time. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #look(): Promise<void> {
    this.#become('looking');
    this.#watch?.close();
    this.#watch = watchTree(this.path, (folder) => this.#changed(folder));
    const began = performance.now();
    const before = new Set(this.#paths());
    this.#seen.clear();
    try {
      const facts = await stat(this.path);
      if (!facts.isDirectory()) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' });
      this.#device = `${facts.dev} ${facts.ino}`;
      let entries = 0;
      const isSettled = this.#deps.settled();
      for await (const content of lookThrough(this.path, this.#options)) {
        entries += content.videos.size + content.folders.length;
        this.#take(content, isSettled);
      }
      this.#lookedAt = Date.now();
      // A drive that was taken out leaves an empty folder behind.
      if (entries === 0 && this.#deps.holdsVideos(this.path)) return this.#goAway();
      this.#polls = this.#watch.incomplete || (await isRemote(this.path));
      this.#problem = undefined;
      this.#become(this.#polls ? 'polling' : 'watching');
      this.#note(began);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#problem = cannotRead(this.path, error).toData();
      this.#goAway();
    }
    const now = new Set(this.#paths());
    if ([...before].some((path) => !now.has(path))) this.#deps.onLibrary();
  }

  #note(began: number): void {
    let videos = 0;
    for (const some of this.#seen.values()) videos += some.size;
    logOf('folders').info('looked through a folder: {folders} folders, {videos} videos, {ms} ms', {
      ...{ folders: this.#seen.size, videos, ms: Math.round(performance.now() - began) },
    });
  }

  *#paths(): Generator<string> {
    for (const videos of this.#seen.values()) yield* videos.keys();
  }

  #goAway(): void {
    this.#settling.clear();
    const before = this.#state;
    this.#become('away');
    if (before !== 'away') this.#deps.onLibrary();
  }

  #become(state: WatchedFolder['state']): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#deps.onFolders();
  }

  #take({ folder, videos }: FolderContent, isSettled: IsSettled): void {
    this.#seen.set(folder, videos);
    this.#watch?.add(folder);
    for (const [path, stamp] of videos) this.#consider(path, stamp, isSettled);
  }

  #consider(path: string, stamp: Stamp, isSettled: IsSettled): void {
    if (this.#told.get(path) === key(stamp)) return;
    if (isSettled(path, stamp)) return void this.#settling.delete(path);
    const known = this.#settling.get(path);
    if (known && key(known) === key(stamp)) return;
    const isOld = known === undefined && Date.now() - stamp.modifiedMs > this.#pace.oldMs;
    this.#settling.set(path, { ...stamp, since: isOld ? -Infinity : performance.now() });
    this.#flushLater();
  }

  #flushLater(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    // What was there all along need not wait as long as what is being written.
    const allOld = [...this.#settling.values()].every(({ since }) => since === -Infinity);
    this.#after(allOld ? this.#pace.gatherMs : this.#pace.steadyMs, () => {
      this.#flushing = false;
      void this.#flush();
    });
  }

  /** Tells of what is whole by now. */
  async #flush(): Promise<void> {
    const whole: string[] = [];
    const isSettled = this.#deps.settled();
    const busy = this.#state === 'looking' || this.#deps.isBusy(this.path);
    for (const [path, before] of busy ? [] : [...this.#settling]) {
      const facts = await stat(path).catch(() => undefined);
      if (this.#stop.signal.aborted) return;
      const now = facts && { size: facts.size, modifiedMs: facts.mtimeMs };
      if (!now || isSettled(path, now)) this.#settling.delete(path);
      else if (key(now) !== key(before)) this.#settling.set(path, { ...now, since: performance.now() });
      else if (performance.now() - before.since >= this.#pace.steadyMs * 0.9 && now.size > 0) {
        this.#settling.delete(path);
        this.#told.set(path, key(now));
        whole.push(path);
      }
    }
    if (whole.length > 0) this.#deps.onFound(whole);
    if (this.#settling.size > 0) this.#flushLater();
  }

  #changed(folder: string): void {
    this.#dirty.add(folder);
    if (this.#gathering) return;
    this.#gathering = true;
    this.#after(this.#pace.gatherMs, () => {
      this.#gathering = false;
      void this.#lookAgain([...this.#dirty]);
      this.#dirty.clear();
    });
  }

  async #lookAgain(folders: readonly string[]): Promise<void> {
    await this.#looking;
    const isSettled = this.#deps.settled();
    let gone = false;
    for (const folder of folders) {
      try {
        const content = await lookInto(folder, this.#options);
        const before = this.#seen.get(folder);
        gone ||= before !== undefined && [...before.keys()].some((path) => !content.videos.has(path));
        this.#take(content, isSettled);
        for (const inner of content.folders)
          if (!this.#seen.has(inner))
            for await (const fresh of lookThrough(inner, this.#options)) this.#take(fresh, isSettled);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        if (error instanceof LongviewError) throw error;
        gone ||= this.#lose(folder);
        if (folder === this.path) await this.#stillThere();
      }
    }
    if (gone) this.#deps.onLibrary();
    this.#deps.onFolders();
  }

  /** A folder is gone, with all in it. @returns whether it had videos */
  #lose(folder: string): boolean {
    let had = false;
    for (const [inner, videos] of this.#seen) {
      if (inner !== folder && !inner.startsWith(folder + sep)) continue;
      had ||= videos.size > 0;
      this.#seen.delete(inner);
      this.#watch?.forget(inner);
    }
    return had;
  }

  /** Drives come and go. */
  async #stillThere(): Promise<void> {
    if (this.#looking) return;
    const facts = await stat(this.path).catch(() => undefined);
    const device = facts && `${facts.dev} ${facts.ino}`;
    if (this.#stop.signal.aborted) return;
    if (device === undefined) {
      if (this.#state !== 'away') await this.look();
    } else if (this.#state === 'away' ? await this.#holdsAnything() : device !== this.#device)
      await this.look();
  }

  async #holdsAnything(): Promise<boolean> {
    const content = await lookInto(this.path, this.#options).catch(() => undefined);
    return content !== undefined && content.videos.size + content.folders.length > 0;
  }

  #after(ms: number, work: () => void): void {
    if (this.#stop.signal.aborted) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }

  #every(ms: number, work: () => void): void {
    const timer = setInterval(work, ms);
    timer.unref();
    this.#timers.add(timer);
  }
}

const key = ({ size, modifiedMs }: Stamp) => `${size} ${modifiedMs}`;

async function isRemote(path: string): Promise<boolean> {
  const facts = await statfs(path).catch(() => undefined);
  return process.platform === 'linux' && facts !== undefined && remote.has(facts.type);
}
