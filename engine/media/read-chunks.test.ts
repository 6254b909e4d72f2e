import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { readChunks } from './read-chunks.ts';

const patient = { stallTimeoutMs: 60_000, onStall: () => assert.fail('did not stall') };

test('a byte stream is cut into equal pieces whatever its chunks are', async () => {
  const bytes = Buffer.from(Array.from({ length: 23 }, (_, index) => index));
  for (const sizes of [[23], [1, 22], [5, 5, 5, 5, 3], [4, 7, 12]]) {
    let at = 0;
    const chunks = sizes.map((size) => bytes.subarray(at, (at += size)));
    const pieces: number[][] = [];
    for await (const piece of readChunks(Readable.from(chunks), 5, patient)) pieces.push([...piece]);
    assert.deepEqual(pieces.flat(), [...bytes.subarray(0, 20)]);
    assert.equal(pieces.length, 4);
  }
});

test('a slow consumer holds the stream back', async () => {
  let produced = 0;
  const endless = new Readable({
    highWaterMark: 1000,
    read() {
      produced++;
      this.push(Buffer.alloc(1000));
    },
  });
  const pieces = readChunks(endless, 1000, patient);
  for (let pulled = 1; pulled <= 50; pulled++) {
    await pieces.next();
    // Whatever turns the event loop makes meanwhile, nothing more is asked of the producer.
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    assert.ok(produced <= pulled + 4, `${produced} chunks produced for ${pulled} pulled`);
  }
  await pieces.return();
  assert.ok(endless.destroyed);
});

test('a stream that stands still is reported while it is being waited for', async () => {
  const silent = new Readable({ read() {} });
  const pieces = readChunks(silent, 10, { stallTimeoutMs: 10, onStall: () => silent.push(null) });
  assert.deepEqual(await pieces.next(), { value: undefined, done: true });
});
