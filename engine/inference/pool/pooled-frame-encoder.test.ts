import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { temporaryFolder } from '../../../tests/fixtures/library.ts';
import { LongviewError } from '../../protocol/errors.ts';
import { openBundle, type Bundle } from '../bundle/bundle.ts';
import type { RgbFrame } from '../../core/frames.ts';
import { openOneEncoder } from './one-encoder.ts';
import { PooledFrameEncoder } from './pooled-frame-encoder.ts';
import { WorkerPool } from './worker-pool.ts';

const builtin = join(import.meta.dirname, '../../../models/builtin');
const whole = { x: 0, y: 0, width: 512, height: 288 };

/** A frame of drifting stripes and blocks. */
function frame(number: number): RgbFrame {
  const pixels = new Uint8Array(512 * 288 * 3);
  for (let y = 0, at = 0; y < 288; y++)
    for (let x = 0; x < 512; x++, at += 3) {
      pixels[at] = ((x + number * 9) >> 3) * 37;
      pixels[at + 1] = ((y - number * 5) >> 4) * 61;
      pixels[at + 2] = (x ^ y) + number;
    }
  return { time: number / 2, pixels };
}

suite('frames are encoded on threads beside this one', () => {
  let bundle: Bundle;
  let encoder: PooledFrameEncoder;
  before(async () => {
    bundle = await openBundle(builtin);
    encoder = new PooledFrameEncoder(bundle, { threads: 2 });
  });
  after(() => encoder[Symbol.asyncDispose]());

  test('which end when they have nothing to do for a while, and start again', async (t) => {
    const resting = new PooledFrameEncoder(bundle, { threads: 1, restAfterMs: 1 });
    t.after(() => resting[Symbol.asyncDispose]());
    const [first] = await resting.analyse([[frame(0), frame(1)]], whole);
    assert.ok(resting.hasThreads);
    while (resting.hasThreads) await setTimeout(1);
    const [again] = await resting.analyse([[frame(0), frame(1)]], whole);
    assert.deepEqual(again.embedding, first.embedding);
  });

  test('with the same results as on one and in their order', async () => {
    const patches = [0, 2, 4, 6, 8].map((n) => [frame(n), frame(n + 1)] as const);
    const here = openOneEncoder(bundle, { provider: 'cpu', threads: 2 });
    try {
      const [ours, theirs] = await Promise.all([
        encoder.analyse(patches, whole),
        here.analyse(patches, whole),
      ]);
      for (const [index, { tokens, embedding, objects }] of ours.entries()) {
        const other = theirs[index];
        const off = (a: Float32Array, b: Float32Array) => Math.max(...a.map((v, i) => Math.abs(v - b[i])));
        assert.ok(off(embedding, other.embedding) < 1e-5, `embedding ${off(embedding, other.embedding)}`);
        assert.ok(off(tokens, other.tokens) < 1e-4 * Math.max(...other.tokens.map(Math.abs)));
        assert.deepEqual(
          objects.map((some) => some.map(({ label }) => label)),
          other.objects.map((some) => some.map(({ label }) => label)),
        );
      }
      assert.equal(encoder.atOnce, 2);
      assert.deepEqual([encoder.width, encoder.embeddingSize], [here.width, here.embeddingSize]);
    } finally {
      await here[Symbol.asyncDispose]();
    }
  });

  test('and a frame that stands for both of its temporal patch is the same as two that are alike', async () => {
    const [one, same] = [frame(3), frame(3)];
    const [alone] = await encoder.analyse([[one, one]], whole);
    const [twice] = await encoder.analyse([[one, same]], whole);
    assert.deepEqual(alone.objects, twice.objects);
    assert.ok(alone.embedding.every((value, i) => Math.abs(value - twice.embedding[i]) < 1e-5));
    assert.ok(alone.tokens.every((value, i) => Math.abs(value - twice.tokens[i]) < 1e-3));
  });

  test('this thread stays free meanwhile', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const patches = Array.from({ length: 6 }, (_, n) => [frame(n), frame(n + 1)] as const);
    await encoder.analyse(patches, whole);
    clearInterval(timer);
    assert.ok(ticks >= 6, `the clock ticked ${ticks} times`);
  });

  test('a cancellation is told at once, also of what runs, and the threads go on with what is asked next', async () => {
    const stop = new AbortController();
    const patches = Array.from({ length: 8 }, (_, n) => [frame(n), frame(n + 1)] as const);
    const running = encoder.analyse(patches, whole, stop.signal);
    stop.abort();
    await assert.rejects(running, (error) => error instanceof LongviewError && error.code === 'cancelled');
    assert.equal((await encoder.analyse(patches.slice(0, 1), whole)).length, 1);
  });

  test('what a thread throws comes through, and wrong frames are refused before', async () => {
    const small = { time: 0, pixels: new Uint8Array(3) };
    await assert.rejects(encoder.analyse([[small, small]], whole), /pixels must be 442368 bytes/);
    const outside = { ...whole, width: 600 };
    await assert.rejects(encoder.analyse([[frame(0), frame(1)]], outside), /letterbox must be/);
  });
});

test('a process that ends in the middle of a run waits for it, and ends as it wanted to', async () => {
  const code = `
    import { openBundle } from ${JSON.stringify(new URL('../bundle/bundle.ts', import.meta.url).href)};
    import { PooledFrameEncoder } from ${JSON.stringify(new URL('./pooled-frame-encoder.ts', import.meta.url).href)};
    const encoder = new PooledFrameEncoder(await openBundle(${JSON.stringify(builtin)}), { threads: 2 });
    const frame = () => ({ time: 0, pixels: new Uint8Array(512 * 288 * 3) });
    const letterbox = { x: 0, y: 0, width: 512, height: 288 };
    await encoder.analyse([[frame(), frame()]], letterbox);
    void encoder.analyse(Array.from({ length: 8 }, () => [frame(), frame()]), letterbox);
    setTimeout(() => process.exit(7), 30);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  const [exit, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.deepEqual([exit, signal], [7, null], said);
});

test('a thread that ends in the middle of a run fails that run by name, and another takes its place', async (t) => {
  const folder = temporaryFolder(t);
  const program = join(folder, 'dies.mjs');
  await writeFile(
    program,
    `import { parentPort, workerData } from 'node:worker_threads';
     const left = new Int32Array(workerData.pending);
     left[0]--;
     parentPort.on('message', ({ job, letterbox }) => {
       if (letterbox.x === 1) process.exit(9);
       else {
         left[0]--;
         parentPort.postMessage({ job, analysis: letterbox.x });
       }
     });`,
  );
  const pool = new WorkerPool({} as Bundle, 3, 1, program);
  t.after(() => pool.close());
  const pixel = { time: 0, pixels: new Uint8Array(3) };
  const run = (x: number) => pool.run({ frames: [pixel, pixel], letterbox: { ...whole, x } }, undefined);
  const [dead, alive] = await Promise.allSettled([run(1), run(2)]);
  assert.equal(dead.status, 'rejected');
  assert.ok(dead.reason instanceof LongviewError && dead.reason.code === 'engine-stopped');
  assert.match(dead.reason.message, /ended unexpectedly: it ended with code 9/);
  assert.deepEqual(alive, { status: 'fulfilled', value: 2 });
});
