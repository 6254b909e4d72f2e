import { GraphBuilder } from '../../engine/convert/onnx/graph.ts';

/**
 * One attention layer as the decoder has it, all weights being inputs: projection, rotation, grouped-query attention over a
 * past, projection, norm; and the vision encoder's attention over the same queries.
 */
export function attentionGraph(): Uint8Array {
  const [heads, kvHeads, headDim, width] = [4, 2, 32, 128];
  const graph = new GraphBuilder('self-test');
  const x = graph.input('x', 'float32', [1, 's', width]);
  const project = graph.input('project', 'float32', [width, (heads + 2 * kvHeads) * headDim]);
  const out = graph.input('out', 'float32', [width, width]);
  const scale = graph.input('scale', 'float32', [width]);
  const tables = ['cos', 'sin'].map((name) => graph.input(name, 'float32', ['s', headDim / 2]));
  const past = ['key', 'value'].map((n) =>
    graph.input(`past.${n}`, 'float32', [1, kvHeads, 'past', headDim]),
  );
  const lengths = ['last', 'total'].map((name) => graph.input(name, 'int32', [1]));
  const packed = graph.node('MatMul', [x, project]);
  const sizes = graph.values('int64', [3], [heads * headDim, kvHeads * headDim, kvHeads * headDim]);
  const [query, key, value] = graph.nodes('Split', [packed, sizes], 3, { axis: -1 }) as [
    string,
    string,
    string,
  ];
  const contrib = { domain: 'com.microsoft' };
  const rotate = (part: string, count: number) =>
    graph.node(
      'RotaryEmbedding',
      [part, graph.values('int64', [1], [0]), ...tables],
      { interleaved: 0, num_heads: count, rotary_embedding_dim: headDim },
      contrib,
    );
  const rotated = rotate(query, heads);
  graph.nodes(
    'MultiHeadAttention',
    [rotated, rotated, rotated],
    ['both-ways'],
    { num_heads: heads },
    contrib,
  );
  graph.output('both-ways', 'float32', [1, 's', width]);
  const attended = graph.nodes(
    'GroupQueryAttention',
    [rotated, rotate(key, kvHeads), value, ...past, ...lengths],
    ['attended', 'present.key', 'present.value'],
    { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 0 },
    contrib,
  )[0];
  const projected = graph.node('MatMul', [attended, out]);
  graph.nodes('SimplifiedLayerNormalization', [projected, scale], ['y'], {
    axis: -1,
    epsilon: { float: 1e-6 },
  });
  graph.output('y', 'float32', [1, 's', width]);
  graph.output('present.key', 'float32', [1, kvHeads, 'present', headDim]);
  graph.output('present.value', 'float32', [1, kvHeads, 'present', headDim]);
  return graph.encode();
}

/** Eight matrix products one after another, for comparing speeds. */
export function productsGraph(): Uint8Array {
  const graph = new GraphBuilder('speed');
  let x = graph.input('x', 'float32', ['rows', 512]);
  const matrix = graph.input('matrix', 'float32', [512, 512]);
  for (let i = 0; i < 8; i++) x = graph.node('MatMul', [x, matrix]);
  graph.rename(x, 'y');
  graph.output('y', 'float32', ['rows', 512]);
  return graph.encode();
}

/** A product of 8-bit numbers with one scale a column, as int8 bundles have it; the matrix is an input. */
export function bytesGraph(): Uint8Array {
  const graph = new GraphBuilder('bytes');
  const x = graph.input('x', 'uint8', ['rows', 'inner']);
  const matrix = graph.input('matrix', 'int8', ['inner', 'columns']);
  const scale = graph.values('float32', [1], [1]);
  const zero = graph.values('uint8', [1], [128]);
  const contrib = { domain: 'com.microsoft' };
  graph.nodes('MatMulIntegerToFloat', [x, matrix, scale, scale, zero], ['y'], {}, contrib);
  graph.output('y', 'float32', ['rows', 'columns']);
  return graph.encode();
}
