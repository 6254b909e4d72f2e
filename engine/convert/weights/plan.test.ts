import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GraphBuilder } from '../onnx/graph.ts';
import { chunkBytes, WeightPlan } from './plan.ts';
import { memorySource } from './source.ts';
import { floatBytes } from './tensors.ts';

async function collect(plan: WeightPlan): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of plan.stream()) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

test('weights lie where the plan said, small ones on cache lines and large ones on mappable boundaries', async () => {
  const plan = new WeightPlan('w.data');
  const graph = new GraphBuilder('g');
  const large = 1024 * 1024;
  plan.constant(graph, 'a', 'uint8', [3], () => [Uint8Array.of(1, 2, 3)]);
  plan.constant(graph, 'b', 'uint8', [2], () => [Uint8Array.of(4), Uint8Array.of(5)]);
  plan.constant(graph, 'c', 'uint8', [large], () => [new Uint8Array(large).fill(6)]);
  assert.deepEqual(plan.place('b'), { location: 'w.data', offset: 64, length: 2 });
  assert.equal(plan.place('c')?.offset, 65_536);
  const bytes = await collect(plan);
  assert.equal(bytes.length, plan.bytes);
  assert.deepEqual([...bytes.subarray(0, 4), ...bytes.subarray(64, 67)], [1, 2, 3, 0, 4, 5, 0]);
  assert.equal(bytes[65_535], 0);
  assert.ok(bytes.subarray(65_536).every((byte) => byte === 6));
});

test('a producer that makes too little, too much or too large pieces is found out', async () => {
  const cases: [number, Uint8Array[]][] = [
    [4, [new Uint8Array(3)]],
    [4, [new Uint8Array(3), new Uint8Array(3)]],
    [chunkBytes + 1, [new Uint8Array(chunkBytes + 1)]],
  ];
  for (const [bytes, pieces] of cases) {
    const plan = new WeightPlan('w.data');
    plan.constant(new GraphBuilder('g'), 'w', 'uint8', [bytes], () => pieces);
    await assert.rejects(collect(plan), /weight w: .* bytes made/);
  }
});

test('several tensors become one, piece after piece, in either float type', async () => {
  const source = memorySource({
    a: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    b: { shape: [1, 2], data: Float32Array.of(5, -6) },
  });
  for (const [type, array] of [
    ['float32', Float32Array],
    ['float16', Uint16Array],
  ] as const) {
    const pieces: number[] = [];
    for await (const piece of floatBytes(source, ['a', 'b'], type)())
      pieces.push(...new array(piece.slice().buffer));
    const expected = [1, 2, 3, 4, 5, -6];
    assert.deepEqual(
      pieces,
      type === 'float32' ? expected : [0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0xc600],
    );
  }
});
