import { en } from './en.ts';
import { zh } from './zh.ts';
import { preferences } from '../state/preferences.svelte.ts';
import type { Catalogue, Key } from './en.ts';

/** The languages by their own names. */
export const languageNames = { en: 'English', zh: '简体中文' } as const;

/** One of {@link languageNames}. */
export type Language = keyof typeof languageNames;

const catalogues: Record<Language, Catalogue> = { en, zh };

/** The language in use: the chosen one, or the system's. */
export function language(): Language {
  if (preferences.language !== 'system') return preferences.language;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** The messages of the language in use. */
export function catalogue(): Catalogue {
  return catalogues[language()];
}

type Arguments<K extends Key> = Catalogue[K] extends (...values: infer A) => string ? A : [];

/** A message in the language in use. */
export function t<K extends Key>(key: K, ...values: Arguments<K>): string {
  const message = catalogue()[key] as string | ((...values: unknown[]) => string);
  return typeof message === 'string' ? message : message(...values);
}
