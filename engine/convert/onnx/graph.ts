import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;

/** Element types of tensors that Longview's graphs use, with ONNX's own numbers (onnx.proto, TensorProto.DataType). */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
} as const;

/** A name of {@link elementTypes}. */
export type ElementType = keyof typeof elementTypes;

/** Bytes of one element. */
export const elementBytes: Record<ElementType, number> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
};

/** Where an initializer's bytes lie when they are not in the graph itself: a file beside the graph. */
export interface ExternalData {
  /** File name, relative to the graph's folder. */
  location: string;
  /** Bytes from the start of the file. */
  offset: number;
  /** Bytes. */
  length: number;
}

/** An attribute's value: integer lists and float lists must be told apart, so floats are wrapped. */
export type Attribute = number | number[] | string | { float: number } | { floats: number[] };

/** A dimension: a fixed size or the name of a free one. */
export type Dimension = number | string;

/**
 * Builds an ONNX model node by node. Names of values are returned by every call and passed to the next ones,
 * so a graph reads like the arithmetic it stands for.
 *
 * Source: the ONNX IR specification (onnx.proto3); contrib operators live in the domain `com.microsoft`.
 */
export class GraphBuilder {
  readonly #name: string;
  readonly #nodes: InstanceType<typeof onnx.NodeProto>[] = [];
  readonly #initializers: InstanceType<typeof onnx.TensorProto>[] = [];
  readonly #inputs: InstanceType<typeof onnx.ValueInfoProto>[] = [];
  readonly #outputs: InstanceType<typeof onnx.ValueInfoProto>[] = [];
  readonly #names = new Set<string>();
  readonly #domains = new Set<string>();
  #count = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Declares a graph input. @returns its name. */
  input(name: string, type: ElementType, dims: readonly Dimension[]): string {
    this.#claim(name);
    this.#inputs.push(valueInfo(name, type, dims));
    return name;
  }

  /** Declares that the value `name` is a graph output. */
  output(name: string, type: ElementType, dims: readonly Dimension[]): void {
    this.#outputs.push(valueInfo(name, type, dims));
  }

  /**
   * Adds a constant tensor.
   * @param data little-endian bytes of `dims` elements, or where they lie outside the graph.
   * @returns its name.
   */
  constant(
    name: string,
    type: ElementType,
    dims: readonly number[],
    data: Uint8Array | ExternalData,
  ): string {
    this.#claim(name);
    const bytes = dims.reduce((product, size) => product * size, 1) * elementBytes[type];
    const length = data instanceof Uint8Array ? data.byteLength : data.length;
    if (length !== bytes) {
      throw new RangeError(
        `constant ${name}: ${type}[${dims.join(',')}] needs ${bytes} bytes, got ${length}`,
      );
    }
    const tensor = new onnx.TensorProto({ name, dataType: elementTypes[type], dims: [...dims] });
    if (data instanceof Uint8Array) tensor.rawData = data;
    else {
      tensor.dataLocation = onnx.TensorProto.DataLocation.EXTERNAL;
      tensor.externalData = [
        { key: 'location', value: data.location },
        { key: 'offset', value: String(data.offset) },
        { key: 'length', value: String(data.length) },
      ];
    }
    this.#initializers.push(tensor);
    return name;
  }

  /** A small constant from JavaScript numbers: float32 (default), int64, int32 or uint8. @returns its name. */
  values(
    type: 'float32' | 'int64' | 'int32' | 'uint8',
    dims: readonly number[],
    values: ArrayLike<number>,
  ): string {
    const numbers = Array.from(values);
    const array =
      type === 'float32'
        ? Float32Array.from(numbers)
        : type === 'int64'
          ? BigInt64Array.from(numbers, BigInt)
          : type === 'int32'
            ? Int32Array.from(numbers)
            : Uint8Array.from(numbers);
    return this.constant(
      this.fresh('const'),
      type,
      dims,
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
    );
  }

  /** Adds a node with one output. @returns the output's name. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = {},
    options: { domain?: string; name?: string } = {},
  ): string {
    return this.nodes(op, inputs, 1, attributes, options)[0];
  }

  /**
   * Adds a node with several outputs. An empty string among `inputs` leaves an optional input out.
   * @param outputs how many, or their names.
   * @returns the outputs' names.
   */
  nodes(
    op: string,
    inputs: readonly string[],
    outputs: number | readonly string[],
    attributes: Record<string, Attribute> = {},
    options: { domain?: string; name?: string } = {},
  ): string[] {
    const base = options.name ?? this.fresh(op);
    const names =
      typeof outputs === 'number'
        ? Array.from({ length: outputs }, (_, i) => (outputs === 1 ? base : `${base}:${i}`))
        : [...outputs];
    for (const name of names) if (name !== '') this.#claim(name);
    const domain = options.domain ?? '';
    this.#domains.add(domain);
    this.#nodes.push(
      new onnx.NodeProto({
        name: `${op}/${names.find((name) => name !== '') ?? base}`,
        opType: op,
        domain,
        input: [...inputs],
        output: names,
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      }),
    );
    return names;
  }

  /** Gives a value a second name, for outputs that must be called something. */
  rename(value: string, name: string): string {
    return this.nodes('Identity', [value], [name])[0];
  }

  /** A name nobody has yet. */
  fresh(prefix: string): string {
    let name: string;
    do name = `${prefix}_${this.#count++}`;
    while (this.#names.has(name));
    return name;
  }

  /** The whole model as bytes of an .onnx file. */
  encode(options: { opset?: number } = {}): Uint8Array {
    const opsetImport = [new onnx.OperatorSetIdProto({ domain: '', version: options.opset ?? 17 })];
    for (const domain of this.#domains) {
      if (domain !== '') opsetImport.push(new onnx.OperatorSetIdProto({ domain, version: 1 }));
    }
    const model = new onnx.ModelProto({
      irVersion: 8,
      producerName: 'longview',
      opsetImport,
      graph: new onnx.GraphProto({
        name: this.#name,
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs,
      }),
    });
    return onnx.ModelProto.encode(model).finish();
  }

  #claim(name: string): void {
    if (this.#names.has(name)) throw new Error(`graph ${this.#name}: two values are called ${name}`);
    this.#names.add(name);
  }
}

function valueInfo(name: string, type: ElementType, dims: readonly Dimension[]) {
  return new onnx.ValueInfoProto({
    name,
    type: {
      tensorType: {
        elemType: elementTypes[type],
        shape: {
          dim: dims.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })),
        },
      },
    },
  });
}

function attribute(name: string, value: Attribute) {
  const types = onnx.AttributeProto.AttributeType;
  if (typeof value === 'number') return new onnx.AttributeProto({ name, type: types.INT, i: value });
  if (typeof value === 'string')
    return new onnx.AttributeProto({ name, type: types.STRING, s: new TextEncoder().encode(value) });
  if (Array.isArray(value)) return new onnx.AttributeProto({ name, type: types.INTS, ints: value });
  if ('float' in value) return new onnx.AttributeProto({ name, type: types.FLOAT, f: value.float });
  return new onnx.AttributeProto({ name, type: types.FLOATS, floats: value.floats });
}
