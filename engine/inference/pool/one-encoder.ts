import type { Bundle } from '../bundle/bundle.ts';
import { ClipFrameEncoder } from '../clip/frame-encoder.ts';
import { LazyFrameEncoder } from '../lazy-frame-encoder.ts';
import type { ProviderName } from '../runtime/provider-names.ts';

/**
 * A bundle's frame encoder in this thread: its own, or that of its pair.
 * @param bundle one that can embed
 */
export function openOneEncoder(
  bundle: Bundle,
  where: { provider: ProviderName; threads?: number },
): LazyFrameEncoder | ClipFrameEncoder {
  return bundle.manifest.eyes ? new LazyFrameEncoder(bundle, where) : new ClipFrameEncoder(bundle, where);
}
