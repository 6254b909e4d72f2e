import type { GraphBuilder } from '../onnx/graph.ts';
import type { GraphModel } from './graph-model.ts';
import { translators, type Translation, type Value } from './operators.ts';

/**
 * Adds to `graph` what is needed to compute the nodes `wanted` of a TensorFlow graph, op by op.
 *
 * @param inputs the values that stand for the original's placeholders, NCHW.
 * @param originalSize side of the square picture that the original's fixed sizes were written for.
 * @returns the values of the wanted nodes, NCHW, in their order.
 * @throws Error naming the operator and the node when one is not known.
 */
export function convertNodes(
  model: GraphModel,
  graph: GraphBuilder,
  wanted: readonly string[],
  inputs: Readonly<Record<string, Value>>,
  originalSize: number,
): Value[] {
  const values = new Map<string, Value>(Object.entries(inputs));
  const translation: Translation = {
    model,
    graph,
    originalSize,
    value(name) {
      const known = values.get(name);
      if (known) return known;
      const node = model.nodes.get(name);
      if (!node) throw new Error(`the graph has no node ${name}`);
      const translate = Object.hasOwn(translators, node.op) ? translators[node.op] : undefined;
      if (!translate) throw new Error(`operator ${node.op} of node ${name} is not known`);
      const value = translate(node, translation);
      values.set(name, value);
      return value;
    },
  };
  return wanted.map((name) => translation.value(name));
}
