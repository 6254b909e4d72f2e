import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A graph file that can't be trusted; the message is the reason, in a user's words. */
export class GraphFileError extends Error {
  override readonly name = 'GraphFileError';
}

/** Field numbers of onnx.proto that lead to initializers. */
const field = {
  graph: 7,
  initializer: 5,
  output: 12,
  dims: 1,
  dataType: 2,
  rawData: 9,
  externalData: 13,
  /** Of a key-value pair; also where a value's name lies. */
  key: 1,
  value: 2,
} as const;

/** Bits per element of the TensorProto data types that have a fixed size. */
const elementBits: Record<number, number> = {
  1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 9: 8, 10: 16, 11: 64, 12: 32, 13: 64, 16: 16, 21: 4, 22: 4,
}; // prettier-ignore

const wireVarint = 0;
const wire64 = 1;
const wireBytes = 2;
const wire32 = 5;

/** Sizes beyond this are nonsense: no tensor of any model here has 2^40 elements. */
const mostElements = 2 ** 40;

/**
 * Walks an .onnx file without loading it: that its protobuf ends where the file ends (a truncated graph doesn't),
 * that every constant has a sane shape and as many bytes as that shape needs, and that weights outside the graph
 * lie in files of the bundle, inside their bounds. The runtime would follow any path that a graph names.
 *
 * @param folder the bundle's folder. @param name the graph's file name in it.
 * @param files names that the bundle owns up to.
 * @throws GraphFileError with the reason.
 */
export async function checkGraphFile(folder: string, name: string, files: readonly string[]): Promise<void> {
  const handle = await open(join(folder, name));
  try {
    const size = (await handle.stat()).size;
    const reader = new ProtobufReader(handle, name);
    let graphs = 0;
    for await (const part of reader.fields(0, size)) {
      if (part.number !== field.graph || part.wire !== wireBytes) continue;
      graphs++;
      await checkInitializers(reader, part, { folder, name, files });
    }
    if (graphs !== 1) throw new GraphFileError(`${name} is not an ONNX graph`);
  } finally {
    await handle.close();
  }
}

/** The names of a graph's outputs, in its order. */
export async function graphOutputNames(path: string): Promise<string[]> {
  const handle = await open(path);
  try {
    const reader = new ProtobufReader(handle, basename(path));
    const names: string[] = [];
    for await (const part of reader.fields(0, (await handle.stat()).size)) {
      if (part.number !== field.graph || part.wire !== wireBytes) continue;
      for await (const value of reader.fields(part.start, part.end)) {
        if (value.number !== field.output || value.wire !== wireBytes) continue;
        for await (const entry of reader.fields(value.start, value.end)) {
          if (entry.number === field.key) names.push(await reader.text(entry));
        }
      }
    }
    return names;
  } finally {
    await handle.close();
  }
}

interface Where {
  folder: string;
  name: string;
  files: readonly string[];
}

async function checkInitializers(reader: ProtobufReader, graph: Field, where: Where): Promise<void> {
  for await (const part of reader.fields(graph.start, graph.end)) {
    if (part.number !== field.initializer || part.wire !== wireBytes) continue;
    await checkTensor(await readTensor(reader, part), where);
  }
}

interface Tensor {
  dims: number[];
  dataType: number;
  rawBytes: number | undefined;
  external: Map<string, string>;
}

async function readTensor(reader: ProtobufReader, at: Field): Promise<Tensor> {
  const tensor: Tensor = { dims: [], dataType: 0, rawBytes: undefined, external: new Map() };
  for await (const part of reader.fields(at.start, at.end)) {
    if (part.number === field.dims) {
      if (part.wire === wireVarint) tensor.dims.push(part.value);
      else tensor.dims.push(...(await reader.packedVarints(part)));
    } else if (part.number === field.dataType) tensor.dataType = part.value;
    else if (part.number === field.rawData) tensor.rawBytes = part.end - part.start;
    else if (part.number === field.externalData) {
      let key = '';
      let value = '';
      for await (const entry of reader.fields(part.start, part.end)) {
        if (entry.number === field.key) key = await reader.text(entry);
        if (entry.number === field.value) value = await reader.text(entry);
      }
      tensor.external.set(key, value);
    }
  }
  return tensor;
}

async function checkTensor(tensor: Tensor, { folder, name, files }: Where): Promise<void> {
  const elements = tensor.dims.reduce((product, size) => product * size, 1);
  if (tensor.dims.some((size) => size < 0) || !(elements <= mostElements)) {
    throw new GraphFileError(`${name} has a constant of the absurd shape [${tensor.dims.join(', ')}]`);
  }
  const bits = elementBits[tensor.dataType];
  const bytes = bits === undefined ? undefined : Math.ceil((elements * bits) / 8);
  if (tensor.external.size === 0) {
    if (tensor.rawBytes !== undefined && bytes !== undefined && tensor.rawBytes !== bytes) {
      throw new GraphFileError(
        `${name} has a constant of shape [${tensor.dims.join(', ')}] with ${tensor.rawBytes} bytes instead of ${bytes}`,
      );
    }
    return;
  }
  const location = tensor.external.get('location') ?? '';
  if (!files.includes(location)) {
    throw new GraphFileError(
      `${name} takes weights from ${JSON.stringify(location)}, which is not a file of the bundle`,
    );
  }
  const offset = Number(tensor.external.get('offset') ?? 0);
  const length = Number(tensor.external.get('length') ?? bytes);
  const size = (await stat(join(folder, location))).size;
  if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
    throw new GraphFileError(`${name} takes weights from beyond the end of ${location} (truncated?)`);
  }
  if (bytes !== undefined && length !== bytes) {
    throw new GraphFileError(
      `${name} has a constant of shape [${tensor.dims.join(', ')}] with ${length} bytes instead of ${bytes}`,
    );
  }
}

/** One field of a protobuf message: a number (`value`), or a range of the file (`start` to `end`). */
interface Field {
  number: number;
  wire: number;
  value: number;
  start: number;
  end: number;
}

/** Reads protobuf fields from a file through a window, skipping what nobody asks for. */
class ProtobufReader {
  readonly #handle: FileHandle;
  readonly #name: string;
  readonly #window = Buffer.alloc(1 << 16);
  #windowStart = 0;
  #windowEnd = 0;

  constructor(handle: FileHandle, name: string) {
    this.#handle = handle;
    this.#name = name;
  }

  /** The fields of the message that lies from `start` to `end`. */
  async *fields(start: number, end: number): AsyncGenerator<Field> {
    let at = start;
    while (at < end) {
      const [tag, afterTag] = await this.#varint(at, end);
      const wire = tag % 8;
      const part: Field = { number: Math.floor(tag / 8), wire, value: 0, start: afterTag, end: afterTag };
      if (wire === wireVarint) [part.value, part.end] = await this.#varint(afterTag, end);
      else if (wire === wireBytes) {
        const [length, afterLength] = await this.#varint(afterTag, end);
        part.start = afterLength;
        part.end = afterLength + length;
      } else if (wire === wire64) part.end += 8;
      else if (wire === wire32) part.end += 4;
      else throw this.#broken();
      if (part.number === 0 || part.end > end) throw this.#broken();
      yield part;
      at = part.end;
    }
  }

  async packedVarints(part: Field): Promise<number[]> {
    const values: number[] = [];
    for (let at = part.start; at < part.end;) {
      const [value, after] = await this.#varint(at, part.end);
      values.push(value);
      at = after;
    }
    return values;
  }

  async text(part: Field): Promise<string> {
    if (part.end - part.start > 4096) throw this.#broken();
    const bytes = Buffer.alloc(part.end - part.start);
    await this.#handle.read(bytes, 0, bytes.length, part.start);
    return bytes.toString('utf8');
  }

  async #varint(at: number, end: number): Promise<[value: number, after: number]> {
    let value = 0;
    for (let index = 0; index < 10; index++) {
      if (at + index >= end) throw this.#broken();
      const byte = await this.#byte(at + index);
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return [value, at + index + 1];
    }
    throw this.#broken();
  }

  async #byte(at: number): Promise<number> {
    if (at < this.#windowStart || at >= this.#windowEnd) {
      const { bytesRead } = await this.#handle.read(this.#window, 0, this.#window.length, at);
      this.#windowStart = at;
      this.#windowEnd = at + bytesRead;
      if (bytesRead === 0) throw this.#broken();
    }
    return this.#window[at - this.#windowStart];
  }

  #broken(): GraphFileError {
    return new GraphFileError(`${this.#name} is damaged or truncated`);
  }
}
