import { Tensor } from '../../engine/onnxruntime/index.ts';
import { GraphSession, type Tensors } from '../../engine/inference/runtime/session.ts';
import { GraphBuilder } from '../../engine/convert/onnx/graph.ts';
import type { Peak } from './torch-side.ts';

const [m, k, n] = [1536, 1536, 8960];

/** GFLOP/s of a large fp32 product and GB/s of reading a gigabyte, with onnxruntime: the best of `rounds`. */
export async function peakOfOurs(rounds: number, threads: number): Promise<Peak> {
  const seconds = await fastest(product(), { a: filled(m, k) }, rounds, threads);
  const rows = 32 * 1024;
  const reading = await fastest(largest(), { rows: filled(rows, 8192) }, rounds, threads);
  return { gflops: (2e-9 * m * k * n) / seconds, gbytes: (rows * 8192 * 4e-9) / reading };
}

function product(): Uint8Array {
  const graph = new GraphBuilder('product');
  const a = graph.input('a', 'float32', [m, k]);
  const b = graph.constant('b', 'float32', [k, n], new Uint8Array(new Float32Array(k * n).fill(0.5).buffer));
  graph.nodes('MatMul', [a, b], ['c']);
  graph.output('c', 'float32', [m, n]);
  return graph.encode();
}

function largest(): Uint8Array {
  const graph = new GraphBuilder('reading');
  graph.nodes('ReduceMax', [graph.input('rows', 'float32', ['r', 8192])], ['most'], {
    axes: [1],
    keepdims: 0,
  });
  graph.output('most', 'float32', ['r']);
  return graph.encode();
}

async function fastest(graph: Uint8Array, feeds: Tensors, rounds: number, threads: number): Promise<number> {
  const session = await GraphSession.open(graph, { provider: 'cpu', threads });
  let seconds = Infinity;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await session.run(feeds);
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  await session[Symbol.asyncDispose]();
  return seconds;
}

function filled(rows: number, columns: number): Tensor {
  return new Tensor('float32', new Float32Array(rows * columns).fill(0.5), [rows, columns]);
}
