import { z } from 'zod';

const attributeSchema = z.looseObject({
  s: z.string().optional(),
  i: z.union([z.string(), z.number()]).optional(),
  b: z.boolean().optional(),
  list: z
    .looseObject({
      s: z.array(z.string()).optional(),
      i: z.array(z.union([z.string(), z.number()])).optional(),
    })
    .optional(),
});

const nodeSchema = z.looseObject({
  name: z.string().min(1),
  op: z.string().min(1),
  input: z.array(z.string()).default([]),
  attr: z.record(z.string(), attributeSchema).default({}),
});

const weightSchema = z.looseObject({
  name: z.string().min(1),
  shape: z.array(z.number().int().nonnegative()),
  dtype: z.enum(['float32', 'int32', 'bool']),
  quantization: z
    .looseObject({
      dtype: z.enum(['uint8', 'uint16', 'float16']),
      scale: z.number().optional(),
      min: z.number().optional(),
    })
    .optional(),
});

const modelSchema = z.looseObject({
  format: z.literal('graph-model'),
  modelTopology: z.looseObject({ node: z.array(nodeSchema).min(1) }),
  weightsManifest: z.array(
    z.looseObject({ paths: z.array(z.string()).min(1), weights: z.array(weightSchema) }),
  ),
});

/** A constant of the graph. 16-bit floats stay bits, so that they can be stored as they came. */
export type Weight =
  | { type: 'float32'; shape: readonly number[]; data: Float32Array }
  | { type: 'float16'; shape: readonly number[]; data: Uint16Array }
  | { type: 'int32'; shape: readonly number[]; data: Int32Array };

/** One operation of a TensorFlow graph. */
export interface GraphNode {
  name: string;
  op: string;
  /** Names of the nodes it reads, control inputs left out; `name:1` is the second output of `name`. */
  inputs: readonly string[];
  /** A text attribute (`padding`), decoded. */
  text(attribute: string): string | undefined;
  /** A flag (`align_corners`). */
  flag(attribute: string): boolean;
  /** A list of whole numbers (`strides`). */
  integers(attribute: string): number[] | undefined;
  /** A list of texts (`fused_ops`), decoded. */
  texts(attribute: string): string[];
}

/** A TensorFlow.js graph model with its constants decoded. */
export interface GraphModel {
  nodes: ReadonlyMap<string, GraphNode>;
  weights: ReadonlyMap<string, Weight>;
}

/**
 * Reads a TensorFlow.js graph model: `model.json`'s text and its weight files joined in the manifest's order.
 *
 * Weights may be 32-bit, 16-bit floats, or 8- and 16-bit integers with scale and minimum, as the manifest says
 * (TensorFlow.js, `io/types.ts`, `WeightsManifestEntry`).
 * @throws Error when the JSON is not a graph model or the bytes don't match the manifest.
 */
export function parseGraphModel(json: string, bytes: Uint8Array): GraphModel {
  const parsed = modelSchema.safeParse(JSON.parse(json));
  if (!parsed.success) {
    throw new Error(`not a TensorFlow.js graph model: ${z.prettifyError(parsed.error)}`);
  }
  const nodes = new Map<string, GraphNode>();
  for (const node of parsed.data.modelTopology.node) nodes.set(node.name, graphNode(node));
  const weights = new Map<string, Weight>();
  let offset = 0;
  for (const weight of parsed.data.weightsManifest.flatMap((group) => group.weights)) {
    const size = byteSize(weight);
    if (offset + size > bytes.byteLength) {
      throw new Error(`weights end at byte ${bytes.byteLength}, ${weight.name} needs ${offset + size}`);
    }
    // A copy, because typed arrays want their own alignment.
    weights.set(weight.name, decode(weight, Uint8Array.from(bytes.subarray(offset, offset + size)).buffer));
    offset += size;
  }
  if (offset !== bytes.byteLength) {
    throw new Error(`the manifest describes ${offset} bytes of weights, the files hold ${bytes.byteLength}`);
  }
  return { nodes, weights };
}

type ManifestWeight = z.infer<typeof weightSchema>;

const storedBytes = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const;

function byteSize(weight: ManifestWeight): number {
  return count(weight.shape) * storedBytes[weight.quantization?.dtype ?? weight.dtype];
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function decode(weight: ManifestWeight, buffer: ArrayBuffer): Weight {
  const { shape, quantization } = weight;
  if (quantization?.dtype === 'float16') return { type: 'float16', shape, data: new Uint16Array(buffer) };
  if (quantization) {
    const stored = quantization.dtype === 'uint8' ? new Uint8Array(buffer) : new Uint16Array(buffer);
    const { scale, min } = quantization;
    if (scale === undefined || min === undefined) {
      throw new Error(`weight ${weight.name}: ${quantization.dtype} without scale and minimum`);
    }
    const values = Float32Array.from(stored, (value) => value * scale + min);
    return weight.dtype === 'int32'
      ? { type: 'int32', shape, data: Int32Array.from(values, Math.round) }
      : { type: 'float32', shape, data: values };
  }
  if (weight.dtype === 'float32') return { type: 'float32', shape, data: new Float32Array(buffer) };
  if (weight.dtype === 'int32') return { type: 'int32', shape, data: new Int32Array(buffer) };
  return { type: 'int32', shape, data: Int32Array.from(new Uint8Array(buffer)) };
}

function graphNode(node: z.infer<typeof nodeSchema>): GraphNode {
  const { attr } = node;
  return {
    name: node.name,
    op: node.op,
    inputs: node.input.filter((name) => !name.startsWith('^')).map((name) => name.replace(/:0$/, '')),
    text: (name) => (attr[name]?.s === undefined ? undefined : fromBase64(attr[name].s)),
    flag: (name) => attr[name]?.b ?? false,
    integers: (name) => attr[name]?.list?.i?.map(Number),
    texts: (name) => (attr[name]?.list?.s ?? []).map(fromBase64),
  };
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
