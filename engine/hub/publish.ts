import { sql } from 'kysely';
import type { PassHead, Store, TrackHead, TrackKind } from '../library/index.ts';
import { type Hub, type HubTransaction, noteChange } from './connect.ts';
import { jobLost } from './errors.ts';
import { digestOf, hubHead, type HubTrack, type HubVideo, keyOf, passKey } from './heads.ts';
import { checkHeld, type HeldJob } from './held-job.ts';
import { type Mounts, placeOf } from './roots.ts';
import { packLines, packPatches, packSeries, packStills } from './segments.ts';

/** What is published. */
export interface Publication {
  hub: Hub;
  store: Store;
  contentHash: string;
  mounts: Mounts;
  /**
   * The job that this is the work of: then what is being made is published as it grows, and may take the place of what the
   * hub has. Without one only what is whole is published, where the hub has nothing.
   */
  job?: HeldJob;
}

/** Batches of the library that go together, some 8 MB with their visual tokens. */
const batchesTogether = 16;
/** Stills that go together. */
const stillsTogether = 200;

/**
 * Publishes what this library knows of a content and the hub doesn't, piece by piece, each in a transaction of its own: an
 * interruption leaves whole pieces, and the next time goes on after them. What was published by somebody else meanwhile
 * is never doubled: a piece is only stored where the hub has just what came before it.
 * @returns whether the hub has changed
 * @throws LongviewError `team-job-lost`, `team-hub-unreachable`, `team-hub-full`.
 */
export async function publish(publication: Publication): Promise<boolean> {
  const { hub, store, contentHash } = publication;
  const head = store.headOf(contentHash);
  if (!head) return false;
  const known = await hub.run((db) => hubHead(db, contentHash));
  const publisher = new Publisher(publication, known);
  const sections = [
    ...head.passes.map((pass) => () => publisher.pass(pass)),
    ...head.tracks.map((track) => () => publisher.track(track)),
  ];
  await publisher.video(head.facts);
  for (const section of sections) await section();
  return publisher.changed;
}

class Publisher {
  changed = false;
  readonly #hub: Hub;
  readonly #store: Store;
  readonly #content: string;
  readonly #mounts: Mounts;
  readonly #job: HeldJob | undefined;
  readonly #known: HubVideo | undefined;

  constructor({ hub, store, contentHash, mounts, job }: Publication, known: HubVideo | undefined) {
    this.#hub = hub;
    this.#store = store;
    this.#content = contentHash;
    this.#mounts = mounts;
    this.#job = job;
    this.#known = known;
  }

  /** The video itself and where it lies here. */
  async video(facts: NonNullable<ReturnType<Store['headOf']>>['facts']): Promise<void> {
    const stored = this.#store.videoByContent(this.#content);
    const places = (stored?.paths ?? []).flatMap((path) => placeOf(path, this.#mounts) ?? []);
    const isThere = ({ root, path }: { root: string; path: string }) =>
      this.#known?.places.some((place) => place.root === root && place.path === path);
    const fresh = places.filter((place) => !isThere(place));
    if (this.#known && fresh.length === 0 && this.#known.removedBy === undefined) return;
    await this.#hub.write(async (trx) => {
      await saveVideo(trx, facts);
      for (const place of fresh) await savePlace(trx, this.#content, place, undefined);
      await noteChange(trx, this.#hub.who, { what: 'placed', content: this.#content });
    });
    this.changed = true;
  }

  async pass(pass: PassHead): Promise<void> {
    const slot = this.#known?.passes.filter(({ extractor }) => extractor === pass.extractor) ?? [];
    const whole = slot.find(({ state }) => state === 'whole');
    // As good as ours, or the team's own choice.
    if (whole && (whole.id === pass.id || passKey(whole) === passKey(pass) || !this.#job))
      return this.#store.markShared(pass.tracks);
    if (pass.state === 'making' && !this.#job) return;
    const others = slot.filter(({ id }) => id !== pass.id && id !== whole?.id).map(({ id }) => id);
    const there = slot.find(({ id }) => id === pass.id);
    if (there && there.patches > pass.patches) throw jobLost(`the video ${this.#content.slice(0, 10)}`);
    if (!there)
      await this.#piece(async (trx) => {
        for (const other of others) await sql`DELETE FROM longview.passes WHERE id = ${other}`.execute(trx);
        await insertPass(trx, this.#hub.who, this.#content, pass);
      });
    let has = there?.patches ?? 0;
    const withTokens = pass.tracks.some(({ kind }) => kind === 'tokens');
    while (has < pass.patches) {
      const batches = this.#store
        .patchBatches(pass.id, has, batchesTogether)
        .filter(({ first, count }) => first + count <= pass.patches);
      if (batches.length === 0) break;
      // Somebody else's pieces lie otherwise: this pass has gone on in two places.
      if (batches[0].first !== has) throw jobLost(`the video ${this.#content.slice(0, 10)}`);
      const past = batches.at(-1)!.first + batches.at(-1)!.count;
      const tokens = withTokens ? this.#store.tokenBytes(pass.id, has, past) : undefined;
      // The cache may have been deleted: it is made again, or the job begins anew elsewhere.
      if (withTokens && !tokens) return;
      const from: number = has;
      const end = endOf(batches.at(-1)!.times);
      await this.#piece(async (trx) => {
        await this.#append(trx, pass, from, past);
        await segment(trx, { pass: pass.id }, 'patches', from, past - from, packPatches(batches));
        if (tokens) await segment(trx, { pass: pass.id }, 'tokens', from, past - from, tokens);
        await sql`UPDATE longview.tracks SET items = ${past}, reached = ${end},
          coverage = ${JSON.stringify([[0, end, pass.fps]])}::jsonb WHERE pass = ${pass.id}`.execute(trx);
        await this.#progress(trx, end);
      });
      has = past;
    }
    this.#store.markShared(pass.tracks.map(({ id, items }) => ({ id, items, state: 'making' })));
    if (pass.state === 'whole' && has === pass.patches) await this.#complete(pass);
  }

  async #complete(pass: PassHead): Promise<void> {
    const stills = this.#store.stillFiles(pass.id);
    await this.#piece(async (trx) => {
      for (let at = 0; at < stills.length; at += stillsTogether) {
        const some = stills.slice(at, at + stillsTogether);
        await segment(trx, { pass: pass.id }, 'stills', at, some.length, packStills(some));
      }
      await sql`DELETE FROM longview.passes WHERE content = ${this.#content} AND extractor = ${pass.extractor}
        AND state = 'whole' AND id <> ${pass.id}`.execute(trx);
      await sql`UPDATE longview.passes SET state = 'whole' WHERE id = ${pass.id}`.execute(trx);
      for (const track of pass.tracks)
        await sql`UPDATE longview.tracks SET state = 'whole', coverage = ${JSON.stringify(track.coverage)}::jsonb,
          reached = ${track.reachedSec}, completed_at = ${track.completedAt ?? null} WHERE id = ${track.id}`.execute(
          trx,
        );
    });
    this.#store.markShared(pass.tracks);
  }

  async track(track: TrackHead): Promise<void> {
    const slot = this.#known?.tracks.filter((other) => sameSlot(other, track)) ?? [];
    const whole = slot.find(({ state }) => state === 'whole');
    if (whole && (keyOf(whole) === keyOf(track) || !this.#job)) return this.#store.markShared([track]);
    if (track.state === 'making' && !this.#job) return;
    const there = slot.find(({ id }) => id === track.id);
    const lines = this.#store.trackLines(track.id);
    const series = this.#store.seriesBatches(track.id, 0);
    const digest = digestOf(lines);
    const isSame =
      there?.digest === digest &&
      there.items === track.items &&
      there.state === track.state &&
      there.reachedSec === track.reachedSec;
    if (!isSame)
      await this.#piece(async (trx) => {
        await sql`DELETE FROM longview.tracks WHERE content = ${this.#content} AND pass IS NULL
          AND kind = ${track.kind} AND extractor = ${track.extractor}
          AND (state = ${track.state} OR id = ${track.id} OR ${track.state} = 'whole')`.execute(trx);
        await insertTrack(trx, this.#hub.who, this.#content, track, { digest });
        const values = series.reduce((sum, { count }) => sum + count, 0);
        if (lines.length > 0)
          await segment(trx, { track: track.id }, 'lines', 0, lines.length, packLines(lines));
        if (series.length > 0)
          await segment(trx, { track: track.id }, 'series', 0, values, packSeries(series));
        await this.#progress(trx, track.reachedSec);
      });
    this.#store.markShared([track]);
  }

  /** One transaction of publishing: whoever lost its job stores nothing. */
  async #piece(work: (trx: HubTransaction) => Promise<void>): Promise<void> {
    const piece = this.#hub.write(async (trx) => {
      if (this.#job) await checkHeld(trx, this.#job);
      // One at a time for each video.
      const { rows } = await sql`SELECT 1 FROM longview.videos WHERE content = ${this.#content}
        AND removed_at IS NULL FOR UPDATE`.execute(trx);
      if (rows.length === 0) throw jobLost(`the video ${this.#content.slice(0, 10)}`);
      await work(trx);
      await noteChange(trx, this.#hub.who, { what: 'published', content: this.#content });
    });
    await piece.catch((error: unknown) => {
      // Two began the same at one moment.
      throw (error as { code?: unknown }).code === '23505'
        ? jobLost(`the video ${this.#content.slice(0, 10)}`)
        : error;
    });
    this.changed = true;
  }

  async #append(trx: HubTransaction, pass: PassHead, from: number, past: number): Promise<void> {
    const { numAffectedRows } = await sql`UPDATE longview.passes SET patches = ${past}
      WHERE id = ${pass.id} AND patches = ${from} AND state = 'making'`.execute(trx);
    if (numAffectedRows !== 1n) throw jobLost(`the video ${this.#content.slice(0, 10)}`);
  }

  /** How far the job has got. */
  async #progress(trx: HubTransaction, reached: number): Promise<void> {
    if (!this.#job) return;
    await sql`UPDATE longview.jobs SET reached = greatest(reached, ${reached})
      WHERE num = ${this.#job.num}`.execute(trx);
    await sql`UPDATE longview.shifts SET to_sec = greatest(to_sec, ${reached}) WHERE num = ${this.#job.shift}`.execute(
      trx,
    );
  }
}

function sameSlot(
  a: Pick<HubTrack, 'kind' | 'extractor'>,
  b: Pick<TrackHead, 'kind' | 'extractor'>,
): boolean {
  return a.kind === b.kind && a.extractor === b.extractor;
}

/** Where a batch ends, in seconds. */
function endOf(times: Uint8Array): number {
  return new Float64Array(new Uint8Array(times).buffer).at(-3)!;
}

/** Stores a video; one that was removed is there again. */
export async function saveVideo(
  trx: HubTransaction,
  facts: NonNullable<ReturnType<Store['headOf']>>['facts'],
): Promise<void> {
  await sql`INSERT INTO longview.videos (content, facts, duration_sec)
    VALUES (${facts.contentHash}, ${JSON.stringify(facts)}::jsonb, ${facts.durationSec})
    ON CONFLICT (content) DO UPDATE SET removed_at = NULL, removed_by = NULL`.execute(trx);
}

/** Notes that a content lies at a place; what lay there before no longer does. */
export async function savePlace(
  trx: HubTransaction,
  content: string,
  { root, path }: { root: string; path: string },
  modifiedMs: number | undefined,
): Promise<void> {
  await sql`INSERT INTO longview.roots (name) VALUES (${root}) ON CONFLICT DO NOTHING`.execute(trx);
  await sql`INSERT INTO longview.places (root, path, content, modified_ms)
    VALUES (${root}, ${path}, ${content}, ${modifiedMs ?? null})
    ON CONFLICT (root, path) DO UPDATE SET content = excluded.content, modified_ms = excluded.modified_ms,
      seen_at = now()`.execute(trx);
}

async function insertPass(trx: HubTransaction, who: string, content: string, pass: PassHead): Promise<void> {
  const { modelId, modelFingerprint, fps, grid, hiddenSize, embeddingSize } = pass;
  const settings = JSON.stringify({ modelId, modelFingerprint, fps, grid, hiddenSize, embeddingSize });
  await sql`INSERT INTO longview.passes (id, content, extractor, settings, state, made_by)
    VALUES (${pass.id}, ${content}, ${pass.extractor}, ${settings}::jsonb, 'making', ${who})`.execute(trx);
  for (const track of pass.tracks)
    await insertTrack(
      trx,
      who,
      content,
      { ...track, state: 'making', reachedSec: 0, items: 0 },
      { pass: pass.id },
    );
}

async function insertTrack(
  trx: HubTransaction,
  who: string,
  content: string,
  track: TrackHead,
  { pass, digest }: { pass?: string; digest?: string },
): Promise<void> {
  const kind: TrackKind = track.kind;
  await sql`INSERT INTO longview.tracks (id, content, pass, kind, extractor, version, settings, state, coverage, reached,
      items, started_at, completed_at, digest, made_by)
    VALUES (${track.id}, ${content}, ${pass ?? null}, ${kind}, ${track.extractor}, ${track.version},
      ${JSON.stringify(track.settings)}::jsonb, ${track.state}, ${JSON.stringify(track.coverage)}::jsonb,
      ${track.reachedSec}, ${track.items}, ${track.startedAt}, ${track.completedAt ?? null}, ${digest ?? null},
      ${who})`.execute(trx);
}

async function segment(
  trx: HubTransaction,
  owner: { pass?: string; track?: string },
  part: 'patches' | 'tokens' | 'stills' | 'lines' | 'series',
  first: number,
  count: number,
  data: Uint8Array,
): Promise<void> {
  await sql`INSERT INTO longview.segments (pass, track, part, first, count, data)
    VALUES (${owner.pass ?? null}, ${owner.track ?? null}, ${part}, ${first}, ${count},
      ${Buffer.from(data.buffer, data.byteOffset, data.byteLength)})`.execute(trx);
}
