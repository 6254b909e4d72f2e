import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Tensor } from '../../onnxruntime/index.ts';
import { GraphBuilder } from '../../convert/onnx/graph.ts';
import { GraphSession } from './session.ts';

const [inputs, outputs] = [2048, 8192];
const bytes = 4 * inputs * outputs;

/** Memory of this process that is nobody's file, in bytes. */
async function ownMemory(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  return 1024 * Number(/RssAnon:\s+(\d+)/u.exec(status)?.[1]);
}

test(
  'weights that are mapped take no memory of their own, and the product is the same',
  { skip: process.platform !== 'linux' },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'longview-session-'));
    const graph = new GraphBuilder('product');
    const x = graph.input('x', 'float32', [1, inputs]);
    const place = { location: 'w.data', offset: 0, length: bytes };
    const w = graph.constant('w', 'float32', [outputs, inputs], place);
    graph.nodes('Gemm', [x, w], ['y'], { transB: 1 });
    graph.output('y', 'float32', [1, outputs]);
    const path = join(folder, 'product.onnx');
    await writeFile(path, graph.encode());
    await writeFile(
      join(folder, 'w.data'),
      new Uint8Array(new Float32Array(inputs * outputs).fill(0.5).buffer),
    );

    const before = await ownMemory();
    const session = await GraphSession.open(path, { provider: 'cpu', threads: 1, mapWeights: true });
    const { y } = await session.run({
      x: new Tensor('float32', new Float32Array(inputs).fill(1), [1, inputs]),
    });
    assert.ok((await ownMemory()) - before < bytes / 2);
    assert.ok((y.data as Float32Array).every((value) => value === inputs / 2));
    await session[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  },
);
