import { basename, resolve, sep } from 'node:path';
import type { PositionVariant } from '../../protocol/bundle.ts';

/** A published checkpoint whose config doesn't say which encoding it was trained with. */
export interface Published {
  /** As the hub has it. */
  name: string;
  variant: PositionVariant;
}

/** VideoRoPE's authors published the encodings that they compare, all trained alike (Wiselnn/…). */
const compared: Record<string, PositionVariant> = {
  videorope: 'videorope',
  m_rope: 'm-rope',
  tad_rope: 'tad-rope',
  vanilla_rope: 'rope',
};
const pattern = /qwen2-vl-(videorope|m_rope|tad_rope|vanilla_rope)-128frames-8k-context-330k-llava-video/iu;

/**
 * Recognises a published checkpoint by its folder (also where a hub's cache keeps it: `models--OWNER--NAME/snapshots/…`), or
 * by the name that its config was saved under.
 */
export function publishedCheckpoint(folder: string, savedAs: string | undefined): Published | undefined {
  const parts = resolve(folder).split(sep);
  const cached = parts.findLast((part) => part.startsWith('models--'));
  for (const name of [basename(folder), cached, savedAs]) {
    const [whole, encoding] = pattern.exec(name ?? '') ?? [];
    if (whole !== undefined)
      return { name: `Wiselnn/${canonical(encoding)}`, variant: compared[encoding.toLowerCase()] };
  }
  return undefined;
}

function canonical(encoding: string): string {
  return `Qwen2-VL-${encoding.toLowerCase()}-128frames-8k-context-330k-llava-video`;
}
