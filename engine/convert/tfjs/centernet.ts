import { GraphBuilder } from '../onnx/graph.ts';
import { convertNodes } from './convert.ts';
import type { GraphModel } from './graph-model.ts';

/** Detections per frame, the original's own number. */
const detectionsPerFrame = 100;
/** COCO's object classes. */
const classCount = 80;
/** Input pixels per cell of the class heat map. */
const heatStride = 4;

/**
 * Converts the CenterNet detector (MobileNetV3-Large trunk) of `@vladmandic/human` to one ONNX graph.
 *
 * Input `frames` uint8 [n, height, width, 3], RGB, sides multiples of 32. Outputs:
 * - `features` float32 [n, 32, height/8, width/8]: what the trunk's lower half sees, for a head with an upper half of its own;
 * - `scores` float32 [n, 100], best first, `classes` int64 [n, 100] (0 to 79),
 *   `boxes` float32 [n, 100, 4]: x1, y1, x2, y2 in pixels of the frame.
 *
 * The trunk, heat map and sizes are the original's, op by op; its last steps (peaks, best 100, boxes) are written
 * anew for any picture size. Source: Zhou et al., "Objects as Points", arXiv:1904.07850, section 4.
 * @param options.heatMap also give `heatmap` float32 [n, 80, height/4, width/4], after the sigmoid, and
 *   `sizes` float32 [n, 4, height/4, width/4], for comparison with the original.
 */
export function convertCenterNet(model: GraphModel, options: { heatMap?: boolean } = {}): Uint8Array {
  const graph = new GraphBuilder('eyes');
  const frames = graph.input('frames', 'uint8', ['n', 'height', 'width', 3]);
  const pixels = graph.node('Transpose', [graph.node('Cast', [frames], { to: 1 })], { perm: [0, 3, 1, 2] });
  const [features, logits, sizes] = convertNodes(
    model,
    graph,
    [
      'tower_0/MobilenetV3/expanded_conv_5/add',
      'tower_0/CenternetHead/centernet_cls_output/BiasAdd',
      'tower_0/wh',
    ],
    { 'tower_0/images': { name: pixels, stride: 1 } },
    512,
  ).map((value) => value.name) as [string, string, string];
  graph.rename(features, 'features');
  graph.output('features', 'float32', ['n', 32, 'rows', 'columns']);
  addDetections(graph, logits, sizes);
  if (options.heatMap) {
    graph.nodes('Sigmoid', [logits], ['heatmap']);
    graph.output('heatmap', 'float32', ['n', classCount, 'heatRows', 'heatColumns']);
    graph.rename(sizes, 'sizes');
    graph.output('sizes', 'float32', ['n', 4, 'heatRows', 'heatColumns']);
  }
  return graph.encode();
}

/** Peaks of the class heat map (3x3 maxima), the best hundred over all classes, and their boxes. */
function addDetections(graph: GraphBuilder, logits: string, sizes: string): void {
  const ints = (...values: number[]) => graph.values('int64', [values.length], values);
  const neighbourhood = graph.node('MaxPool', [logits], {
    kernel_shape: [3, 3],
    pads: [1, 1, 1, 1],
    strides: [1, 1],
  });
  // The sigmoid keeps the order, so peaks are picked before it and only the best hundred pay for it.
  // A cell below its neighbourhood's maximum falls far out of reach; a peak loses nothing. (Where takes twice as long.)
  const below = graph.node('Sub', [neighbourhood, logits]);
  const fall = graph.node('Mul', [below, graph.values('float32', [], [1e30])]);
  const peaks = graph.node('Sub', [logits, fall]);
  const flat = graph.node('Reshape', [peaks, ints(0, -1)]);
  const [best, index] = graph.nodes('TopK', [flat, ints(detectionsPerFrame)], 2, {
    axis: 1,
    largest: 1,
    sorted: 1,
  }) as [string, string];
  graph.nodes('Sigmoid', [best], ['scores']);
  graph.output('scores', 'float32', ['n', detectionsPerFrame]);

  const shape = graph.node('Shape', [logits], { start: 2, end: 4 });
  const columns = graph.node('Gather', [shape, ints(1)]);
  const cells = graph.node('ReduceProd', [shape], { axes: [0], keepdims: 1 });
  graph.nodes('Div', [index, cells], ['classes']);
  graph.output('classes', 'int64', ['n', detectionsPerFrame]);

  const cell = graph.node('Mod', [index, cells]);
  const x = graph.node('Mod', [cell, columns]);
  const y = graph.node('Div', [cell, columns]);
  const axis1 = ints(1);
  const [x1, y1, cell1] = [x, y, cell].map((value) => graph.node('Unsqueeze', [value, axis1])) as [
    string,
    string,
    string,
  ];
  const centre = graph.node('Mul', [
    graph.node('Cast', [graph.node('Concat', [x1, y1, x1, y1], { axis: 1 })], { to: 1 }),
    graph.values('float32', [], [heatStride]),
  ]);
  const everywhere = graph.node('Reshape', [sizes, ints(0, 4, -1)]);
  const where = graph.node('Concat', [cell1, cell1, cell1, cell1], { axis: 1 });
  const reach = graph.node('Mul', [
    graph.node('GatherElements', [everywhere, where], { axis: 2 }),
    graph.values('float32', [1, 4, 1], [-1, -1, 1, 1]),
  ]);
  graph.nodes('Transpose', [graph.node('Add', [centre, reach])], ['boxes'], { perm: [0, 2, 1] });
  graph.output('boxes', 'float32', ['n', detectionsPerFrame, 4]);
}
