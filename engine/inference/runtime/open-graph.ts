import { join } from 'node:path';
import type { Bundle } from '../bundle/bundle.ts';
import { badBundle } from '../bundle/manifest.ts';
import { GraphSession, ProviderFailure, type SessionOptions } from './session.ts';

/**
 * Opens one of a bundle's graphs. A float32 bundle's weights are mapped from their files.
 * @throws LongviewError `bad-bundle` when the CPU provider, which runs everything, can't open it; ProviderFailure when
 *   another can't, or memory ran out.
 */
export async function openGraph(
  bundle: Bundle,
  name: string,
  options: SessionOptions,
): Promise<GraphSession> {
  try {
    const mapWeights = bundle.manifest.precision === 'fp32';
    return await GraphSession.open(join(bundle.folder, name), { mapWeights, ...options });
  } catch (error) {
    if (error instanceof ProviderFailure && error.provider === 'cpu' && !error.outOfMemory) {
      throw badBundle(bundle.folder, `${name} can't be opened (${error.message})`, { cause: error });
    }
    throw error;
  }
}
