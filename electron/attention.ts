import type { Activity, Job } from '../engine/protocol/wire.ts';
import type { PowerMode } from '../engine/protocol/desktop.ts';
import type { ElectronApi } from './api.ts';
import type { Words } from './words.ts';

/** An index that took less is over before one looks away. */
const longMs = 60_000;

/** What the shell shows and does while it is indexed. */
export interface AttentionOptions {
  electron: Pick<ElectronApi, 'Notification' | 'powerMonitor' | 'powerSaveBlocker'>;
  /** On the dock's or the task bar's icon: 0 to 1, or -1 for nothing. */
  showProgress(fraction: number): void;
  /** Whether a person is looking at the window. */
  isWatched(): boolean;
  /** Brings the window to the front. */
  show(): void;
  setPowerMode(powerMode: PowerMode): void;
  words(): Words;
  now?: () => number;
}

/** Follows the queue: progress on the icon, no sleep while it works, word when it is done, low power on battery. */
export interface Attention {
  follow(activity: Activity): void;
  /** The engine is gone; nothing is being done. */
  idle(): void;
}

/** See {@link Attention}. */
export function createAttention(options: AttentionOptions): Attention {
  const { electron, now = () => performance.now() } = options;
  const begun = new Map<number, number>();
  let battery = electron.powerMonitor.isOnBatteryPower();
  let working = false;
  let blocker: number | undefined;

  const keepAwake = () => {
    // On battery the machine may sleep: indexing goes on where it stopped.
    const wanted = working && !battery;
    if (wanted && blocker === undefined) blocker = electron.powerSaveBlocker.start('prevent-app-suspension');
    if (!wanted && blocker !== undefined) {
      electron.powerSaveBlocker.stop(blocker);
      blocker = undefined;
    }
  };
  const onPower = (onBattery: boolean) => {
    battery = onBattery;
    options.setPowerMode(onBattery ? 'low' : 'full');
    keepAwake();
  };
  electron.powerMonitor.on('on-battery', () => onPower(true));
  electron.powerMonitor.on('on-ac', () => onPower(false));
  if (battery) options.setPowerMode('low');

  const tellEnd = (job: Job) => {
    const start = begun.get(job.id);
    begun.delete(job.id);
    if (start === undefined || now() - start < longMs || options.isWatched() || !job.result) return;
    const failed = job.result.videos.filter(({ status }) => status === 'failed').length;
    const words = options.words();
    const notification = new electron.Notification({
      title: words.indexedTitle,
      body: words.indexed(job.result.videos.length - failed, failed),
    });
    notification.on('click', () => options.show());
    notification.show();
  };
  const show = (job: Job | undefined) => {
    working = job !== undefined;
    options.showProgress(job ? (job.progress?.fraction ?? 0) : -1);
    keepAwake();
  };

  return {
    follow({ jobs }) {
      for (const job of jobs) {
        if (job.state === 'running' && !begun.has(job.id)) begun.set(job.id, now());
        if (job.state === 'done' || job.state === 'failed') tellEnd(job);
        if (job.state === 'cancelled') begun.delete(job.id);
      }
      show(jobs.find(({ state }) => state === 'running'));
    },
    idle: () => show(undefined),
  };
}
