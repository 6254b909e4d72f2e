import { open, type FileHandle } from 'node:fs/promises';

/**
 * The `metadata_props` of an ONNX file (a protobuf of onnx.ModelProto), without reading its graph: fields are passed over
 * by their length, so that a file of 2 GB costs a few reads. An ONNX file of another kind, and what is none, has none.
 */
export async function onnxMetadata(path: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    for (let at = 0; at < size;) {
      const tag = await varint(file, at);
      if (!tag) return found;
      const [field, wire] = [tag.value >>> 3, tag.value & 7];
      if (wire === 0) {
        const value = await varint(file, tag.end);
        if (!value) return found;
        at = value.end;
      } else if (wire === 2) {
        const length = await varint(file, tag.end);
        if (!length || length.end + length.value > size) return found;
        // metadata_props
        if (field === 14 && length.value < 1_000_000) {
          const bytes = Buffer.alloc(length.value);
          await file.read(bytes, 0, bytes.length, length.end);
          const [key, value] = entry(bytes);
          if (key !== undefined) found.set(key, value ?? '');
        }
        at = length.end + length.value;
      } else return found;
    }
    return found;
  } finally {
    await file.close();
  }
}

interface Varint {
  value: number;
  end: number;
}

async function varint(file: FileHandle, at: number): Promise<Varint | undefined> {
  const bytes = Buffer.alloc(10);
  const { bytesRead } = await file.read(bytes, 0, 10, at);
  return varintIn(bytes.subarray(0, bytesRead), 0, at);
}

function varintIn(bytes: Buffer, offset: number, at: number): Varint | undefined {
  let value = 0;
  for (let n = 0; offset + n < bytes.length && n < 8; n++) {
    const byte = bytes[offset + n];
    value += (byte & 127) * 2 ** (7 * n);
    if (byte < 128) return { value, end: at + offset + n + 1 };
  }
  return undefined;
}

/** A StringStringEntryProto: key is field 1, value field 2. */
function entry(bytes: Buffer): [key: string | undefined, value: string | undefined] {
  const fields: [string | undefined, string | undefined] = [undefined, undefined];
  for (let at = 0; at < bytes.length;) {
    const tag = varintIn(bytes, at, 0);
    const length = tag && varintIn(bytes, tag.end, 0);
    if (!tag || !length || (tag.value & 7) !== 2) break;
    const field = tag.value >>> 3;
    if (field === 1 || field === 2)
      fields[field - 1] = bytes.toString('utf8', length.end, length.end + length.value);
    at = length.end + length.value;
  }
  return fields;
}
