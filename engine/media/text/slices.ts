import { setImmediate as turn } from 'node:timers/promises';
import { throwIfCancelled } from '../../protocol/errors.ts';

/** A parser works in slices: it hands back after so many lines, so that the thread can serve others in between. */
export type Slices<T> = Generator<undefined, T>;

/** Runs a sliced computation to its end, giving way after each slice. */
export async function inSlices<T>(slices: Slices<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const step = slices.next();
    if (step.done) return step.value;
    await turn();
    throwIfCancelled(signal);
  }
}
