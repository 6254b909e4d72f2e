import { language } from './index.svelte.ts';
import { inWindow } from './remedies.ts';
import { zhErrors } from './zh-errors.ts';
import type { Shown } from '../state/failure.ts';

/**
 * An error in the language in use. The engine speaks English and names the file or value that is wrong; in another
 * language its code gives the sentence, and the engine's own words stay beneath as the detail.
 */
export function explain(error: Shown): { message: string; remedy: string; detail?: string } {
  const translated = language() === 'zh' ? zhErrors[error.code] : undefined;
  if (!translated) return { message: error.message, remedy: inWindow(error) };
  return { message: translated.message, remedy: translated.remedy, detail: error.message };
}
