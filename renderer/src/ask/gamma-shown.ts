import { gammaVariants } from '../../../engine/protocol/bundle.ts';
import type { ModelInfo } from '../../../engine/protocol/results.ts';

/** The bundle that answers: the one that was chosen for it, or else the library's own. */
export function answeringOf(
  models: readonly ModelInfo[],
  decoder: string | null | undefined,
): ModelInfo | undefined {
  return (
    models.find(({ id }) => id === decoder) ??
    models.find(({ active, can }) => active && !can.includes('hear'))
  );
}

/** Whether gamma changes anything for a bundle: only then is there a slider. Unknown ones get it. */
export function gammaShown(model: Pick<ModelInfo, 'positionVariant'> | undefined): boolean {
  const variant = model?.positionVariant;
  return !variant || gammaVariants.includes(variant);
}
