import { z } from 'zod';
import { indexRequestSchema } from './requests.ts';

/** A job of the host's queue, as it is kept in the library between two starts. */
export const keptJobSchema = z.object({
  request: indexRequestSchema,
  /** A person stopped it for now. */
  paused: z.boolean(),
  /** It was being worked on. */
  running: z.boolean(),
});

/** Parsed {@link keptJobSchema}. */
export type KeptJob = z.infer<typeof keptJobSchema>;

/** Remembers a host's queue where it outlives the process: a crash loses no job, not even one that never began. */
export interface QueueMemory {
  /** The jobs that were kept last, in order. */
  keptQueue(): Promise<KeptJob[]>;
  /** Keeps these instead; written before the call returns. */
  keepQueue(jobs: readonly KeptJob[]): Promise<void>;
}
