import { open, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';

/** A tensor of a fixture: its numbers, whatever type they were stored in, and its shape. */
export interface FixtureTensor {
  shape: number[];
  data: Float32Array | Int32Array | Uint8Array;
}

const size = z.int().nonnegative();
const headerSchema = z.record(
  z.string(),
  z.union([
    z.object({
      dtype: z.enum(['F32', 'I32', 'U8']),
      shape: z.array(size),
      data_offsets: z.tuple([size, size]),
    }),
    z.record(z.string(), z.string()),
  ]),
);

const types = { F32: Float32Array, I32: Int32Array, U8: Uint8Array };

/** Reads single tensors of a .safetensors file: 8 bytes of length, a JSON header, raw little-endian data. */
export class SafetensorsFile implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #header: z.infer<typeof headerSchema>;
  readonly #start: number;

  private constructor(handle: FileHandle, header: z.infer<typeof headerSchema>, start: number) {
    this.#handle = handle;
    this.#header = header;
    this.#start = start;
  }

  /** @throws Error saying what is wrong with the file. */
  static async open(path: string): Promise<SafetensorsFile> {
    const handle = await open(path);
    try {
      const bytes = (await handle.stat()).size;
      const length = Number((await readExactly(handle, 0, 8)).readBigUInt64LE());
      if (8 + length > bytes) throw new Error(`a header of ${length} bytes in a file of ${bytes}`);
      const header = headerSchema.parse(JSON.parse((await readExactly(handle, 8, length)).toString('utf8')));
      return new SafetensorsFile(handle, header, 8 + length);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Whether there is such a tensor. */
  has(name: string): boolean {
    return name !== '__metadata__' && name in this.#header;
  }

  /** @throws Error for a tensor that isn't there, or whose bytes don't fit its shape. */
  async tensor(name: string): Promise<FixtureTensor> {
    const entry = this.has(name) ? this.#header[name] : undefined;
    if (!entry || !('dtype' in entry) || typeof entry.shape === 'string')
      throw new Error(`it has no tensor ${name}`);
    const { dtype, shape, data_offsets } = entry as {
      dtype: 'F32' | 'I32' | 'U8';
      shape: number[];
      data_offsets: [number, number];
    };
    const type = types[dtype];
    const count = shape.reduce((product, side) => product * side, 1);
    const [from, to] = data_offsets;
    if (to - from !== count * type.BYTES_PER_ELEMENT)
      throw new Error(`${name} has ${to - from} bytes for [${shape.join(', ')}]`);
    const bytes = await readExactly(this.#handle, this.#start + from, to - from);
    // A copy that begins on a boundary that every type can be read from.
    return {
      shape,
      data: new type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

async function readExactly(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new Error(`it is cut short at ${position + done} bytes`);
    done += bytesRead;
  }
  return bytes;
}
