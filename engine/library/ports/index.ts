import type { AnswersPort } from './answers.ts';
import type { BackupPort } from './backup.ts';
import type { ExchangePort } from './exchange.ts';
import type { FootagePort } from './footage.ts';
import type { HealthPort } from './health.ts';
import type { JobsPort } from './jobs.ts';
import type { KeepingPort } from './keeping.ts';
import type { SettingsPort } from './settings.ts';
import type { TextsPort } from './texts.ts';
import type { TracksPort } from './tracks.ts';

export type { AnswersPort } from './answers.ts';
export type * from './exchange.ts';
export type { FootagePort } from './footage.ts';
export type { BackupFacts, BackupPort } from './backup.ts';
export type { HealthPort, LibraryFault } from './health.ts';
export type { Claim, JobsPort, KeptRequest } from './jobs.ts';
export type { Bin, KeepingPort, KeptChange, KeptStretch, StoredKept } from './keeping.ts';
export type { SettingsPort } from './settings.ts';
export type { TextsPort } from './texts.ts';
export type { FrameTracksPort, PassTracks, PassWriter, TracksPort } from './tracks.ts';

/**
 * The library: synchronous (SQLite and local files), safe to use from several processes at once. Every method may
 * throw LongviewError `library-damaged`, `library-locked`, `disk-full`, `permission-denied` or `disk-failed`.
 * Video ids may be given as `videoFor` takes them only where it says so. Whoever needs a part of it names that port.
 */
export interface Store
  extends
    FootagePort,
    TracksPort,
    TextsPort,
    AnswersPort,
    JobsPort,
    SettingsPort,
    KeepingPort,
    HealthPort,
    BackupPort,
    ExchangePort {
  close(): void;
}
