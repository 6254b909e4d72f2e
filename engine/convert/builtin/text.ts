import { GraphBuilder } from '../onnx/graph.ts';
import type { DecoderConfig, GraphOptions } from '../graphs/config.ts';
import { decoderLayers, finalNorm } from '../graphs/decoder.ts';
import { embeddingName } from '../graphs/embedding.ts';
import type { GraphContext } from '../graphs/layers.ts';
import { linear } from '../graphs/layers.ts';
import { PlannedGraph } from '../graphs/planned.ts';
import { rotaryInputs } from '../graphs/rotary.ts';
import { WeightPlan } from '../weights/plan.ts';
import type { WeightSource } from '../weights/source.ts';
import { floatBytes } from '../weights/tensors.ts';

/**
 * Builds the built-in model's text tower: a Qwen2 decoder read once, at its last token, then projected.
 *
 * Inputs: `input_ids` int64 [1, s]; `cos`, `sin` float32 [s, headDim], a plain row's rotary tables.
 * Output: `embedding` float32 [1, embeddingSize] of unit length.
 * @param weights Qwen2's tensors and `projection.weight` [embeddingSize, hidden].
 */
export function buildTextGraph(
  config: DecoderConfig,
  embeddingSize: number,
  weights: WeightSource,
  options: GraphOptions,
): PlannedGraph {
  const graph = new GraphBuilder('text');
  const plan = new WeightPlan(options.externalData);
  const context: GraphContext = { graph, plan, weights, precision: options.precision };
  const int64 = (...values: number[]) => graph.values('int64', [values.length], values);
  const ids = graph.input('input_ids', 'int64', [1, 's']);
  const type = options.precision === 'fp32' ? 'float32' : 'float16';
  const dims = [config.vocabSize, config.hiddenSize];
  const table = plan.constant(graph, embeddingName, type, dims, floatBytes(weights, [embeddingName], type));
  const rows = graph.node('Cast', [graph.node('Gather', [table, ids])], { to: 1 });
  const hidden = graph.node('Squeeze', [rows, int64(0)]);
  const tables = rotaryInputs(context, config.headDim);
  const stack = decoderLayers(context, config, { hidden, tables, cache: 'none' });
  const lastRow = (value: string) =>
    graph.node('Slice', [value, int64(-1), int64(Number.MAX_SAFE_INTEGER), int64(0)]);
  const last = finalNorm(context, config, { mlp: lastRow(stack.mlp), residual: lastRow(stack.residual) });
  const projected = linear(context, last, {
    weights: ['projection.weight'],
    inputs: config.hiddenSize,
    outputs: embeddingSize,
  });
  graph.nodes('LpNormalization', [projected], ['embedding'], { axis: -1, p: 2 });
  graph.output('embedding', 'float32', [1, embeddingSize]);
  return new PlannedGraph(graph, plan);
}
