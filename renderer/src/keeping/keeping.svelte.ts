import type { RequestOf } from '../../../engine/protocol/wire.ts';

/** What the dialog is open for: moments that are to be kept, or kept ones that are to be changed. */
export type ToKeep =
  { moments: RequestOf<'keep'>['moments'] } | { numbers: number[]; note: string; bin: number | undefined };

let current = $state.raw<ToKeep | undefined>();

/** What the dialog for keeping is open for; undefined where it is closed. */
export function toKeep(): ToKeep | undefined {
  return current;
}

/** Opens the dialog; without anything, closes it. */
export function keepMoments(what?: ToKeep): void {
  const count = what && ('moments' in what ? what.moments.length : what.numbers.length);
  current = count ? what : undefined;
}
