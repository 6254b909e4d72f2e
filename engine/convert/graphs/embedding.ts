import type { ExternalData } from '../onnx/graph.ts';
import { GraphBuilder } from '../onnx/graph.ts';
import { WeightPlan } from '../weights/plan.ts';
import type { WeightSource } from '../weights/source.ts';
import { floatBytes } from '../weights/tensors.ts';
import type { DecoderConfig, GraphOptions } from './config.ts';
import { PlannedGraph } from './planned.ts';

/** The token embedding's tensor. */
export const embeddingName = 'model.embed_tokens.weight';

/**
 * Builds the token embedding. Its rows are float32 at fp32 and half precision otherwise (a row is looked up, not
 * multiplied, so fewer bits would save disk but no time).
 *
 * Input: `input_ids` int64 [1, s]. Output: `inputs_embeds` float32 [1, s, hidden].
 * @param shared where the decoder's weights already hold the same matrix in the same type (a tied checkpoint's
 * output matrix at fp32 or fp16); then none is written again.
 */
export function buildEmbeddingGraph(
  config: DecoderConfig,
  weights: WeightSource,
  options: GraphOptions,
  shared?: ExternalData,
): PlannedGraph {
  const graph = new GraphBuilder('embedding');
  const plan = new WeightPlan(options.externalData);
  const type = options.precision === 'fp32' ? 'float32' : 'float16';
  const dims = [config.vocabSize, config.hiddenSize];
  const ids = graph.input('input_ids', 'int64', [1, 's']);
  const table = shared
    ? graph.constant(embeddingName, type, dims, shared)
    : plan.constant(graph, embeddingName, type, dims, floatBytes(weights, [embeddingName], type));
  if (type === 'float32') graph.nodes('Gather', [table, ids], ['inputs_embeds']);
  else graph.nodes('Cast', [graph.node('Gather', [table, ids])], ['inputs_embeds'], { to: 1 });
  graph.output('inputs_embeds', 'float32', [1, 's', config.hiddenSize]);
  return new PlannedGraph(graph, plan);
}
