import { hasDropFrame, type FrameRate } from './rate.ts';

/** How frames are numbered: at what rate, and whether minutes skip numbers to keep pace with the clock. */
export interface Counting {
  rate: FrameRate;
  /** Only at 29.97 and 59.94. */
  dropFrame: boolean;
}

/** Numbers left out at the start of each minute that is no multiple of ten: 2 at 29.97, 4 at 59.94 (SMPTE ST 12-1). */
function dropped({ rate, dropFrame }: Counting): number {
  return dropFrame && hasDropFrame(rate) ? rate.timebase / 15 : 0;
}

/** How many frames have a timecode of their own; it begins anew after 24 hours, as clocks do. */
export function framesOfDay(counting: Counting): number {
  return counting.rate.timebase * 86_400 - dropped(counting) * 9 * 144;
}

/** "01:00:00:00", drop-frame "01:00:00;00"; after 23:59:59 comes 00:00:00. */
export function formatTimecode(count: number, counting: Counting): string {
  const { timebase } = counting.rate;
  const day = framesOfDay(counting);
  const frame = ((count % day) + day) % day;
  const drop = dropped(counting);
  const perMinute = timebase * 60 - drop;
  const perTenMinutes = timebase * 600 - drop * 9;
  const tens = Math.floor(frame / perTenMinutes);
  const rest = frame % perTenMinutes;
  // The first minute of ten is a full one.
  const minutes = rest < timebase * 60 ? 0 : 1 + Math.floor((rest - timebase * 60) / perMinute);
  const number = frame + drop * (9 * tens + minutes);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const seconds = Math.floor(number / timebase);
  const clock = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(two).join(':');
  return `${clock}${drop > 0 ? ';' : ':'}${two(number % timebase)}`;
}

/**
 * The frame that a timecode numbers. Whether it is drop-frame is told by `counting`, not by its punctuation.
 * @returns undefined for what is no timecode, or names a number that is left out or does not exist at this rate.
 */
export function parseTimecode(text: string, counting: Counting): number | undefined {
  const match = /^(\d{2,}):([0-5]\d):([0-5]\d)[:;.](\d{2,})$/.exec(text.trim());
  if (!match) return undefined;
  const [hours, minute, second, frame] = match.slice(1).map(Number);
  const { timebase } = counting.rate;
  const drop = dropped(counting);
  if (frame >= timebase || (second === 0 && minute % 10 !== 0 && frame < drop)) return undefined;
  const minutes = hours * 60 + minute;
  return (minutes * 60 + second) * timebase + frame - drop * (minutes - Math.floor(minutes / 10));
}
