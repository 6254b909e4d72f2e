import type { OpenedModel } from '../../engine/inference/index.ts';
import type { HeldOut } from './held-out.ts';
import type { MadeLibrary } from './library.ts';
import type { Sheets } from './sheet.ts';
import type { Sizes } from './sizes.ts';

/** What every part of the measurement works with. */
export interface Stage {
  model: OpenedModel;
  library: MadeLibrary;
  heldOut: HeldOut;
  sizes: Sizes;
  seed: number;
  sheets: Sheets;
  /** Told what is going on. */
  tell: (stage: string, fraction: number) => void;
}
