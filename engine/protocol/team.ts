import { z } from 'zod';
import type { ErrorData } from './errors.ts';
import type { CallOptions } from './engine.ts';

/** What people may do on a team's server; each may do what those before it may. */
export const teamRoles = ['see', 'ask', 'add', 'administer'] as const;
/** One of {@link teamRoles}. */
export type TeamRole = (typeof teamRoles)[number];

/** A person who may use a team's server. */
export interface TeamPerson {
  name: string;
  role: TeamRole;
  madeAt: string;
  /** Null where the token still works. */
  withdrawnAt: string | null;
}

const url = z
  .string('an address as postgres://user@host/database')
  .regex(/^postgres(ql)?:\/\//, 'an address as postgres://user@host/database');
/** At least two characters: one would be a drive of Windows. */
const rootName = z.string().regex(/^[a-z0-9][a-z0-9._-]{1,31}$/, '2 to 32 of a-z, 0-9, . _ -');
const mount = z.string().regex(/^(?:\/|[a-z]:[\\/]|\\\\)/i, 'a folder from the root of a drive on');
const roots = z.record(rootName, mount);

/** Which hub, and where its roots are mounted here. */
export const hubRequestSchema = z.strictObject({ url, roots: roots.optional() });
/** `hub init`. */
export const hubInitRequestSchema = z.strictObject({
  url,
  /** Seconds after which a worker that isn't heard from loses its job. */
  takeoverSec: z.number('seconds from 1 to 3600').min(1).max(3600).optional(),
});
/** `hub follow`: which part of the hub this library holds. */
export const hubFollowRequestSchema = z.strictObject({
  url,
  roots: roots.optional(),
  /** Roots, or folders of them as `footage/lectures`. */
  only: z.array(z.string().min(1)).min(1).optional(),
  /** False: without visual tokens. */
  tokens: z.boolean().optional(),
});
/** `hub add`: files and folders in roots that are to be indexed by the workers. */
export const hubAddRequestSchema = z.strictObject({
  url,
  roots,
  paths: z.array(z.string().min(1)).min(1),
  extractors: z
    .array(z.enum(['pictures', 'speech', 'text']))
    .min(1)
    .optional(),
  priority: z.int().optional(),
  /** Index again what is indexed. */
  force: z.boolean().optional(),
});
/** `worker`. */
export const workerRequestSchema = z.strictObject({
  url,
  roots,
  extractors: z
    .array(z.enum(['pictures', 'speech', 'text'], 'pictures, speech or text'))
    .min(1)
    .optional(),
  /** As others see it; made of the machine's name where absent. */
  name: z.string().min(1).max(60).optional(),
  /** End when nothing is left to do. */
  untilEmpty: z.boolean().optional(),
});

/** What `hub init` did. */
export interface HubInitResult {
  url: string;
  /** Names of the steps that were taken; none where all was there. */
  steps: string[];
  format: number;
  takeoverSec: number;
}

/** How a hub is. */
export interface HubStatusResult {
  url: string;
  format: number;
  seq: number;
  server: string;
  videos: number;
  hours: number;
  /** Videos of which something is searched. */
  indexed: number;
  roots: { name: string; videos: number }[];
  jobs: Record<'waiting' | 'running' | 'done' | 'failed' | 'aside', number>;
  workers: { name: string; state: string; extractors: string[]; roots: string[]; heardSec: number }[];
  bytes: number;
  /** Bytes of segments by what they hold. */
  segments: Record<string, number>;
  /** Jobs that need somebody's eye. */
  troubles: { place: string | null; state: string; message: string; remedy: string }[];
}

/** One thing that `hub doctor` looked at. */
export interface HubCheck {
  name: string;
  ok: boolean;
  message: string;
  remedy?: string;
}

/** What following did. */
export interface HubSyncResult {
  pulled: number;
  pushed: number;
  compared: boolean;
  videos: number;
}

/** A file that `hub add` looked at. */
export interface HubAddedFile {
  path: string;
  /** Null where it lies in no root, or can't be read. */
  place: string | null;
  jobs: number;
  error?: ErrorData;
}

/** What a worker tells of, for people and for Prometheus. */
export interface WorkerNews {
  event: 'ready' | 'draining' | 'away' | 'back' | 'took' | 'published' | 'ended';
  place?: string;
  extractors?: string;
  /** How a job ended. */
  how?: string;
  fromSec?: number;
  error?: ErrorData;
}

/** A backup of a hub. */
export interface HubBackupResult {
  path: string;
  bytes: number;
  /** What wrote it. */
  by: 'pg_dump' | 'longview';
}

/** A team's hub: its administration, following it, and working for it. */
export interface TeamTools {
  init(request: z.infer<typeof hubInitRequestSchema>): Promise<HubInitResult>;
  status(request: z.infer<typeof hubRequestSchema>): Promise<HubStatusResult>;
  doctor(request: z.infer<typeof hubRequestSchema>): Promise<{ checks: HubCheck[] }>;
  people(request: { url: string }): Promise<TeamPerson[]>;
  addPerson(request: { url: string; name: string; role: TeamRole }): Promise<{ name: string; token: string }>;
  removePerson(request: { url: string; name: string }): Promise<{ removed: boolean }>;
  add(
    request: z.infer<typeof hubAddRequestSchema>,
    options?: CallOptions,
  ): Promise<{ files: HubAddedFile[] }>;
  retry(request: { url: string }): Promise<{ jobs: number }>;
  /** Follows a hub from now on; the first round takes place at once. */
  follow(request: z.infer<typeof hubFollowRequestSchema>, options?: CallOptions): Promise<HubSyncResult>;
  /** One round of following, as the library was set up. */
  sync(options?: CallOptions): Promise<HubSyncResult>;
  /** Follows until the signal is aborted; `onRound` is told after each round. */
  keepFollowing(options: {
    signal: AbortSignal;
    onRound?: (round: HubSyncResult | ErrorData) => void;
  }): Promise<void>;
  /** Follows no hub any longer; the library stays as it is. */
  leave(): Promise<void>;
  /** Shares an answer of the history with everybody. */
  share(request: { number: number }): Promise<void>;
  work(
    request: z.infer<typeof workerRequestSchema>,
    options: { signal: AbortSignal; onNews?: (news: WorkerNews) => void },
  ): Promise<void>;
  backup(request: { url: string; file: string }): Promise<HubBackupResult>;
  restore(request: { url: string; file: string }): Promise<HubStatusResult>;
  /** Whose token it is, for a server; undefined where it is nobody's. */
  personOf(request: { url: string; token: string }): Promise<{ name: string; role: TeamRole } | undefined>;
}
