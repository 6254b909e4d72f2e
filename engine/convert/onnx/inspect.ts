import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;

/** What a graph file declares, read without its weights. */
export interface GraphDeclaration {
  inputs: DeclaredValue[];
  outputs: DeclaredValue[];
  /** ONNX numbers of the initializers' element types (1 float32, 10 float16). */
  weightTypes: Set<number>;
  /** Files beside the graph that hold weights, as the graph names them. */
  externalFiles: Set<string>;
}

/** A graph's input or output. */
export interface DeclaredValue {
  name: string;
  /** ONNX number of the element type. */
  type: number;
  /** Fixed sizes, or undefined for those that are free. */
  shape: (number | undefined)[];
}

/** Numbers of the fields of onnx.proto3 that are looked into. */
const modelGraph = 7;
const graphNode = 1;
const graphInitializer = 5;
const graphInput = 11;
const graphOutput = 12;
const tensorRawData = 9;

/** Messages that are decoded whole must be small: everything but weights is. */
const largestMessage = 64 * 1024 * 1024;

/**
 * Reads what an .onnx file declares by walking its protobuf; weights are skipped, so a file of gigabytes costs
 * no memory.
 * @throws Error saying what is wrong, for the caller to put the file's name to.
 */
export async function inspectGraph(path: string): Promise<GraphDeclaration> {
  const file = await open(path);
  try {
    const reader = new ProtobufReader(file, (await file.stat()).size);
    const graphs: Field[] = [];
    for await (const field of reader.fields(0, reader.size))
      if (field.number === modelGraph) graphs.push(field);
    const [graph] = graphs;
    if (graph === undefined || graphs.length > 1) throw new Error('it is not an ONNX model');
    return await readGraph(reader, graph);
  } finally {
    await file.close();
  }
}

async function readGraph(reader: ProtobufReader, graph: Field): Promise<GraphDeclaration> {
  const found: GraphDeclaration = {
    inputs: [],
    outputs: [],
    weightTypes: new Set(),
    externalFiles: new Set(),
  };
  const initializers = new Set<string>();
  for await (const field of reader.fields(graph.start, graph.end)) {
    if (field.number === graphInput) found.inputs.push(declared(await reader.bytes(field)));
    else if (field.number === graphOutput) found.outputs.push(declared(await reader.bytes(field)));
    else if (field.number === graphInitializer)
      initializers.add(noteTensor(await readTensor(reader, field), found));
    else if (field.number === graphNode) noteNode(onnx.NodeProto.decode(await reader.bytes(field)), found);
  }
  // Old exporters list initializers among the inputs, too.
  found.inputs = found.inputs.filter(({ name }) => !initializers.has(name));
  return found;
}

/** Bytes of a scalar's message, name included: weights are larger. */
const largestScalar = 4096;

/**
 * Reads float32 scalars among a graph's initializers.
 * @returns those that are there, by name
 * @throws Error saying what is wrong, for the caller to put the file's name to.
 */
export async function readScalars(path: string, names: readonly string[]): Promise<Map<string, number>> {
  const file = await open(path);
  try {
    const reader = new ProtobufReader(file, (await file.stat()).size);
    const found = new Map<string, number>();
    for await (const graph of reader.fields(0, reader.size)) {
      if (graph.number !== modelGraph) continue;
      for await (const field of reader.fields(graph.start, graph.end)) {
        if (field.number !== graphInitializer || field.end - field.start > largestScalar) continue;
        const tensor = onnx.TensorProto.decode(await reader.bytes(field));
        const value = names.includes(tensor.name ?? '') ? scalarOf(tensor) : undefined;
        if (value !== undefined) found.set(tensor.name, value);
      }
    }
    return found;
  } finally {
    await file.close();
  }
}

function scalarOf({ dataType, dims, rawData, floatData }: TensorProto): number | undefined {
  const float32 = 1;
  const sizes: readonly unknown[] = dims ?? [];
  if (dataType !== float32 || sizes.some((size) => Number(size) !== 1)) return undefined;
  if (rawData?.length === 4) return Buffer.from(rawData).readFloatLE();
  return floatData?.[0];
}

type TensorProto = InstanceType<typeof onnx.TensorProto>;
type NodeProto = InstanceType<typeof onnx.NodeProto>;

/** A tensor without its data. */
async function readTensor(reader: ProtobufReader, tensor: Field): Promise<TensorProto> {
  const kept: Uint8Array[] = [];
  for await (const field of reader.fields(tensor.start, tensor.end))
    if (field.number !== tensorRawData && field.end - field.start < 65_536)
      kept.push(await reader.bytes({ ...field, start: field.tag }));
  return onnx.TensorProto.decode(Buffer.concat(kept));
}

function noteTensor(tensor: TensorProto, found: GraphDeclaration): string {
  found.weightTypes.add(tensor.dataType ?? 0);
  for (const { key, value } of tensor.externalData ?? [])
    if (key === 'location') found.externalFiles.add(value ?? '');
  return tensor.name ?? '';
}

/** Constants and the bodies of conditions and loops hold tensors, too. */
function noteNode(node: NodeProto, found: GraphDeclaration): void {
  for (const attribute of node.attribute ?? []) {
    const tensors = [attribute.t, ...(attribute.tensors ?? [])];
    const graphs = [attribute.g, ...(attribute.graphs ?? [])];
    for (const graph of graphs) {
      tensors.push(...(graph?.initializer ?? []));
      for (const inner of graph?.node ?? []) noteNode(inner as NodeProto, found);
    }
    for (const tensor of tensors)
      for (const { key, value } of tensor?.externalData ?? [])
        if (key === 'location') found.externalFiles.add(value ?? '');
  }
}

function declared(bytes: Uint8Array): DeclaredValue {
  const value = onnx.ValueInfoProto.decode(bytes);
  const tensor = value.type?.tensorType;
  return {
    name: value.name ?? '',
    type: tensor?.elemType ?? 0,
    shape: (tensor?.shape?.dim ?? []).map((dim) => {
      const size = Number(dim.dimValue ?? 0);
      return size > 0 ? size : undefined;
    }),
  };
}

/** A length-delimited protobuf field: where its tag begins, and its content. */
interface Field {
  number: number;
  tag: number;
  start: number;
  end: number;
}

/** Walks length-delimited fields of a protobuf file. */
class ProtobufReader {
  readonly size: number;
  readonly #file: FileHandle;

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }

  /** The fields between two places that hold bytes; numbers are passed over. */
  async *fields(start: number, end: number): AsyncGenerator<Field, void, undefined> {
    let position = start;
    while (position < end) {
      const tag = await this.#varint(position, end);
      const wire = tag.value & 7;
      const number = Math.floor(tag.value / 8);
      let next = tag.end;
      if (wire === 0) next = (await this.#varint(tag.end, end)).end;
      else if (wire === 1) next += 8;
      else if (wire === 5) next += 4;
      else if (wire === 2) {
        const length = await this.#varint(tag.end, end);
        next = length.end + length.value;
        if (next <= end) yield { number, tag: position, start: length.end, end: next };
      } else throw new Error('it is not an ONNX model');
      if (next > end) throw new Error('it is cut short');
      position = next;
    }
  }

  /** A field's content. */
  async bytes({ start, end }: { start: number; end: number }): Promise<Uint8Array> {
    if (end - start > largestMessage) throw new Error('it has a part that is larger than any model needs');
    const bytes = new Uint8Array(end - start);
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, start);
    if (bytesRead < bytes.length) throw new Error('it is cut short');
    return bytes;
  }

  async #varint(position: number, limit: number): Promise<{ value: number; end: number }> {
    const bytes = await this.bytes({ start: position, end: Math.min(position + 10, limit) });
    let value = 0;
    for (let i = 0; i < bytes.length; i++) {
      value += (bytes[i] & 127) * 2 ** (7 * i);
      if (bytes[i] < 128) {
        if (!Number.isSafeInteger(value)) break;
        return { value, end: position + i + 1 };
      }
    }
    throw new Error('it is cut short');
  }
}
