import { LongviewError } from '../protocol/errors.ts';

/** After these what was made is kept: it is sound, and another try can go on with it. */
const resumable: readonly string[] = [
  'cancelled',
  'disk-full',
  'disk-failed',
  'library-locked',
  'file-truncated',
  'engine-stopped',
  'bad-bundle',
];

/** Whether what was made is kept after a failure; undefined is a cancellation, and a bug says nothing of the footage. */
export function keepsWhatIsMade(cause: unknown): boolean {
  return !(cause instanceof LongviewError) || resumable.includes(cause.code);
}
