import type { GraphBuilder } from '../onnx/graph.ts';
import type { WeightPlan } from '../weights/plan.ts';
import type { WeightSource } from '../weights/source.ts';
import type { FloatType } from '../weights/tensors.ts';
import { floatBytes } from '../weights/tensors.ts';
import type { importPrecisions } from '../../protocol/bundle.ts';

/** How a graph's matrices are stored, and with that what it computes in. */
export type Precision = (typeof importPrecisions)[number];

/** The domain of onnxruntime's own operators. */
export const contrib = { domain: 'com.microsoft' };

/** What every layer needs to know to add itself to a graph. */
export interface GraphContext {
  graph: GraphBuilder;
  plan: WeightPlan;
  weights: WeightSource;
  precision: Precision;
  /** See {@link GraphOptions}. */
  eightBits?: 'blocks' | 'rows' | undefined;
  /** See {@link GraphOptions}. */
  halfStored?: boolean | undefined;
}

/** How a small part of a bundle is kept that 8 bits would cost too much: stored in 16 bits, computed with in 32. */
export function spared(precision: Precision): Pick<GraphContext, 'precision' | 'halfStored'> {
  return precision === 'int8' ? { precision: 'fp32', halfStored: true } : { precision };
}

/** The type of activations (and of the KV cache): half precision at fp16, else float32. */
export function activationType(precision: Precision): FloatType {
  return precision === 'fp16' ? 'float16' : 'float32';
}

/** Whether matrices have one scale a row (graphs/whole-rows.ts). */
export function inWholeRows({ precision, eightBits }: GraphContext): boolean {
  return precision === 'int8' && eightBits === 'rows';
}

/** A linear layer y = x W^T + b whose W and b may be several tensors that lie one after another. */
export interface Linear {
  /** Tensor names, each [outputs_i, inputs]; their outputs are concatenated. */
  weights: readonly string[];
  /** As many names as `weights`, each [outputs_i]; none for a layer without bias. */
  biases?: readonly string[];
  inputs: number;
  /** Sum of the outputs. */
  outputs: number;
}

/**
 * A vector (bias, norm weight) of one or several tensors, by default in the activations' type: such small tensors
 * are never quantised.
 */
export function vector(
  context: GraphContext,
  names: readonly string[],
  size: number,
  type: FloatType = activationType(context.precision),
): string {
  const bytes = floatBytes(context.weights, names, type);
  return context.plan.constant(context.graph, names[0], type, [size], bytes);
}
