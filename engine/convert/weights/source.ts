/**
 * Where a graph's weights come from: a checkpoint on disk, or arrays in memory. Tensors are called by the names
 * that Qwen2-VL checkpoints give them (`model.layers.0.self_attn.q_proj.weight`) and lie row-major.
 */
export interface WeightSource {
  /** The tensor's shape, or undefined when there is no such tensor. */
  shape(name: string): readonly number[] | undefined;
  /** Reads `into.length` elements from element `start` on, as float32 whatever type is stored. */
  read(name: string, start: number, into: Float32Array): Promise<void>;
}

/** A {@link WeightSource} of arrays that are in memory already, for tests and for models as small as the built-in one. */
export function memorySource(
  tensors: Readonly<Record<string, { shape: readonly number[]; data: Float32Array }>>,
): WeightSource {
  return {
    shape: (name) => tensors[name]?.shape,
    read: (name, start, into) => {
      const tensor = tensors[name];
      if (tensor === undefined) return Promise.reject(new Error(`no tensor ${name}`));
      into.set(tensor.data.subarray(start, start + into.length));
      return Promise.resolve();
    },
  };
}

/**
 * Checks that a tensor is there with the given shape.
 * @returns what is wrong with it, in words, or undefined.
 */
export function shapeProblem(
  source: WeightSource,
  name: string,
  expected: readonly number[],
): string | undefined {
  const shape = source.shape(name);
  if (shape === undefined) return `${name} is missing`;
  if (shape.length !== expected.length || shape.some((size, axis) => size !== expected[axis]))
    return `${name} has shape [${shape.join(', ')}] where the config makes it [${expected.join(', ')}]`;
  return undefined;
}
