import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleManifest } from '../../protocol/bundle.ts';
import { throwIfCancelled } from '../../protocol/errors.ts';

/** A written file as bundle.json lists it. */
export type WrittenFile = BundleManifest['files'][number];

/** What long writes take: a way to be cancelled, and somebody to tell about bytes that are done. */
export interface WriteOptions {
  signal?: AbortSignal | undefined;
  onBytes?: ((bytes: number) => void) | undefined;
}

/** Writes a file piece by piece, hashing as it goes, and waits until it is on the disk. */
export async function writeStream(
  folder: string,
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: WriteOptions = {},
): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(join(folder, path), 'wx');
  try {
    for await (const piece of pieces) {
      throwIfCancelled(options.signal);
      hash.update(piece);
      await writeWhole(file, piece);
      bytes += piece.byteLength;
      options.onBytes?.(piece.byteLength);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { path, bytes, sha256: hash.digest('hex') };
}

async function writeWhole(file: Awaited<ReturnType<typeof open>>, piece: Uint8Array): Promise<void> {
  let written = 0;
  while (written < piece.byteLength)
    written += (await file.write(piece, written, piece.byteLength - written)).bytesWritten;
}

/** Copies a file into the folder, hashing as it goes. */
export async function copyInto(
  folder: string,
  path: string,
  from: string,
  options: WriteOptions = {},
): Promise<WrittenFile> {
  return writeStream(folder, path, createReadStream(from), options);
}

/**
 * Reads every file back and compares it with what was written.
 * @throws Error naming the file that the disk did not keep.
 */
export async function verifyFiles(
  folder: string,
  files: readonly WrittenFile[],
  options: WriteOptions = {},
): Promise<void> {
  for (const file of files) {
    const hash = createHash('sha256');
    for await (const piece of createReadStream(join(folder, file.path), { highWaterMark: 1024 * 1024 })) {
      throwIfCancelled(options.signal);
      hash.update(piece as Buffer);
      options.onBytes?.((piece as Buffer).byteLength);
    }
    if (hash.digest('hex') !== file.sha256)
      throw new Error(`${file.path} reads back differently from what was written: the disk is failing`);
  }
}
