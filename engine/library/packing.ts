import type { DetectedObject } from '../core/frames.ts';
import { packHalf, unpackHalf } from '../core/float16.ts';
import type { SeenObject } from '../core/frames.ts';
import { whole } from './sqlite/errors.ts';
import type { StoredPatch } from './types.ts';

/** Bytes of a temporal patch in a batch's `times`: start, end and the two frames' presentation times as float64. */
const timesPerPatch = 4;
const bytesPerObject = 22;
/** Before colours were measured; told apart by a bit of the frame's number. */
const bytesWithoutColours = 16;
const withColours = 0x80_00;

/** Objects of one label in one batch, as they are packed. */
export interface PackedObjects {
  label: string;
  count: number;
  /** The best score among them. */
  best: number;
  bytes: Uint8Array;
}

/** [start, end, time of frame 0, time of frame 1] of each temporal patch, float64 little-endian. */
export function packTimes(patches: readonly StoredPatch[]): Uint8Array {
  const values = new Float64Array(patches.length * timesPerPatch);
  patches.forEach((patch, index) => {
    values.set([patch.start, patch.end, ...patch.frameTimes], index * timesPerPatch);
  });
  return new Uint8Array(values.buffer);
}

/** Undoes {@link packTimes}: [n, 4]. */
export function unpackTimes(bytes: Uint8Array): Float64Array {
  return new Float64Array(new Uint8Array(bytes).buffer);
}

/** How much each frame differs from the one before it, float32, two a temporal patch. */
export function packCuts(patches: readonly StoredPatch[]): Uint8Array {
  return new Uint8Array(Float32Array.from(patches.flatMap((patch) => [...patch.cutScores])).buffer);
}

/** Undoes {@link packCuts}: [n, 2]. */
export function unpackCuts(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}

/** Embeddings as half-precision numbers, row-major [n, embeddingSize]. */
export function packEmbeddings(patches: readonly StoredPatch[], size: number): Uint8Array {
  const all = new Float32Array(patches.length * size);
  patches.forEach((patch, index) => all.set(patch.embedding, index * size));
  return packHalf(all);
}

/** Unpacks embeddings into `target` from element `offset` on. */
export function unpackEmbeddings(bytes: Uint8Array, target: Float32Array, offset: number): void {
  unpackHalf(bytes, target, offset);
}

/**
 * Groups the objects of a batch by label. Each takes 22 bytes: temporal patch number (uint32), frame 0 or 1 with the
 * sign of colours (uint16), score and the box's four edges as shares of 65,535 (uint16): 1/65,535 is finer than a
 * pixel of any picture. Then 48 bits of colours, lower half first.
 */
export function packObjects(patches: readonly StoredPatch[], first: number): PackedObjects[] {
  const byLabel = new Map<string, { patch: number; frame: number; object: DetectedObject }[]>();
  patches.forEach((patch, index) =>
    patch.objects.forEach((objects, frame) => {
      for (const object of objects) {
        const list = byLabel.get(object.label) ?? [];
        list.push({ patch: first + index, frame, object });
        byLabel.set(object.label, list);
      }
    }),
  );
  return [...byLabel].map(([label, list]) => {
    const view = new DataView(new ArrayBuffer(list.length * bytesPerObject));
    list.forEach((entry, index) => {
      const at = index * bytesPerObject;
      view.setUint32(at, entry.patch, true);
      view.setUint16(at + 4, entry.frame | withColours, true);
      view.setUint16(at + 6, share(entry.object.score), true);
      entry.object.box.forEach((edge, side) => view.setUint16(at + 8 + side * 2, share(edge), true));
      const { colours = 0 } = entry.object;
      view.setUint32(at + 16, colours % 2 ** 32, true);
      view.setUint16(at + 20, Math.floor(colours / 2 ** 32), true);
    });
    const best = list.reduce((most, { object }) => Math.max(most, object.score), 0);
    return { label, count: list.length, best, bytes: new Uint8Array(view.buffer) };
  });
}

/**
 * Undoes {@link packObjects}: calls `each` for every object of a batch, in the order of packing; older rows know no
 * colours.
 */
export function unpackObjects(bytes: Uint8Array, label: string, each: (object: SeenObject) => void): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const measured = bytes.byteLength >= bytesPerObject && (view.getUint16(4, true) & withColours) !== 0;
  const size = measured ? bytesPerObject : bytesWithoutColours;
  if (bytes.byteLength % size !== 0) whole(bytes, bytes.byteLength - (bytes.byteLength % size), 'objects');
  for (let at = 0; at < bytes.byteLength; at += size) {
    const edge = (side: number) => view.getUint16(at + 8 + side * 2, true) / 65_535;
    each({
      patch: view.getUint32(at, true),
      frame: (view.getUint16(at + 4, true) & 1) === 0 ? 0 : 1,
      label,
      score: view.getUint16(at + 6, true) / 65_535,
      box: [edge(0), edge(1), edge(2), edge(3)],
      ...(measured && { colours: view.getUint16(at + 20, true) * 2 ** 32 + view.getUint32(at + 16, true) }),
    });
  }
}

function share(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 65_535);
}
