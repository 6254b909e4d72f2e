import type { FileHandle } from 'node:fs/promises';
import { open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { StoredType } from '../weights/numbers.ts';
import { storedTypes, widen } from '../weights/numbers.ts';
import type { WeightSource } from '../weights/source.ts';
import { exists, readJson } from './folder.ts';
import { badCheckpoint } from './problems.ts';
import type { StoredTensor } from './safetensors.ts';
import { readHeader, readInto } from './safetensors.ts';

const indexName = 'model.safetensors.index.json';
const indexSchema = z.looseObject({
  weight_map: z.record(
    z.string(),
    z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*\.safetensors$/, 'must be a .safetensors file of the folder'),
  ),
});

interface Located extends StoredTensor {
  file: FileHandle;
  shard: string;
}

/**
 * A checkpoint's weights on disk, under the names that Qwen2-VL's first checkpoints gave them whatever this
 * folder calls them. Holds its files open until it is disposed.
 */
export class CheckpointWeights implements WeightSource, AsyncDisposable {
  readonly #tensors: Map<string, Located>;
  readonly #files: FileHandle[];
  #scratch = new Uint8Array(0);

  constructor(tensors: Map<string, Located>, files: FileHandle[]) {
    this.#tensors = tensors;
    this.#files = files;
  }

  /** All tensors' names. */
  names(): string[] {
    return [...this.#tensors.keys()];
  }

  /** A tensor's stored type, as safetensors calls it. */
  dtype(name: string): string | undefined {
    return this.#tensors.get(name)?.dtype;
  }

  shape(name: string): readonly number[] | undefined {
    return this.#tensors.get(name)?.shape;
  }

  /** @throws LongviewError `bad-checkpoint` when the file has become shorter since it was opened. */
  async read(name: string, start: number, into: Float32Array): Promise<void> {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new Error(`no tensor ${name}`);
    const perElement = storedTypes[tensor.dtype as StoredType];
    const bytes = into.length * perElement;
    if (this.#scratch.byteLength < bytes) this.#scratch = new Uint8Array(bytes);
    const stored = this.#scratch.subarray(0, bytes);
    await readInto(tensor.file, tensor.offset + start * perElement, stored).catch((cause: unknown) => {
      throw badCheckpoint(
        `${tensor.shard} can't be read at ${name}: ${(cause as Error).message}.`,
        {},
        cause,
      );
    });
    widen(tensor.dtype as StoredType, stored, into);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close()));
  }
}

/**
 * Opens a folder's .safetensors files, one or many with their index.
 * @throws LongviewError `bad-checkpoint` when there are none, one is damaged, or files and index disagree.
 */
export async function openWeights(folder: string): Promise<CheckpointWeights> {
  const { shards, map } = await listShards(folder);
  const files: FileHandle[] = [];
  const tensors = new Map<string, Located>();
  const problems: string[] = [];
  try {
    for (const shard of shards) {
      const file = await openShard(folder, shard);
      files.push(file);
      const header = await readHeader(file).catch((cause: unknown) => {
        throw badCheckpoint(`${shard} can't be read: ${(cause as Error).message}.`, { file: shard }, cause);
      });
      for (const [stored, tensor] of header) {
        const name = canonicalName(stored);
        const twice = tensors.get(name);
        if (twice) problems.push(`${name} lies in ${twice.shard} and in ${shard}`);
        if (map && map[stored] !== shard)
          problems.push(`${stored} lies in ${shard}, where the index doesn't put it`);
        tensors.set(name, { ...tensor, file, shard });
      }
    }
    for (const [stored, shard] of Object.entries(map ?? {}))
      if (!tensors.has(canonicalName(stored))) problems.push(`${stored} is missing from ${shard}`);
    if (problems.length > 0)
      throw badCheckpoint(`The weights disagree: ${problems.slice(0, 12).join('; ')}.`, { problems });
    return new CheckpointWeights(tensors, files);
  } catch (error) {
    await Promise.all(files.map((file) => file.close()));
    throw error;
  }
}

/** Newer transformers write `model.language_model.…` and `model.visual.…`; older ones `model.…` and `visual.…`. */
export function canonicalName(stored: string): string {
  return stored.replace(/^model\.language_model\./, 'model.').replace(/^model\.visual\./, 'visual.');
}

async function listShards(
  folder: string,
): Promise<{ shards: string[]; map: Record<string, string> | undefined }> {
  if (await exists(join(folder, indexName))) {
    const { weight_map } = await readJson(folder, indexName, indexSchema);
    return { shards: [...new Set(Object.values(weight_map))].sort(), map: weight_map };
  }
  const found = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'));
  if (found.length === 1) return { shards: found, map: undefined };
  if (found.length > 1)
    throw badCheckpoint(
      `${JSON.stringify(basename(folder))} has ${found.length} .safetensors files but no ${indexName}.`,
    );
  const pickled = (await readdir(folder)).find((name) => /\.(bin|pth?|ckpt)$/.test(name));
  throw badCheckpoint(
    `${JSON.stringify(basename(folder))} has no .safetensors file${pickled ? ` (${pickled} is a format that can run code when it is opened; save it as safetensors)` : ''}.`,
  );
}

async function openShard(folder: string, shard: string): Promise<FileHandle> {
  return open(join(folder, shard), 'r').catch((cause: unknown) => {
    throw badCheckpoint(`${shard}, which the index names, can't be opened.`, { file: shard }, cause);
  });
}
