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
  /** Visual tokens of a patch: one of each region of the frame. */
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
  /** The whole frame, and its regions. */
  views: number;
  /** The logarithm of how much each cell counts in each view, [views, cells]. */
  inView: string;
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
 * other, and an attention pool of all of them, and of those of each region, becomes an embedding. Their mean over the
 * branches is the patch's; a region's, with what the first branch pooled there, and the same of the whole, make its visual token.
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
  const [cells, views] = [rows * columns, 1 + config.tokens];
  const head: Head = {
    ...context,
    config,
    cells,
    views,
    inView: constant(context, 'views', [views, cells]),
    width: trunkChannels(config.trunk),
    int64,
  };
  const features = graph.input('features', 'float32', ['n', 2, channels, 4 * rows, 4 * columns]);
  const seen = cellsOf(head, features);
  const looks = config.branches.map((branch, k) =>
    look({ ...head, ...branch, prefix: `branches.${k}.` }, seen),
  );
  const sum = looks.map(({ embedding }) => embedding).reduce((a, b) => graph.node('Add', [a, b]));
  const embedded = graph.node('LpNormalization', [sum], { axis: -1, p: 2 });
  graph.nodes('Gather', [embedded, graph.values('int64', [], [0])], ['embedding'], { axis: 1 });
  graph.output('embedding', 'float32', ['n', config.embeddingSize]);
  const both = graph.node('Concat', [looks[0].pooled, embedded], { axis: -1 });
  graph.nodes('Identity', [visualTokens(head, both)], ['tokens']);
  graph.output('tokens', 'float32', ['n', config.tokens, config.hiddenSize]);
  return new PlannedGraph(graph, plan);
}

/** A token of each region, of what was seen there and of the whole, and of where it is. seen: [n, views, size] -> [n, tokens, hiddenSize] */
function visualTokens(head: Head, seen: string): string {
  const { graph, config, int64 } = head;
  const { tokens, visualSize, hiddenSize } = config;
  const size = config.branches[0].size + config.embeddingSize;
  const parts = graph.nodes('Split', [seen, int64(1, tokens)], 2, { axis: 1 });
  const [whole, regions] = parts.map((part) => graph.node('Reshape', [part, int64(-1, size)])) as [
    string,
    string,
  ];
  // Few numbers make a token: 8 bits would cost too much.
  const exact: Head = { ...head, ...spared(head.precision) };
  const ofBoth = (name: string, outputs: number) => {
    const here = layer(exact, regions, `visual_${name}`, size, outputs);
    const everywhere = linear(exact, whole, { weights: [`whole_${name}.weight`], inputs: size, outputs });
    const both = graph.node('Add', [
      graph.node('Reshape', [here, int64(-1, tokens, outputs)]),
      graph.node('Reshape', [everywhere, int64(-1, 1, outputs)]),
    ]);
    return graph.node('Reshape', [both, int64(-1, outputs)]);
  };
  const down = layer(exact, gelu(head, ofBoth('up', visualSize)), 'visual_down', visualSize, hiddenSize);
  const sum = graph.node('Add', [ofBoth('skip', hiddenSize), down]);
  const byRegion = graph.node('Reshape', [sum, int64(-1, tokens, hiddenSize)]);
  return graph.node('Add', [byRegion, constant(head, 'visual_place', [tokens, hiddenSize])]);
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

/** What one branch pools of each view's cells, [n, views, size], and its unit embeddings, [n, views, embeddingSize]. */
function look(branch: Branch, cells: string): { pooled: string; embedding: string } {
  const { graph, config, views, size, width, int64 } = branch;
  let x = layer(branch, standardise(branch, cells), 'input', width, size);
  x = addPlaces(branch, x);
  for (let block = 0; block < branch.blocks; block++) x = encoderBlock(branch, x, `blocks.${block}`);
  const rows = attentionPool(branch, layerNorm(branch, x, 'norm'));
  const projected = graph.node(
    'LpNormalization',
    [layer(branch, rows, 'project', size, config.embeddingSize)],
    { axis: -1, p: 2 },
  );
  const byView = (of: string, width: number) => graph.node('Reshape', [of, int64(-1, views, width)]);
  return { pooled: byView(rows, size), embedding: byView(projected, config.embeddingSize) };
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
  const { graph, cells, size, int64 } = branch;
  const places = constant(branch, `${branch.prefix}place`, [cells, size]);
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

/** One learnt query per attention head over each view's cells. [n * cells, size] -> [n * views, size] */
function attentionPool(branch: Branch, x: string): string {
  const { graph, cells, size, heads, int64 } = branch;
  const split = (name: string) =>
    graph.node('Reshape', [layer(branch, x, name, size, size), int64(-1, cells, heads, size / heads)]);
  const products = graph.node('Mul', [
    split('key'),
    constant(branch, `${branch.prefix}query`, [heads, size / heads]),
  ]);
  const scores = graph.node('ReduceSum', [products, int64(-1)], { keepdims: 1 });
  const scaled = graph.node('Mul', [scores, graph.values('float32', [1], [(size / heads) ** -0.5])]);
  const byHead = graph.node('Transpose', [scaled], { perm: [0, 2, 3, 1] });
  const ofViews = graph.node('Add', [byHead, branch.inView]);
  const values = graph.node('Transpose', [split('value')], { perm: [0, 2, 1, 3] });
  const picked = graph.node('MatMul', [graph.node('Softmax', [ofViews], { axis: -1 }), values]);
  return graph.node('Reshape', [graph.node('Transpose', [picked], { perm: [0, 2, 1, 3] }), int64(-1, size)]);
}

/** A tensor of the checkpoint as it is. */
function constant({ graph, plan, weights }: GraphContext, name: string, dims: number[]): string {
  return plan.constant(graph, name, 'float32', dims, floatBytes(weights, [name], 'float32'));
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
