import { t } from '../i18n/index.svelte.ts';
import type { Gamma } from '../state/asking.svelte.ts';

/** A scaling factor as it is shown: "1.50×", or what is done with several. */
export function gammaText(gamma: Gamma): string {
  if (gamma === 'auto') return t('ask.auto');
  if (gamma === 'compare') return t('ask.compare');
  return `${gamma.toFixed(2)}×`;
}
