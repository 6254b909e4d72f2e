import { preferences } from './preferences.svelte.ts';

/** More than a glance takes in are no help. */
const most = 8;

/** A list of what was looked for, with the newest first and each once, whatever its case. */
export function withNewest(list: readonly string[], query: string): string[] {
  const words = query.trim();
  if (words === '') return [...list];
  return [words, ...list.filter((one) => one.toLowerCase() !== words.toLowerCase())].slice(0, most);
}

/** Keeps what somebody looked for, once they did something with what was found. */
export function keepSearch(query: string): void {
  preferences.recent = withNewest(preferences.recent, query);
}
