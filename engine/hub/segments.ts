import { LongviewError } from '../protocol/errors.ts';
import { z } from 'zod';
import type { FootageLine, PatchBatch, SeriesBatch, StillFile } from '../library/index.ts';

/**
 * A segment's bytes: the length of its table of contents (uint32), that as JSON, then the blobs that it names, one after
 * the other. Blobs are as the library keeps them (engine/library/packing.ts).
 */
function pack(contents: unknown, blobs: readonly Uint8Array[]): Buffer {
  const head = Buffer.from(JSON.stringify(contents));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, ...blobs]);
}

function unpack<T>(
  data: Uint8Array,
  schema: z.ZodType<T>,
): { contents: T; next: (bytes: number) => Uint8Array } {
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (buffer.length < 4) throw damaged('it is too short');
  let at = 4 + buffer.readUInt32LE(0);
  if (at > buffer.length) throw damaged('it is cut');
  const parsed = schema.safeParse(jsonIn(buffer.subarray(4, at)));
  if (!parsed.success) throw damaged(parsed.error.issues[0]?.message ?? 'unreadable');
  return {
    contents: parsed.data,
    next(bytes) {
      if (at + bytes > buffer.length) throw damaged('it is cut');
      // A copy: blobs are read as arrays of wider numbers, which need their alignment.
      const blob = new Uint8Array(buffer.subarray(at, at + bytes));
      at += bytes;
      return blob;
    },
  };
}

function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function damaged(why: string): LongviewError {
  return new LongviewError(
    'library-damaged',
    `A segment of the hub can't be read: ${why}.`,
    'Ask whoever administers the hub to run "longview hub doctor".',
  );
}

const size = z.int().min(0);
const patchesSchema = z.array(
  z.object({
    first: size,
    count: z.int().min(1),
    bytes: z.tuple([size, size, size]),
    objects: z.array(z.object({ label: z.string().max(300), count: size, best: z.number(), bytes: size })),
  }),
);

/** Packs temporal patches that lie one after the other. */
export function packPatches(batches: readonly PatchBatch[]): Buffer {
  const contents = batches.map(({ first, count, times, cuts, embeddings, objects }) => ({
    ...{ first, count, bytes: [times.length, cuts.length, embeddings.length] },
    objects: objects.map(({ label, count: n, best, bytes }) => ({
      label,
      count: n,
      best,
      bytes: bytes.length,
    })),
  }));
  const blobs = batches.flatMap(({ times, cuts, embeddings, objects }) => [
    ...[times, cuts, embeddings],
    ...objects.map(({ bytes }) => bytes),
  ]);
  return pack(contents, blobs);
}

/** Undoes {@link packPatches}. @throws LongviewError `library-damaged`. */
export function unpackPatches(data: Uint8Array): PatchBatch[] {
  const { contents, next } = unpack(data, patchesSchema);
  return contents.map(({ first, count, bytes, objects }) => ({
    ...{ first, count, times: next(bytes[0]), cuts: next(bytes[1]), embeddings: next(bytes[2]) },
    objects: objects.map(({ label, count: n, best, bytes: length }) => ({
      ...{ label, count: n, best, bytes: next(length) },
    })),
  }));
}

const stillsSchema = z.array(z.object({ time: z.number(), file: z.string(), bytes: size }));

/** Packs stills. */
export function packStills(stills: readonly StillFile[]): Buffer {
  return pack(
    stills.map(({ time, file, data }) => ({ time, file, bytes: data.length })),
    stills.map(({ data }) => data),
  );
}

/** Undoes {@link packStills}. @throws LongviewError `library-damaged`. */
export function unpackStills(data: Uint8Array): StillFile[] {
  const { contents, next } = unpack(data, stillsSchema);
  return contents.map(({ time, file, bytes }) => ({ time, file, data: next(bytes) }));
}

const linesSchema = z.array(
  z.object({
    kind: z.enum(['said', 'on-screen', 'chapter', 'title']),
    start: z.number(),
    end: z.number(),
    text: z.string(),
    language: z.string().optional(),
    extra: z.record(z.string(), z.unknown()).optional(),
  }),
);

/** Packs lines of text. */
export function packLines(lines: readonly FootageLine[]): Buffer {
  return pack(lines, []);
}

/** Undoes {@link packLines}. @throws LongviewError `library-damaged`. */
export function unpackLines(data: Uint8Array): FootageLine[] {
  return unpack(data, linesSchema).contents;
}

const seriesSchema = z.array(
  z.object({ first: size, count: z.int().min(1), start: z.number(), step: z.number().positive() }),
);

/** Packs values. */
export function packSeries(batches: readonly SeriesBatch[]): Buffer {
  return pack(
    batches.map(({ first, count, start, step }) => ({ first, count, start, step })),
    batches.map(({ data }) => data),
  );
}

/** Undoes {@link packSeries}. @throws LongviewError `library-damaged`. */
export function unpackSeries(data: Uint8Array): SeriesBatch[] {
  const { contents, next } = unpack(data, seriesSchema);
  return contents.map((batch) => ({ ...batch, data: next(batch.count * 4) }));
}
