import {
  closeSync,
  constants,
  fdatasyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { z } from 'zod';
import { segmentGroups, segmentRows } from './scan-module.ts';
import type { Segment, SegmentMaker } from './segment.ts';

const metaSchema = z.object({
  format: z.literal(3),
  segmentRows: z.literal(segmentRows),
  /** What was subtracted from every embedding: float32, base64. */
  center: z.base64(),
  slices: z.array(z.object({ run: z.string(), rows: z.int().nonnegative(), dead: z.boolean() })),
  segments: z.array(z.object({ groups: z.int().min(1).max(segmentGroups), checksum: z.number() })),
});

/** The rows of one index run, one after the other; dead where the run is gone. */
export interface CodeSlice {
  run: string;
  rows: number;
  dead: boolean;
}

/** What a file holds, in memory. */
export interface Codes {
  center: Float32Array;
  slices: CodeSlice[];
  segments: Segment[];
}

/**
 * The file of codes: segment after segment, each with room for all its rows, and beside it a JSON file that says what
 * of it counts. The latter is replaced as a whole when the former is on the disk, and holds checksums: whatever a crash,
 * a second writer or a bad disk makes of the two is found out at the next reading, and the codes are made again.
 */
export class CodeFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads all; undefined where nothing is there, or it isn't whole. */
  read(makerFor: (dimensions: number) => SegmentMaker): Codes | undefined {
    try {
      const meta = metaSchema.parse(JSON.parse(readFileSync(this.#meta, 'utf8')));
      const bytes = Buffer.from(meta.center, 'base64');
      const center = new Float32Array(new Uint8Array(bytes).buffer);
      const total = meta.slices.reduce((sum, { rows }) => sum + rows, 0);
      if (meta.segments.length !== Math.ceil(total / segmentRows)) return undefined;
      const maker = makerFor(center.length);
      const file = openSync(this.#path, 'r');
      try {
        const segments = meta.segments.map(({ groups, checksum }, number) => {
          const segment = maker.make();
          segment.rows = Math.min(segmentRows, total - number * segmentRows);
          segment.groups = groups;
          transfer(segment, number, { rows: 0, groups: 0 }, (part, at) => readAll(file, part, at));
          if (segment.checksum() !== checksum) throw new Error('another checksum');
          return segment;
        });
        return { center, slices: meta.slices, segments };
      } finally {
        closeSync(file);
      }
    } catch {
      return undefined;
    }
  }

  /**
   * Writes the rows from `firstRow` on; what is before is there already.
   * @throws the file system's error; what was there before stays readable, or is found not to be whole.
   */
  write({ center, slices, segments }: Codes, firstRow: number): void {
    // Never through a link: the library may be somebody else's.
    const { O_RDWR, O_CREAT, O_TRUNC, O_NOFOLLOW = 0 } = constants;
    const file = openSync(this.#path, O_RDWR | O_NOFOLLOW | (firstRow === 0 ? O_CREAT | O_TRUNC : 0), 0o600);
    try {
      segments.forEach((segment, number) => {
        const rows = Math.max(0, firstRow - number * segmentRows);
        if (rows >= segment.rows) return;
        // The last group before may have grown.
        const groups = Math.max(0, segment.groupOf(rows) - 1);
        transfer(segment, number, { rows, groups }, (part, at) => writeAll(file, part, at));
      });
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    const meta: z.input<typeof metaSchema> = {
      format: 3,
      segmentRows,
      center: Buffer.from(center.buffer, center.byteOffset, center.byteLength).toString('base64'),
      slices: slices.map(({ run, rows, dead }) => ({ run, rows, dead })),
      segments: segments.map((segment) => ({ groups: segment.groups, checksum: segment.checksum() })),
    };
    rmSync(`${this.#meta}.new`, { force: true });
    writeFileSync(`${this.#meta}.new`, JSON.stringify(meta), { flag: 'wx', mode: 0o600 });
    renameSync(`${this.#meta}.new`, this.#meta);
  }

  /** Deletes both files. */
  remove(): void {
    for (const path of [this.#meta, this.#path]) rmSync(path, { force: true });
  }

  get #meta(): string {
    return `${this.#path}.json`;
  }
}

/** Calls `move` with each part of a segment from some row and group on, and its place in the file. */
function transfer(
  segment: Segment,
  number: number,
  from: { rows: number; groups: number },
  move: (bytes: Uint8Array, at: number) => void,
): void {
  let at = number * segment.parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  for (const part of segment.parts) {
    const [first, past] = segment.placeOf(part, from[part.of]);
    move(part.bytes.subarray(first, past), at + first);
    at += part.bytes.length;
  }
}

function readAll(file: number, into: Uint8Array, at: number): void {
  for (let done = 0; done < into.length;) {
    const read = readSync(file, into, done, into.length - done, at + done);
    if (read === 0) throw new Error('the file is too short');
    done += read;
  }
}

function writeAll(file: number, from: Uint8Array, at: number): void {
  for (let done = 0; done < from.length;) done += writeSync(file, from, done, from.length - done, at + done);
}
