import { exactClock, percent } from '../format.ts';
import { language } from './index.svelte.ts';
import { zhReason } from './zh-reasons.ts';
import type { Why } from '../../../engine/protocol/reasons.ts';

/** Why a moment was found, in the language in use. The engine's own sentence is English. */
export function why(found: { reason: string; why?: Why[] | undefined }): string {
  if (language() !== 'zh' || !found.why || found.why.length === 0) return found.reason;
  return found.why.map((one) => zhReason(one, { clock: exactClock, percent })).join('；');
}
