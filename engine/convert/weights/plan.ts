import type { ElementType, ExternalData, GraphBuilder } from '../onnx/graph.ts';
import { elementBytes } from '../onnx/graph.ts';

/** Most bytes that a {@link TensorBytes} may yield at once; it bounds the memory of a conversion. */
export const chunkBytes = 4 * 1024 * 1024;

/**
 * Makes a tensor's bytes piece by piece, in order. A yielded piece is used up before the next one is asked for,
 * so a producer may fill the same buffer again.
 */
export type TensorBytes = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

interface Planned {
  name: string;
  offset: number;
  bytes: number;
  /** Where the bytes go when they belong in the graph itself. */
  inline: Uint8Array | undefined;
  produce: TensorBytes;
}

/**
 * The weights of one graph: first each gets its place (so that the graph can be built without reading any),
 * then they are produced one after another, each in bounded pieces.
 */
export class WeightPlan {
  /** The external-data file's name, or undefined when the weights go into the graph itself. */
  readonly location: string | undefined;
  readonly #planned: Planned[] = [];
  #end = 0;

  constructor(location?: string) {
    this.location = location;
  }

  /** Where a tensor of this plan lies, if it is outside the graph. */
  place(name: string): ExternalData | undefined {
    const found = this.#planned.find((tensor) => tensor.name === name);
    if (found === undefined || this.location === undefined) return undefined;
    return { location: this.location, offset: found.offset, length: found.bytes };
  }

  /** Bytes of the external-data file. */
  get bytes(): number {
    return this.#end;
  }

  /** Adds a constant to the graph whose bytes are produced later. @returns its name. */
  constant(
    graph: GraphBuilder,
    name: string,
    type: ElementType,
    dims: readonly number[],
    produce: TensorBytes,
  ): string {
    const bytes = dims.reduce((product, size) => product * size, elementBytes[type]);
    const inline = this.location === undefined ? new Uint8Array(bytes) : undefined;
    const offset = inline ? 0 : align(this.#end, bytes);
    this.#planned.push({ name, offset, bytes, inline, produce });
    if (inline) return graph.constant(name, type, dims, inline);
    this.#end = offset + bytes;
    const place: ExternalData = { location: this.location as string, offset, length: bytes };
    return graph.constant(name, type, dims, place);
  }

  /** Produces all weights in their order, with the gaps between them, as the external-data file's bytes. */
  async *stream(): AsyncGenerator<Uint8Array, void, undefined> {
    let position = 0;
    for (const tensor of this.#planned) {
      if (tensor.inline) {
        await fill(tensor, tensor.inline);
        continue;
      }
      if (tensor.offset > position) yield new Uint8Array(tensor.offset - position);
      position = tensor.offset;
      for await (const piece of checked(tensor)) {
        yield piece;
        position += piece.byteLength;
      }
    }
  }
}

/**
 * Large tensors start on a boundary that every system can map from (64 KiB, Windows' allocation granularity),
 * small ones on a cache line.
 */
function align(offset: number, bytes: number): number {
  const boundary = bytes >= 1024 * 1024 ? 65_536 : 64;
  return Math.ceil(offset / boundary) * boundary;
}

async function fill(tensor: Planned, into: Uint8Array): Promise<void> {
  let position = 0;
  for await (const piece of checked(tensor)) {
    into.set(piece, position);
    position += piece.byteLength;
  }
}

/** Guards against a producer that makes too few, too many or too large pieces: each would corrupt what follows. */
async function* checked(tensor: Planned): AsyncGenerator<Uint8Array, void, undefined> {
  let made = 0;
  for await (const piece of tensor.produce()) {
    made += piece.byteLength;
    if (piece.byteLength > chunkBytes || made > tensor.bytes)
      throw new RangeError(
        `weight ${tensor.name}: ${made} of ${tensor.bytes} bytes made, the last ${piece.byteLength} at once`,
      );
    yield piece;
  }
  if (made !== tensor.bytes)
    throw new RangeError(`weight ${tensor.name}: ${made} of ${tensor.bytes} bytes made`);
}
