import { language } from './index.svelte.ts';
import { inWindow } from './remedies.ts';
import { zhErrors } from './zh-errors.ts';
import type { Shown } from '../state/failure.ts';

/**
 * An error in the language in use. The engine speaks English and names the file or value that is wrong; in another
 * language its code gives the sentence, and what the engine names stays beneath as the detail.
 */
export function explain(error: Shown): { message: string; remedy: string; detail?: string } {
  const translated = language() === 'zh' ? zhErrors[error.code] : undefined;
  if (!translated) return { message: error.message, remedy: inWindow(error) };
  return { ...translated, detail: named(error) };
}

/** What the engine's sentence is about: the names and values that it quotes; of one that quotes none, the sentence. */
function named({ message }: Shown): string {
  const quoted = [...message.matchAll(/"((?:[^"\\]|\\.)+)"/g)].map(([, text]) =>
    text.replace(/\\(.)/g, '$1'),
  );
  return quoted.length > 0 ? quoted.join('，') : message;
}
