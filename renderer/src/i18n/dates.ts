import { language } from './index.svelte.ts';

/** A point in time as its day and minute in the language in use. */
export function day(iso: string, length: 'long' | 'medium' = 'medium'): string {
  const locale = language() === 'zh' ? 'zh-CN' : 'en-GB';
  return new Intl.DateTimeFormat(locale, { dateStyle: length, timeStyle: 'short' }).format(new Date(iso));
}
