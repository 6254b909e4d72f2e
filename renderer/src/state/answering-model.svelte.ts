import { engine } from '../engine/index.ts';
import { answeringOf } from '../ask/gamma-shown.ts';
import type { ModelInfo } from '../../../engine/protocol/results.ts';

let model = $state.raw<ModelInfo | undefined>();

/** The bundle that answers questions; undefined until it is known. */
export function answeringModel(): ModelInfo | undefined {
  return model;
}

/** Looks which one it is. That it can't be told is no failure: asking itself says what is wrong. */
export async function lookUpAnsweringModel(): Promise<void> {
  const found = await Promise.all([engine.call('models', {}), engine.call('limits', {})]).catch(
    () => undefined,
  );
  if (found) model = answeringOf(found[0].models, found[1].decoder);
}
