import { sql } from 'kysely';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Store } from '../library/index.ts';
import { answersAt, correctionsAt, type HubCorrection, removeFromHub, tell } from './actions.ts';
import type { Hub, HubFacts } from './connect.ts';
import { isForAWhile, isLost } from './errors.ts';
import { publish } from './publish.ts';
import { pull, type ReplicaPart } from './pull.ts';
import { type Mounts, placeOf } from './roots.ts';

/** What a library that follows a hub needs. */
export interface FollowDeps {
  hub: Hub;
  store: Store;
  mounts: Mounts;
  part?: ReplicaPart;
  /** What people put right here, and what others did. */
  corrections?: {
    of(contentHash: string): unknown[];
    take(contentHash: string, corrections: readonly HubCorrection[]): void;
  };
}

/** What one round of following did. */
export interface Followed {
  /** Contents that others changed. */
  pulled: number;
  /** Contents that were sent. */
  pushed: number;
  /** The hub is another one, or was put back to an earlier state: everything was compared anew. */
  compared: boolean;
  seq: number;
}

const setting = 'hub/position';
const positionSchema = z
  .object({ id: z.string(), seq: z.number(), stamp: z.string() })
  .optional()
  .catch(undefined);
/** Contents that are brought here at the same time. */
const together = 3;
/** The hub is asked so often where it doesn't tell by itself. */
const askEveryMs = 15_000;

/**
 * One round: sends what a person did here, brings what others made, sends what was made here. Each step is safe to be
 * interrupted and repeated.
 * @throws LongviewError `team-hub-unreachable`, `team-hub-too-new`, `team-hub-full`.
 */
export async function followOnce(deps: FollowDeps, signal?: AbortSignal): Promise<Followed> {
  const { hub, store } = deps;
  const facts = await hub.facts();
  const position = positionSchema.parse(store.setting(setting));
  const known = position?.id === facts.id && (await isHistory(hub, facts, position));
  const compared = position !== undefined && !known;
  if (compared) await sendAgain(deps);
  await sendOutbox(deps);
  const contents = await changedContents(hub, known ? position.seq : undefined, facts.seq);
  await inTurn(contents, (content) => bring(deps, content), signal);
  const stamp = await stampAt(hub, facts.seq);
  // What was put back meanwhile is seen the next time.
  store.setSetting(setting, { id: facts.id, seq: facts.seq, stamp: stamp ?? '' });
  const pushed = await push(deps, signal);
  return { pulled: contents.length, pushed, compared, seq: facts.seq };
}

/**
 * Follows the hub until `signal` is aborted: as soon as it tells of a change, and from time to time. While the hub is away
 * everything here goes on; what was missed is brought when it is back.
 * @param onRound told after each round, and of what failed
 */
export async function follow(
  deps: FollowDeps,
  signal: AbortSignal,
  onRound: (round: Followed | Error) => void = () => undefined,
): Promise<void> {
  let stop: (() => Promise<void>) | undefined;
  let wake: () => void = () => undefined;
  let told = false;
  const stir = () => {
    told = true;
    wake();
  };
  signal.addEventListener('abort', stir);
  const lost = () => {
    stop = undefined;
    stir();
  };
  let pause = 500;
  while (!signal.aborted) {
    told = false;
    try {
      stop ??= await deps.hub.listen(stir, lost);
      onRound(await followOnce(deps, signal));
      pause = 500;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      onRound(error);
      if (!isForAWhile(error)) break;
      pause = Math.min(pause * 2, 30_000);
      await wait(pause, undefined, { signal }).catch(() => undefined);
      continue;
    }
    const asked = deps.store.generation();
    const woken = new Promise<void>((resolve) => (wake = resolve));
    // What was made here meanwhile is sent soon, too.
    const timer = setInterval(() => deps.store.generation() !== asked && stir(), 2000);
    const until = setTimeout(stir, askEveryMs);
    if (!told) await woken;
    clearInterval(timer);
    clearTimeout(until);
  }
  signal.removeEventListener('abort', stir);
  await stop?.();
}

/** Whether the hub's history leads over a position. */
async function isHistory(
  hub: Hub,
  facts: HubFacts,
  { seq, stamp }: { seq: number; stamp: string },
): Promise<boolean> {
  if (seq > facts.seq) return false;
  return seq === 0 || (await stampAt(hub, seq)) === stamp;
}

async function stampAt(hub: Hub, seq: number): Promise<string | undefined> {
  return hub.run(async (db) => {
    const { rows } = await sql<{
      stamp: string;
    }>`SELECT stamp FROM longview.changes WHERE seq = ${seq}`.execute(db);
    return rows[0]?.stamp;
  });
}

async function changedContents(hub: Hub, after: number | undefined, upTo: number): Promise<string[]> {
  return hub.run(async (db) => {
    const { rows } =
      after === undefined
        ? await sql<{ content: string }>`SELECT content FROM longview.videos ORDER BY added_at DESC`.execute(
            db,
          )
        : await sql<{ content: string }>`SELECT content FROM longview.changes
            WHERE seq > ${after} AND seq <= ${upTo} AND content IS NOT NULL GROUP BY content ORDER BY min(seq)`.execute(
            db,
          );
    return rows.map(({ content }) => content);
  });
}

/** Brings everything about a content here. */
async function bring({ hub, store, mounts, part, corrections }: FollowDeps, content: string): Promise<void> {
  await pull({ hub, store, contentHash: content, mounts, ...(part && { part }) });
  if (!store.videoByContent(content)) return;
  const put = await correctionsAt(hub, content);
  if (put.length > 0) corrections?.take(content, put);
  for (const answer of await answersAt(hub, content)) store.takeAnswer(answer);
}

/** A hub that was put back has forgotten what came after: whoever still knows it says it again. */
async function sendAgain({ hub, store, corrections }: FollowDeps): Promise<void> {
  store.forgetShared();
  for (const { contentHash, removedBy } of store.droppedVideos())
    await removeFromHub(hub, contentHash, removedBy);
  for (const { contentHash } of store.videos())
    for (const body of corrections?.of(contentHash) ?? [])
      await tell(hub, { what: 'correct', contentHash, body });
}

async function sendOutbox({ hub, store }: FollowDeps): Promise<void> {
  for (const entry of store.outbox()) {
    await tell(hub, entry);
    // Others who hold the library may have sent it too.
    store.told(entry.number);
    if (entry.what === 'remove') store.dropVideo(entry.contentHash, hub.who);
  }
}

/** Sends what was made here of what lies in a root; private footage stays private. */
async function push(deps: FollowDeps, signal: AbortSignal | undefined): Promise<number> {
  const { hub, store, mounts } = deps;
  const shared = store.unshared().filter((content) => {
    const paths = store.videoByContent(content)?.paths ?? [];
    return paths.some((path) => placeOf(path, mounts)) && !store.claimed().includes(content);
  });
  let pushed = 0;
  await inTurn(
    shared,
    async (contentHash) => {
      await bring(deps, contentHash);
      try {
        if (await publish({ hub, store, contentHash, mounts })) pushed++;
      } catch (error) {
        // Another sends it at this moment; the next round compares.
        if (!isLost(error)) throw error;
      }
    },
    signal,
  );
  return pushed;
}

/** Does something for each, a few at a time. */
async function inTurn<T>(
  all: readonly T[],
  work: (one: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const left = [...all];
  const lane = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      signal?.throwIfAborted();
      await work(one);
    }
  };
  await Promise.all(Array.from({ length: Math.min(together, all.length) }, lane));
}
