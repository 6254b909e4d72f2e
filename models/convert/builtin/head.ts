import { GraphBuilder } from '../onnx/graph.ts';
import type { GraphOptions } from '../graphs/config.ts';
import type { GraphContext } from '../graphs/layers.ts';
import { contrib, linear, spared, vector } from '../graphs/layers.ts';
import { PlannedGraph } from '../graphs/planned.ts';
import { WeightPlan } from '../weights/plan.ts';
import type { WeightSource } from '../weights/source.ts';
import { floatBytes } from '../weights/tensors.ts';
import { trunkChannels, upperTrunk, type TrunkConfig } from './trunk.ts';

/** The shape of the head on the detector's trunk (models/training/longview_training/head.py). */
export interface HeadConfig {
  /** Channels of what the trunk's lower half sees. */
  channels: number;
  /** Cells: a quarter of its rows and columns. */
  rows: number;
  columns: number;
  trunk: TrunkConfig;
  /** What looks at the same cells, each in its own way; the mean of their embeddings is the head's. */
  branches: readonly BranchConfig[];
  embeddingSize: number;
  /** Visual tokens of a patch. */
  tokens: number;
  /** Width of what the visual tokens are made from, between their two layers. */
  visualSize: number;
  /** Width of a visual token: the decoder's hidden size. */
  hiddenSize: number;
}

/** One branch of the head. */
export interface BranchConfig {
  /** Width inside the branch. */
  size: number;
  heads: number;
  /** Width of a block's MLP. */
  inner: number;
  blocks: number;
}

/** A head under construction. */
interface Head extends GraphContext {
  config: HeadConfig;
  cells: number;
  /** Numbers of a cell. */
  width: number;
  int64: (...values: number[]) => string;
}

/** A branch under construction: its tensors' names begin with the prefix. */
interface Branch extends Head, BranchConfig {
  prefix: string;
}

/**
 * Builds the head: its own copy of the trunk's upper half makes cells of two frames; in each branch cells attend to each
 * other and an attention pool of them becomes an embedding. Their mean is the patch's; with what the first branch pooled,
 * it makes the visual tokens.
 *
 * Input: `features` float32 [n, 2, channels, 4 * rows, 4 * columns]. Outputs: `tokens` float32 [n, tokens, hiddenSize];
 * `embedding` float32 [n, embeddingSize] of unit length.
 */
export function buildHeadGraph(
  config: HeadConfig,
  weights: WeightSource,
  options: GraphOptions,
): PlannedGraph {
  const graph = new GraphBuilder('head');
  const plan = new WeightPlan(options.externalData);
  const { channels, rows, columns } = config;
  const int64 = (...values: number[]) => graph.values('int64', [values.length], values);
  const context = { graph, plan, weights, precision: options.precision };
  const head: Head = {
    ...context,
    config,
    cells: rows * columns,
    width: trunkChannels(config.trunk),
    int64,
  };
  const features = graph.input('features', 'float32', ['n', 2, channels, 4 * rows, 4 * columns]);
  const seen = cellsOf(head, features);
  const looks = config.branches.map((branch, k) =>
    look({ ...head, ...branch, prefix: `branches.${k}.` }, seen),
  );
  const sum = looks.map(({ embedding }) => embedding).reduce((a, b) => graph.node('Add', [a, b]));
  graph.nodes('LpNormalization', [sum], ['embedding'], { axis: -1, p: 2 });
  graph.output('embedding', 'float32', ['n', config.embeddingSize]);
  const both = graph.node('Concat', [looks[0].pooled, 'embedding'], { axis: -1 });
  const seenSize = config.branches[0].size + config.embeddingSize;
  // What the decoder reads is a single token a patch: nothing averages its errors away.
  const exact: Head = { ...head, ...spared(options.precision) };
  const raised = layer(exact, both, 'visual_up', seenSize, config.visualSize);
  const width = config.tokens * config.hiddenSize;
  const down = layer(exact, gelu(head, raised), 'visual_down', config.visualSize, width);
  const skip = layer(exact, both, 'visual_skip', seenSize, width);
  const tokens = graph.node('Add', [skip, down]);
  graph.nodes('Reshape', [tokens, int64(-1, config.tokens, config.hiddenSize)], ['tokens']);
  graph.output('tokens', 'float32', ['n', config.tokens, config.hiddenSize]);
  return new PlannedGraph(graph, plan);
}

/** Each place of the trunk's grid, the mean of the two frames. @returns [n, cells, width] */
function cellsOf(head: Head, features: string): string {
  const { graph, config, cells, width, int64 } = head;
  const { channels, rows, columns } = config;
  const frames = graph.node('Reshape', [features, int64(-1, channels, 4 * rows, 4 * columns)]);
  const grid = upperTrunk(head, frames, config.trunk);
  const both = graph.node('Reshape', [grid, int64(-1, 2, width, cells)]);
  const mean = graph.node('ReduceMean', [both], { axes: [1], keepdims: 0 });
  return graph.node('Transpose', [mean], { perm: [0, 2, 1] });
}

/** What one branch pools of the cells, [n, size], and its unit embedding, [n, embeddingSize]. */
function look(branch: Branch, cells: string): { pooled: string; embedding: string } {
  const { graph, config, size, width } = branch;
  let x = layer(branch, standardise(branch, cells), 'input', width, size);
  x = addPlaces(branch, x);
  for (let block = 0; block < branch.blocks; block++) x = encoderBlock(branch, x, `blocks.${block}`);
  const pooled = attentionPool(branch, layerNorm(branch, x, 'norm'));
  const projected = layer(branch, pooled, 'project', size, config.embeddingSize);
  return { pooled, embedding: graph.node('LpNormalization', [projected], { axis: -1, p: 2 }) };
}

/** Each channel centred and scaled. @returns [n * cells, width] */
function standardise(branch: Branch, cells: string): string {
  const { graph, width, prefix, int64 } = branch;
  const centred = graph.node('Sub', [cells, vector(branch, [`${prefix}mean`], width, 'float32')]);
  const scaled = graph.node('Mul', [centred, vector(branch, [`${prefix}scale`], width, 'float32')]);
  return graph.node('Reshape', [scaled, int64(-1, width)]);
}

/** Adds what each cell's place in the frame means. x: [n * cells, size] */
function addPlaces(branch: Branch, x: string): string {
  const { graph, plan, weights, cells, size, int64 } = branch;
  const name = `${branch.prefix}place`;
  const dims = [cells, size];
  const places = plan.constant(graph, name, 'float32', dims, floatBytes(weights, [name], 'float32'));
  const split = graph.node('Reshape', [x, int64(-1, cells, size)]);
  return graph.node('Reshape', [graph.node('Add', [split, places]), int64(-1, size)]);
}

/** A pre-norm transformer layer in which every cell of a patch attends to every other. x: [n * cells, size] */
function encoderBlock(branch: Branch, x: string, block: string): string {
  const { graph, cells, size, heads, inner, int64 } = branch;
  const packed = layer(branch, layerNorm(branch, x, `${block}.norm1`), `${block}.qkv`, size, 3 * size);
  const parts = graph.nodes('Split', [packed, int64(size, size, size)], 3, { axis: -1 });
  const [q, k, v] = parts.map((part, index) => {
    const split = graph.node('Reshape', [part, int64(-1, cells, heads, size / heads)]);
    return graph.node('Transpose', [split], { perm: index === 1 ? [0, 2, 3, 1] : [0, 2, 1, 3] });
  }) as [string, string, string];
  const scale = graph.values('float32', [1], [(size / heads) ** -0.5]);
  const scores = graph.node('Mul', [graph.node('MatMul', [q, k]), scale]);
  const mixed = graph.node('MatMul', [graph.node('Softmax', [scores], { axis: -1 }), v]);
  const rows = graph.node('Transpose', [mixed], { perm: [0, 2, 1, 3] });
  const attended = layer(branch, graph.node('Reshape', [rows, int64(-1, size)]), `${block}.out`, size, size);
  const between = graph.node('Add', [x, attended]);
  const raised = layer(branch, layerNorm(branch, between, `${block}.norm2`), `${block}.up`, size, inner);
  return graph.node('Add', [between, layer(branch, gelu(branch, raised), `${block}.down`, inner, size)]);
}

/** One learnt query per attention head over a patch's cells. [n * cells, size] -> [n, size] */
function attentionPool(branch: Branch, x: string): string {
  const { graph, plan, weights, cells, size, heads, int64 } = branch;
  const split = (name: string) =>
    graph.node('Reshape', [layer(branch, x, name, size, size), int64(-1, cells, heads, size / heads)]);
  const name = `${branch.prefix}query`;
  const dims = [heads, size / heads];
  const query = plan.constant(graph, name, 'float32', dims, floatBytes(weights, [name], 'float32'));
  const products = graph.node('Mul', [split('key'), query]);
  const scores = graph.node('ReduceSum', [products, int64(-1)], { keepdims: 1 });
  const scaled = graph.node('Mul', [scores, graph.values('float32', [1], [(size / heads) ** -0.5])]);
  const weighted = graph.node('Mul', [graph.node('Softmax', [scaled], { axis: 1 }), split('value')]);
  const sum = graph.node('ReduceSum', [weighted, int64(1)], { keepdims: 0 });
  return graph.node('Reshape', [sum, int64(-1, size)]);
}

/** A linear layer of the head, or of a branch of it. */
function layer(part: Head | Branch, x: string, name: string, inputs: number, outputs: number): string {
  const own = 'prefix' in part ? `${part.prefix}${name}` : name;
  return linear(part, x, { weights: [`${own}.weight`], biases: [`${own}.bias`], inputs, outputs });
}

function layerNorm(branch: Branch, x: string, name: string): string {
  const [weight, bias] = ['weight', 'bias'].map((part) =>
    vector(branch, [`${branch.prefix}${name}.${part}`], branch.size, 'float32'),
  ) as [string, string];
  return branch.graph.node('LayerNormalization', [x, weight, bias], {
    axis: -1,
    epsilon: { float: 1e-5 },
  });
}

function gelu(head: Head, x: string): string {
  return head.graph.node('Gelu', [x], {}, contrib);
}
