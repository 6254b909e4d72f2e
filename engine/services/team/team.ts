import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import {
  addPerson,
  backUpHub,
  examineHub,
  follow,
  type Followed,
  followOnce,
  HubQueue,
  hubStatus,
  listPeople,
  personOf,
  placeOf,
  placeVideo,
  removePerson,
  restoreHub,
  shownPlace,
  work,
  type ExtractorGroup,
  type TakenJob,
  type WorkerEvent,
} from '../../hub/index.ts';
import { factsOf } from '../../indexing/facts.ts';
import {
  badArgument,
  type ErrorData,
  LongviewError,
  quote,
  throwIfCancelled,
} from '../../protocol/errors.ts';
import { parseRequest } from '../../protocol/requests.ts';
import type { IndexResult } from '../../protocol/results.ts';
import {
  hubAddRequestSchema,
  hubFollowRequestSchema,
  hubInitRequestSchema,
  hubRequestSchema,
  workerRequestSchema,
  type HubAddedFile,
  type HubSyncResult,
  type TeamTools,
  type WorkerNews,
} from '../../protocol/team.ts';
import type { Context } from '../context.ts';
import type { IndexingService } from '../indexing.ts';
import { followDeps, followSettings, withHub } from './following.ts';
import { hubSetting } from './setting.ts';

/** In the settings of a library that a worker made for itself. */
const workerSetting = 'hub/worker';
/** The extractors of each kind of work; further frame encoders come with the pictures. */
const extractorsOf: Record<ExtractorGroup, readonly string[]> = {
  pictures: ['captions', 'frames', 'loudness'],
  speech: ['speech'],
  text: ['screen-text'],
};

/** See {@link TeamTools}. */
export class Team implements TeamTools {
  readonly #context: Context;
  readonly #indexing: Pick<IndexingService, 'indexOnly'>;

  constructor(context: Context, indexing: Pick<IndexingService, 'indexOnly'>) {
    this.#context = context;
    this.#indexing = indexing;
  }

  init: TeamTools['init'] = (request) => {
    const { url, takeoverSec } = parseRequest(hubInitRequestSchema, request);
    return withHub(url, async (hub) => {
      const steps = await hub.migrate();
      if (takeoverSec !== undefined) await hub.setLease(takeoverSec);
      const { format, leaseMs } = await hub.facts();
      return { url, steps, format, takeoverSec: leaseMs / 1000 };
    });
  };

  status: TeamTools['status'] = (request) => withHub(parseRequest(hubRequestSchema, request).url, hubStatus);

  doctor: TeamTools['doctor'] = (request) => {
    const { url, roots = {} } = parseRequest(hubRequestSchema, request);
    return withHub(url, async (hub) => ({ checks: await examineHub(hub, roots) }));
  };

  people: TeamTools['people'] = ({ url }) => withHub(url, listPeople);

  addPerson: TeamTools['addPerson'] = ({ url, name, role }) =>
    withHub(url, async (hub) => ({ name, token: await addPerson(hub, name, role) }));

  removePerson: TeamTools['removePerson'] = ({ url, name }) =>
    withHub(url, async (hub) => ({ removed: await removePerson(hub, name) }));

  personOf: TeamTools['personOf'] = ({ url, token }) => withHub(url, (hub) => personOf(hub, token));

  retry: TeamTools['retry'] = ({ url }) =>
    withHub(url, async (hub) => ({ jobs: await new HubQueue(hub).retry() }));

  backup: TeamTools['backup'] = ({ url, file }) => withHub(url, (hub) => backUpHub(hub, file));

  restore: TeamTools['restore'] = ({ url, file }) =>
    withHub(url, async (hub) => {
      await restoreHub(hub, file);
      return hubStatus(hub);
    });

  add: TeamTools['add'] = (request, options = {}) => {
    const {
      url,
      roots,
      paths,
      extractors = ['pictures'],
      priority,
      force,
    } = parseRequest(hubAddRequestSchema, request);
    const { media } = this.#context;
    return this.#context.run(options, (signal) =>
      withHub(url, async (hub) => {
        await hub.facts();
        const queue = new HubQueue(hub);
        const { fingerprint: version } = await this.#context.active.bundle();
        const found = await media.findVideos(paths, { signal });
        const files: HubAddedFile[] = found.errors.map(({ path, error }) => ({
          ...{ path, place: null, jobs: 0 },
          error: error.toData(),
        }));
        for (const path of found.files) {
          throwIfCancelled(signal);
          const place = placeOf(path, roots);
          if (!place) {
            files.push({ path, place: null, jobs: 0, error: inNoRoot(path).toData() });
            continue;
          }
          try {
            const contentHash = await media.contentId(path, { signal });
            const info = await media.probe(path, { signal });
            await placeVideo(hub, factsOf(contentHash, info), place, (await stat(path)).mtimeMs);
            const jobs = await queue.addUndone(contentHash, extractors, {
              ...{ version, force: force === true },
              ...(priority === undefined ? {} : { priority }),
            });
            files.push({ path, place: shownPlace(place), jobs });
          } catch (error) {
            throwIfCancelled(signal);
            if (!(error instanceof LongviewError)) throw error;
            files.push({ path, place: shownPlace(place), jobs: 0, error: error.toData() });
          }
        }
        return { files };
      }),
    );
  };

  follow: TeamTools['follow'] = async (request, options = {}) => {
    const settings = parseRequest(hubFollowRequestSchema, request);
    const store = this.#context.store();
    await withHub(settings.url, (hub) => hub.facts());
    store.setSetting(hubSetting, settings);
    // Another part, or other mounts: everything is looked at once.
    store.setSetting('hub/position', undefined);
    return this.sync(options);
  };

  sync: TeamTools['sync'] = (options = {}) =>
    this.#context.run(options, (signal) => {
      const store = this.#context.store();
      const settings = followSettings(store);
      return withHub(settings.url, async (hub) =>
        this.#synced(await followOnce(followDeps(hub, store, settings), signal)),
      );
    });

  keepFollowing: TeamTools['keepFollowing'] = ({ signal, onRound }) =>
    this.#context.run({ signal }, async (ended) => {
      const store = this.#context.store();
      const settings = followSettings(store);
      await withHub(settings.url, (hub) =>
        follow(followDeps(hub, store, settings), ended, (round) => {
          if (!(round instanceof Error)) onRound?.(this.#synced(round));
          else if (round instanceof LongviewError) onRound?.(round.toData());
          else throw round;
        }),
      );
    });

  #synced({ pulled, pushed, compared }: Followed): HubSyncResult {
    return { pulled, pushed, compared, videos: this.#context.store().videos().length };
  }

  leave: TeamTools['leave'] = async () => {
    const store = this.#context.store();
    for (const name of [hubSetting, 'hub/position']) store.setSetting(name, undefined);
    store.forgetShared();
  };

  share: TeamTools['share'] = async ({ number }) => {
    const store = this.#context.store();
    followSettings(store);
    const row = store.answerRow(number);
    if (!row) throw badArgument('the answer', 'a number of "longview history"', number);
    store.tellHub('answer', row.contentHash, row);
    await this.sync();
  };

  work: TeamTools['work'] = async (request, { signal, onNews }) => {
    const { url, roots, extractors, name, untilEmpty } = parseRequest(workerRequestSchema, request);
    if (Object.keys(roots).length === 0)
      throw badArgument('--root', 'at least one root, as footage=/mnt/footage', undefined);
    const store = this.#context.store();
    if (store.setting(workerSetting) === undefined && store.videoCount() > 0)
      throw new LongviewError(
        'bad-argument',
        `The library in ${quote(store.folder)} is a person's.`,
        'Give --library with a folder of its own for the worker: it keeps there what it is making.',
      );
    store.setSetting(workerSetting, true);
    const groups = extractors ?? (await this.#groupsHere());
    const who = name ?? `${hostname()}-${randomBytes(2).toString('hex')}`;
    await this.#context.run({ signal }, (ended) =>
      withHub(
        url,
        async (hub) =>
          work(
            {
              ...{ hub, store, mounts: roots },
              skills: {
                extractors: groups,
                roots: Object.keys(roots),
                versions: [(await this.#context.active.bundle()).fingerprint],
              },
              index: (path, job, stop) => this.#make(path, job, stop),
              onEvent: (event) => onNews?.(newsOf(event)),
              ...(untilEmpty && { untilEmpty }),
            },
            ended,
          ),
        who,
      ),
    );
  };

  /** What this machine can make: speech where a model for it was chosen. */
  async #groupsHere(): Promise<ExtractorGroup[]> {
    const hears = this.#context.hearing.chosen !== undefined;
    return ['pictures', ...(hears ? (['speech'] as const) : []), 'text'];
  }

  async #make(path: string, job: TakenJob, signal: AbortSignal): Promise<ErrorData | undefined> {
    const { fps, force } = job.options;
    const asked = job.extractors === 'pictures' ? {} : { with: [job.extractors] };
    const { videos }: IndexResult = await this.#indexing.indexOnly(
      {
        paths: [path],
        ...asked,
        ...(fps === undefined ? {} : { fps }),
        ...(force && isNew(job) && { force }),
      },
      extractorsOf[job.extractors],
      { signal },
    );
    const [row] = videos;
    return row?.error ?? row?.problems?.find(({ extractor }) => extractor !== 'captions')?.error;
  }
}

/** To do something anew means to begin anew once, not each time that it is gone on with. */
function isNew({ reached }: TakenJob): boolean {
  return reached === 0;
}

function newsOf(event: WorkerEvent): WorkerNews {
  if (!('job' in event)) return { event: event.event };
  const { job } = event;
  const [place] = job.places;
  return {
    ...{ event: event.event, extractors: job.extractors, ...(place && { place: shownPlace(place) }) },
    ...(event.event === 'took' && { fromSec: event.fromSec }),
    ...(event.event === 'ended' && { how: event.how, ...(event.error && { error: event.error }) }),
  };
}

function inNoRoot(path: string): LongviewError {
  return new LongviewError(
    'root-not-mounted',
    `${quote(path)} lies in none of the roots.`,
    'Give --root with a name and the folder above it, as footage=/mnt/footage.',
    { details: { path } },
  );
}
