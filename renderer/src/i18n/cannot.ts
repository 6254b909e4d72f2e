import type { Catalogue } from './en.ts';
import type { Cannot } from '../../../engine/protocol/results.ts';

/** Why there is no answer, in a language's words. @param language the language to name languages in */
export function cannotPhrase(
  { code, thing = '', languages = [] }: Cannot,
  words: Catalogue,
  language: string,
): string {
  switch (code) {
    case 'language': {
      const names = new Intl.DisplayNames([language], { type: 'language' });
      return words['cannot.language'](languages.map((one) => names.of(one) ?? one).join(', '));
    }
    case 'unknown-thing':
    case 'unclear-footage':
    case 'class-only':
      return words[`cannot.${code}`](thing);
    default:
      return words[`cannot.${code}`];
  }
}
