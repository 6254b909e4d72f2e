import type { FindRequest } from '../../../engine/protocol/requests.ts';
import type { Moment } from '../../../engine/protocol/results.ts';

/** Recorded in the last so many days, or before the last year. */
export const ages = ['7', '30', '365', 'older'] as const;
/** Lengths of whole videos. */
export const lengths = ['short', 'middle', 'long'] as const;

/** What narrows a search over the library; empty: nothing does. */
export interface Filters {
  folder: string;
  source: Moment['source'] | '';
  age: (typeof ages)[number] | '';
  length: (typeof lengths)[number] | '';
}

/** Nothing narrowed. */
export const everything: Filters = { folder: '', source: '', age: '', length: '' };

/** Whether two narrow alike. */
export function sameFilters(a: Filters, b: Filters): boolean {
  return (Object.keys(everything) as (keyof Filters)[]).every((name) => a[name] === b[name]);
}

/** Seconds at which a video is no longer short, and at which it is long. */
const fourMinutes = 240;
const twentyMinutes = 1200;

const bySeconds: Record<Filters['length'], Pick<FindRequest, 'minSeconds' | 'maxSeconds'>> = {
  '': {},
  short: { maxSeconds: fourMinutes },
  middle: { minSeconds: fourMinutes, maxSeconds: twentyMinutes },
  long: { minSeconds: twentyMinutes },
};

/** The filters as `find` takes them. @param now what "the last days" are counted from */
export function asRequest(
  { folder, source, age, length }: Filters,
  now: Date,
): Partial<Omit<FindRequest, 'like'>> {
  return {
    ...(folder === '' ? {} : { folders: [folder] }),
    ...(source === '' ? {} : { sources: [source] }),
    ...recorded(age, now),
    ...bySeconds[length],
  };
}

function recorded(age: Filters['age'], now: Date): Pick<FindRequest, 'after' | 'before'> {
  if (age === '') return {};
  return age === 'older' ? { before: daysAgo(now, 365) } : { after: daysAgo(now, Number(age)) };
}

function daysAgo(now: Date, days: number): string {
  const day = new Date(now);
  day.setDate(day.getDate() - days);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
