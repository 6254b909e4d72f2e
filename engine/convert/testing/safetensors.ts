import { readFileSync, writeFileSync } from 'node:fs';
import type { StoredType } from '../weights/numbers.ts';
import { narrow, storedTypes } from '../weights/numbers.ts';

/** A tensor in memory. */
export interface Tensor {
  shape: number[];
  data: Float32Array;
}

/** Writes a .safetensors file, storing every tensor as `dtype`. */
export function writeSafetensors(
  path: string,
  tensors: Record<string, Tensor>,
  dtype: StoredType = 'F32',
): void {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  const parts: Uint8Array[] = [];
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const bytes = stored(data, dtype);
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.byteLength] };
    offset += bytes.byteLength;
    parts.push(bytes);
  }
  writeFileSync(path, rawSafetensors(header, Buffer.concat(parts)));
}

/** A .safetensors file of any header and data, right or wrong. */
export function rawSafetensors(header: unknown, data: Uint8Array): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.byteLength));
  return Buffer.concat([length, json, data]);
}

/** float32 as it is stored; bfloat16 is cut off, not rounded. */
function stored(data: Float32Array, dtype: StoredType): Uint8Array {
  const bytes = new Uint8Array(data.length * storedTypes[dtype]);
  const halves = new Uint16Array(bytes.buffer);
  if (dtype === 'F32') new Float32Array(bytes.buffer).set(data);
  else if (dtype === 'F16') narrow(data, halves);
  else {
    const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
    for (let i = 0; i < bits.length; i++) halves[i] = bits[i] >>> 16;
  }
  return bytes;
}

/** Reads a small .safetensors file of float32, int32 and uint8 tensors whole. */
export function readSafetensors(
  path: string,
): Record<string, { shape: number[]; data: Float32Array | Int32Array | Uint8Array }> {
  const file = readFileSync(path);
  const headerBytes = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerBytes)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const kinds = { F32: Float32Array, I32: Int32Array, U8: Uint8Array };
  return Object.fromEntries(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(
        ([
          name,
          {
            dtype,
            shape,
            data_offsets: [start, end],
          },
        ]) => {
          const bytes = new Uint8Array(file.subarray(8 + headerBytes + start, 8 + headerBytes + end));
          return [name, { shape, data: new kinds[dtype as 'F32'](bytes.buffer) }];
        },
      ),
  );
}
