import assert from 'node:assert/strict';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { rawSafetensors } from '../testing/safetensors.ts';
import { readHeader } from './safetensors.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longview-safetensors-'));
});
after(() => rm(folder, { recursive: true }));

async function header(bytes: Uint8Array) {
  const path = join(folder, 'x.safetensors');
  await writeFile(path, bytes);
  const file = await open(path);
  return readHeader(file).finally(() => file.close());
}

const tensor = (start: number, end: number, shape = [(end - start) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [start, end],
});

test('a header gives every tensor its type, shape and place in the file', async () => {
  const entries = { __metadata__: { format: 'pt' }, b: tensor(8, 24, [2, 2]), a: tensor(0, 8) };
  const tensors = await header(rawSafetensors(entries, new Uint8Array(24)));
  const start = 8 + Buffer.byteLength(JSON.stringify(entries));
  assert.deepEqual([...tensors.keys()].sort(), ['a', 'b']);
  assert.deepEqual(tensors.get('b'), { dtype: 'F32', shape: [2, 2], offset: start + 8, bytes: 16 });
});

test('a damaged or lying file is refused with the reason', async () => {
  const length = (bytes: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigUInt64LE(bytes);
    return buffer;
  };
  const data = new Uint8Array(16);
  const cases: [RegExp, Uint8Array][] = [
    [/cut short: 3 bytes/, new Uint8Array(3)],
    [/claims \d+ bytes, more than the format allows/, Buffer.concat([length(2n ** 63n), data])],
    [/cut short: a header of 5000 bytes/, Buffer.concat([length(5000n), data])],
    [/header is not JSON/, Buffer.concat([length(4n), Buffer.from('{"a"'), data])],
    [/not as the format says/, rawSafetensors([], data)],
    [
      /not as the format says at "a"/,
      rawSafetensors({ a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, data),
    ],
    [/unknown type "F37"/, rawSafetensors({ a: tensor(0, 16, [4], 'F37') }, data)],
    [/a has 16 bytes where F32 \[5\] needs 20/, rawSafetensors({ a: tensor(0, 16, [5]) }, data)],
    [/b overlaps/, rawSafetensors({ a: tensor(0, 12), b: tensor(8, 16) }, data)],
    [/gap of 4 bytes before b/, rawSafetensors({ a: tensor(0, 8), b: tensor(12, 16) }, data)],
    [/cut short: \d+ of \d+ bytes/, rawSafetensors({ a: tensor(0, 32) }, data)],
    [/8 bytes after its last tensor/, rawSafetensors({ a: tensor(0, 8) }, data)],
  ];
  for (const [reason, bytes] of cases) await assert.rejects(header(bytes), reason);
});
