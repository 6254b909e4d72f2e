import type { OnProgress } from '../protocol/progress.ts';

/** Keeps account of how far indexing is and how fast it goes. */
export interface ProgressEstimate {
  /** A file begins, with its share of the work. */
  begin(path: string, weight: number): void;
  /** So many of the file's seconds have been looked at; `from` were there before (an interrupted index). */
  reached(seconds: number, from: number, durationSec: number): void;
  /** So many of the files that wait can be seen in the library. */
  listed(count: number): void;
  /** The file is done, or given up. */
  end(): void;
}

/**
 * Tells progress. Files weigh as much as they have bytes, since lengths are only known once a file is opened.
 * @param totalWeight of all the files
 * @param now milliseconds, for tests
 */
export function createProgressEstimate(
  totalWeight: number,
  onProgress: OnProgress | undefined,
  now: () => number = () => performance.now(),
): ProgressEstimate {
  const started = now();
  let done = 0;
  /** Weight that was worked off in this call: what an interrupted index had done took no time now. */
  let worked = 0;
  let listed = 0;
  let speed: number | undefined;
  let file = { path: '', weight: 0, started, skipped: 0, share: 0 };

  const tell = (realtimeFactor: number | undefined) => {
    const fraction = totalWeight > 0 ? Math.min(1, (done + file.weight * file.share) / totalWeight) : 1;
    const workedNow = worked + file.weight * Math.max(0, file.share - file.skipped);
    const left = totalWeight * (1 - fraction);
    speed = realtimeFactor;
    onProgress?.({
      stage: 'indexing',
      fraction,
      subject: file.path,
      ...(realtimeFactor === undefined ? {} : { realtimeFactor }),
      ...(listed > 0 ? { listed } : {}),
      ...(workedNow > 0 ? { secondsLeft: (((now() - started) / 1000) * left) / workedNow } : {}),
    });
  };

  return {
    begin(path, weight) {
      file = { path, weight, started: now(), skipped: 0, share: 0 };
      tell(undefined);
    },
    reached(seconds, from, durationSec) {
      const length = Math.max(durationSec, seconds);
      file.share = length > 0 ? seconds / length : 0;
      file.skipped = length > 0 ? from / length : 0;
      const elapsed = (now() - file.started) / 1000;
      tell(elapsed > 0 ? (seconds - from) / elapsed : undefined);
    },
    listed(count) {
      listed = count;
      tell(speed);
    },
    end() {
      worked += file.weight * (1 - file.skipped);
      done += file.weight;
      file = { ...file, weight: 0 };
      tell(undefined);
    },
  };
}
