import type { GraphContext } from './layers.ts';
import { activationType, cast } from './layers.ts';

/** Rotary tables inside a graph: [s, width / 2] each, in the activations' type. */
export interface RotaryTables {
  cos: string;
  sin: string;
  /** The same for queries, times `queryScale`. */
  queryCos: string;
  querySin: string;
  /** What queries are scaled by when they are rotated. */
  queryScale: number;
}

/**
 * Declares the inputs `cos` and `sin` float32 [s, width] and keeps their first halves: the second halves repeat
 * them, and RotaryEmbedding wants each angle once.
 *
 * Qwen2's keys have large biases, and products with them leave half precision's range before attention scales
 * them down (transformers issue 33294), so at fp16 the queries' tables are scaled instead (where all of a head turns).
 */
export function rotaryInputs(
  context: GraphContext,
  headDim: number,
  { rows = 's', width = headDim }: { rows?: string; width?: number } = {},
): RotaryTables {
  const { graph, precision } = context;
  const half = (name: string): string => {
    const table = graph.input(name, 'float32', [rows, width]);
    const range = [[0], [width / 2], [1]].map((values) => graph.values('int64', [1], values));
    return graph.node('Slice', [table, ...range]);
  };
  const [cos, sin] = [half('cos'), half('sin')];
  const narrow = (value: string) => cast(context, value, activationType(precision));
  const tables = { cos: narrow(cos), sin: narrow(sin) };
  if (precision !== 'fp16' || width < headDim)
    return { ...tables, queryCos: tables.cos, querySin: tables.sin, queryScale: 1 };
  const queryScale = headDim ** -0.5;
  const scaled = (value: string) =>
    narrow(graph.node('Mul', [value, graph.values('float32', [1], [queryScale])]));
  return { ...tables, queryCos: scaled(cos), querySin: scaled(sin), queryScale };
}
