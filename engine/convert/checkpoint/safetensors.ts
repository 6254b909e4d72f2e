import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { plural } from '../../protocol/plural.ts';

/** Bytes of one element of the types that a safetensors header may name. */
const elementBytes: Record<string, number> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
};

/** The format's own limit. */
const maxHeaderBytes = 100_000_000;

/** A tensor as the header describes it. */
export interface StoredTensor {
  dtype: string;
  shape: number[];
  /** Bytes from the start of the file. */
  offset: number;
  bytes: number;
}

const size = z.int().nonnegative();
const headerSchema = z.record(
  z.string(),
  z.union([
    z.strictObject({ dtype: z.string(), shape: z.array(size).max(16), data_offsets: z.tuple([size, size]) }),
    // The entry `__metadata__`.
    z.record(z.string(), z.string()),
  ]),
);

/**
 * Reads the header of a .safetensors file (8 bytes of length, JSON, data) and checks that every tensor's bytes
 * lie where they should: in the file, as long as the shape says, one after another without gap or overlap.
 * @throws Error saying what is wrong, for the caller to put the file's name to.
 */
export async function readHeader(file: FileHandle): Promise<Map<string, StoredTensor>> {
  const fileBytes = (await file.stat()).size;
  if (fileBytes < 8) throw new Error(`it is cut short: ${plural(fileBytes, 'byte')}`);
  const headerBytes = Number((await readExactly(file, 0, 8)).readBigUInt64LE(0));
  if (headerBytes > maxHeaderBytes)
    throw new Error(`its header claims ${headerBytes} bytes, more than the format allows`);
  if (8 + headerBytes > fileBytes)
    throw new Error(`it is cut short: a header of ${plural(headerBytes, 'byte')} in a file of ${fileBytes}`);
  const header = parse((await readExactly(file, 8, headerBytes)).toString('utf8'));
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    if (!isTensor(entry)) throw new Error(`its header says nothing usable about ${name}`);
    tensors.set(name, place(name, entry, 8 + headerBytes));
  }
  checkLayout(tensors, 8 + headerBytes, fileBytes);
  return tensors;
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

function isTensor(entry: Entry | Record<string, string>): entry is Entry {
  return Array.isArray(entry['shape']);
}

function parse(text: string): z.output<typeof headerSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('its header is not JSON');
  }
  const parsed = headerSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`its header is not as the format says at ${JSON.stringify(issue?.path[0] ?? '')}`);
}

function place(name: string, entry: Entry, dataStart: number): StoredTensor {
  const perElement = elementBytes[entry.dtype];
  if (perElement === undefined)
    throw new Error(`${name} has the unknown type ${JSON.stringify(entry.dtype)}`);
  const [start, end] = entry.data_offsets;
  const bytes = entry.shape.reduce((product, length) => product * length, perElement);
  if (end - start !== bytes)
    throw new Error(
      `${name} has ${plural(end - start, 'byte')} where ${entry.dtype} [${entry.shape.join(', ')}] needs ${bytes}`,
    );
  return { dtype: entry.dtype, shape: entry.shape, offset: dataStart + start, bytes };
}

function checkLayout(tensors: Map<string, StoredTensor>, dataStart: number, fileBytes: number): void {
  let end = dataStart;
  const byOffset = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes);
  for (const [name, tensor] of byOffset) {
    if (tensor.offset < end) throw new Error(`${name} overlaps the tensor before it`);
    if (tensor.offset > end)
      throw new Error(`there is a gap of ${plural(tensor.offset - end, 'byte')} before ${name}`);
    end = tensor.offset + tensor.bytes;
  }
  if (end > fileBytes) throw new Error(`it is cut short: ${fileBytes} of ${plural(end, 'byte')}`);
  if (end < fileBytes) throw new Error(`it has ${plural(fileBytes - end, 'byte')} after its last tensor`);
}

/** Reads a range. @throws Error when the file ends before it. */
async function readExactly(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  await readInto(file, position, buffer);
  return buffer;
}

/** Fills a buffer from a place in a file. @throws Error when the file ends before that. */
export async function readInto(file: FileHandle, position: number, into: Uint8Array): Promise<void> {
  let filled = 0;
  while (filled < into.byteLength) {
    const { bytesRead } = await file.read(into, filled, into.byteLength - filled, position + filled);
    if (bytesRead === 0) throw new Error('it ended while it was read');
    filled += bytesRead;
  }
}
