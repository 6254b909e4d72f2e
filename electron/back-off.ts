/** When to start again what ended by itself. */
export interface BackOff {
  /** Notes an end. @returns milliseconds to wait before the next start; undefined: it ended too often, give up. */
  ended(): number | undefined;
  /** Notes a start. */
  started(): void;
  /** Forgets all: a person asks for another try. */
  reset(): void;
}

/** How patiently to start again. */
export interface BackOffOptions {
  /** Waits before the first, second, … start in a row. As many ends in a row as there are waits are forgiven. */
  waitsMs: readonly number[];
  /** Having run so long, an end is not in a row with those before. */
  steadyMs: number;
  now?: () => number;
}

/** Waits longer after every end, and gives up after some in a row. */
export function createBackOff({ waitsMs, steadyMs, now = () => performance.now() }: BackOffOptions): BackOff {
  let ends = 0;
  let since: number | undefined;
  return {
    started() {
      since = now();
    },
    ended() {
      if (since !== undefined && now() - since >= steadyMs) ends = 0;
      since = undefined;
      return waitsMs[ends++];
    },
    reset() {
      ends = 0;
    },
  };
}
