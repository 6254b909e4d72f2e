import { sql } from 'kysely';
import type { PassHead, PassTaker, Store, TrackHead, VideoHead } from '../library/index.ts';
import type { Hub, HubDatabase } from './connect.ts';
import { hubHead, type HubTrack, type HubVideo, keyOf, passKey } from './heads.ts';
import { type Mounts, pathOf, shownPlace } from './roots.ts';
import { unpackLines, unpackPatches, unpackSeries, unpackStills } from './segments.ts';

/** Which part of the hub a library holds. */
export interface ReplicaPart {
  /** Roots, or folders of them as `footage/lectures`; everything where absent. */
  only?: readonly string[];
  /** False to leave the visual tokens where they are: find works, ask needs them. */
  tokens?: boolean;
}

/** What is brought here. */
export interface Pull {
  hub: Hub;
  store: Store;
  contentHash: string;
  mounts: Mounts;
  part?: ReplicaPart;
  /** For a job: what was begun here gives way to what the hub has of it. */
  forJob?: boolean;
}

/** Segments that are read together. */
const segmentsTogether = 8;

/**
 * Brings to this library what the hub knows of a content, as far as it isn't here. Safe to be interrupted and to be called
 * again at any time. What this library is making itself, or has made in just the same way, is left alone.
 * @throws LongviewError `team-hub-unreachable`, `library-damaged` for segments that can't be read.
 */
export async function pull(given: Pull): Promise<void> {
  const { hub, store, contentHash, mounts, part = {} } = given;
  const video = await hub.run((db) => hubHead(db, contentHash));
  if (!video) return;
  if (video.removedBy !== undefined) {
    // Whoever knows that it was removed and has it again has indexed it again since.
    if (!isNoted(store, contentHash)) store.dropVideo(contentHash, video.removedBy);
    return;
  }
  if (!isWanted(video, part)) return;
  takePlaces(store, video, mounts);
  const head = store.headOf(contentHash)!;
  const busy = store.claimed().includes(contentHash);
  for (const pass of video.passes) await pullPass(given, video, head, pass, busy);
  for (const track of video.tracks) await pullTrack(given, head, track, busy);
}

/** Whether a replica that holds but a part of the hub holds this. */
export function isWanted({ places }: Pick<HubVideo, 'places'>, { only }: ReplicaPart): boolean {
  if (!only) return true;
  return places.some(({ root, path }) =>
    only.some((wanted) => wanted === root || `${root}/${path}`.startsWith(`${wanted.replace(/\/$/u, '')}/`)),
  );
}

function isNoted(store: Store, contentHash: string): boolean {
  return store.droppedVideos().some((dropped) => dropped.contentHash === contentHash);
}

/** Says where a video lies: at mounted roots as a file, else by the name of its root. */
export function takePlaces(
  store: Store,
  { facts, places }: Pick<HubVideo, 'facts' | 'places'>,
  mounts: Mounts,
): string {
  return store.takeVideo(
    facts,
    places.map((place) => {
      const path = pathOf(place, mounts);
      return { path: path ?? shownPlace(place), present: path !== undefined, modifiedMs: place.modifiedMs };
    }),
  );
}

async function pullPass(
  { hub, store, contentHash, part = {}, forJob = false }: Pull,
  video: HubVideo,
  head: VideoHead,
  pass: PassHead,
  busy: boolean,
): Promise<void> {
  const own = head.passes.filter(({ extractor }) => extractor === pass.extractor);
  const whole = own.find(({ state }) => state === 'whole');
  const making = own.find(({ state }) => state === 'making');
  const kinds = pass.tracks
    .map(({ kind }) => kind)
    .filter((kind) => kind !== 'tokens' || part.tokens !== false);
  if (whole && passKey(whole) === passKey(pass) && hasAll(whole, kinds)) {
    if (pass.state === 'whole' && making && !busy) store.dropPart(making.id);
    if (pass.state === 'whole') store.markShared(whole.id === pass.id ? pass.tracks : whole.tracks);
    return;
  }
  if (making && busy) return;
  // What was begun here and the hub knows nothing of is made to its end here, unless somebody has made it already.
  if (making && making.id !== pass.id && pass.state === 'making' && !forJob) return;
  // Further than the hub, and nobody works on it any longer: what was never published is made anew.
  if (making?.id === pass.id && making.patches > pass.patches) store.dropPart(making.id);
  // The hub's whole one stays searched while another is being made beside it.
  if (pass.state === 'making' && whole && video.passes.some(({ id }) => id === whole.id)) {
    if (!store.isShared(whole.tracks[0].id)) return;
  }
  const taker = store.takePass(contentHash, pass, kinds);
  try {
    await takeSegments(hub, taker, pass, kinds.includes('tokens'));
    if (taker.patches < pass.patches) return;
    if (pass.state !== 'whole') {
      store.markShared(pass.tracks);
      return;
    }
    const { rows } = await hub.run((db) => segmentsOf(db, pass.id, ['stills'], 0));
    taker.complete(rows.flatMap(({ data }) => unpackStills(data)));
    store.markShared(pass.tracks);
  } finally {
    taker.close();
  }
}

function hasAll(pass: PassHead, kinds: readonly string[]): boolean {
  return kinds.every((kind) => pass.tracks.some((track) => track.kind === kind));
}

async function takeSegments(hub: Hub, taker: PassTaker, pass: PassHead, withTokens: boolean): Promise<void> {
  while (taker.patches < pass.patches) {
    const parts = withTokens ? ['patches', 'tokens'] : ['patches'];
    const { rows } = await hub.run((db) =>
      segmentsOf(db, pass.id, parts, taker.patches, segmentsTogether * parts.length),
    );
    const patches = rows.filter(({ part }) => part === 'patches');
    if (patches.length === 0) return;
    for (const { first, data } of patches) {
      const tokens = rows.find((row) => row.part === 'tokens' && row.first === first)?.data;
      if (withTokens && !tokens) return;
      taker.append(unpackPatches(data), tokens);
    }
  }
}

async function pullTrack(
  { hub, store, contentHash, forJob }: Pull,
  head: VideoHead,
  track: HubTrack,
  busy: boolean,
): Promise<void> {
  const own = head.tracks.filter(
    ({ kind, extractor }) => kind === track.kind && extractor === track.extractor,
  );
  const whole = own.find(({ state }) => state === 'whole');
  const making = own.find(({ state }) => state === 'making');
  if (whole && keyOf(whole) === keyOf(track)) {
    if (track.state === 'whole') store.markShared(whole.id === track.id ? [track] : [whole]);
    return;
  }
  if (making && (busy || (track.state === 'making' && making.id !== track.id && !forJob))) return;
  if (making?.id === track.id && isSameTrack(making, track)) return;
  if (whole && track.state === 'making' && busy) return;
  if (making && track.state === 'whole') store.dropPart(making.id);
  const { rows } = await hub.run((db) => segmentsOf(db, track.id, ['lines', 'series'], 0));
  store.takeTrack(contentHash, track, {
    lines: rows.filter(({ part }) => part === 'lines').flatMap(({ data }) => unpackLines(data)),
    series: rows.filter(({ part }) => part === 'series').flatMap(({ data }) => unpackSeries(data)),
  });
  store.markShared([track]);
}

function isSameTrack(a: TrackHead, b: TrackHead): boolean {
  return a.state === b.state && a.items === b.items && a.reachedSec === b.reachedSec;
}

function segmentsOf(db: HubDatabase, owner: string, parts: readonly string[], from: number, most = 1000) {
  return sql<{ part: string; first: number; data: Buffer }>`
    SELECT part, first, data FROM longview.segments
    WHERE owner = ${owner} AND part = ANY(${parts}) AND first >= ${from} ORDER BY first, part LIMIT ${most}`.execute(
    db,
  );
}
