import { catalogue } from './index.svelte.ts';
import { reasonDetail, reasonPhrase } from './reasons.ts';
import type { Why } from '../../../engine/protocol/reasons.ts';

/** Something that was found, with why: as data, or as the engine's English sentence alone. */
export interface Found {
  reason: string;
  why?: Why[] | undefined;
}

/** One reason as it is shown. */
export interface ShownReason {
  code: Why['code'] | 'sentence';
  text: string;
  detail?: string | undefined;
  /** It speaks against the moment. */
  against: boolean;
}

/** Why something was found, reason by reason, in the language in use. */
export function reasonsOf({ reason, why = [] }: Found): ShownReason[] {
  if (why.length === 0) return reason === '' ? [] : [{ code: 'sentence', text: reason, against: false }];
  return why.map((one) => ({
    code: one.code,
    text: reasonPhrase(one, catalogue()),
    detail: reasonDetail(one, catalogue()),
    against: one.code === 'not-seen' || (one.code === 'checked' && one.yes < 0.5),
  }));
}

/** Why something was found, as one line. */
export function why(found: Found): string {
  return reasonsOf(found)
    .map(({ text }) => text)
    .join(' · ');
}
