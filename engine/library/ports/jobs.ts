import type { ErrorData } from '../../protocol/errors.ts';
import type { Job, JobSettings, JobState } from '../types.ts';

/** A request as it is kept: what was asked for, and whether somebody works on it. */
export interface KeptRequest {
  /** As it was given, with every setting. */
  request: unknown;
  paused: boolean;
  /** It was being worked on. */
  running: boolean;
}

/** The right to index a content; goes when its process goes, or when nobody renews it. */
export interface Claim {
  release(): void;
}

/**
 * The queue. Whoever works on something holds it for a while and says so again and again: what a dead process held is
 * free at once on this machine, and a minute later elsewhere.
 */
export interface JobsPort {
  /** Puts files at the end of the queue; those that are in it stay where they are and start afresh. */
  enqueue(paths: readonly string[], settings: JobSettings): void;
  setJob(path: string, state: JobState, error?: ErrorData): void;
  /** Notes which batch of frames is in the decoder or the encoder, in seconds; undefined where none is. */
  jobAt(path: string, at: number | undefined): void;
  /** Takes files off the queue. */
  endJobs(paths: readonly string[]): void;
  jobs(): Job[];
  /** Takes the right to index a content; undefined where another living process has it. */
  claim(contentHash: string): Claim | undefined;
  /** Contents that some living process is indexing. */
  claimed(): string[];
  /** Deletes what dead processes left behind, and frees what they held. What living ones hold is left alone. */
  cleanUp(): void;
  /** The requests that wait or run and that no other living process holds, in order. */
  requests(): KeptRequest[];
  /** Keeps these requests instead of those that this process held or nobody holds. */
  keepRequests(requests: readonly KeptRequest[]): void;
  /** Holds one request for as long as it is worked on; what a killed process held is listed by `requests`. */
  holdRequest(request: unknown): { end(): void };
}
