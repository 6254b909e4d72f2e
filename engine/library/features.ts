import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  lstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { foreignLibrary, mapErrors } from './sqlite/errors.ts';
import { isPassId } from './names.ts';
import { quote } from '../protocol/errors.ts';
import { eightBitBytes, packEightBits, unpackEightBits } from '../core/eight-bits.ts';
import { fileProblem } from '../protocol/file-errors.ts';

/** "LVT2", then the number of values of a temporal patch (uint32): a file that doesn't say both is not used. */
const magic = 0x3254564c;
const headerBytes = 8;
const suffix = '.tokens';

/**
 * The feature cache: one file an index run, `<library>/features/<run>.tokens`, visual tokens temporal patch after
 * temporal patch in 8 bits. Plain files, because they are large, are read at random places, are deleted with their
 * video without a trace in a database, and may be deleted by anybody at any time.
 */
export class FeatureCache {
  readonly #library: string;
  readonly #folder: string;

  constructor(library: string) {
    this.#library = library;
    this.#folder = join(library, 'features');
  }

  /**
   * Opens a run's file for writing after its first `patches` temporal patches; undefined where it doesn't hold those.
   */
  write(runId: string, valuesPerPatch: number, patches: number): FeatureWriter | undefined {
    return mapErrors(this.#library, () => {
      mkdirSync(this.#folder, { recursive: true });
      const fresh = patches === 0;
      const file = openOrNothing(this.#path(runId), fresh ? 'w+' : 'r+');
      if (file === undefined) return undefined;
      if (!fresh && !holds(file, valuesPerPatch, patches)) {
        closeSync(file);
        return undefined;
      }
      return new FeatureWriter(this.#library, file, valuesPerPatch, patches);
    });
  }

  /** Whether a run's file holds all its temporal patches. */
  has(runId: string, valuesPerPatch: number, patches: number): boolean {
    return mapErrors(this.#library, () => {
      const file = openOrNothing(this.#path(runId), 'r');
      if (file === undefined) return false;
      try {
        return holds(file, valuesPerPatch, patches);
      } finally {
        closeSync(file);
      }
    });
  }

  /** Reads temporal patches by number, in the order given; undefined where the file doesn't hold them. */
  read(runId: string, valuesPerPatch: number, patches: readonly number[]): Float32Array[] | undefined {
    return mapErrors(this.#library, () => {
      const file = openOrNothing(this.#path(runId), 'r');
      if (file === undefined) return undefined;
      try {
        const last = patches.reduce((most, patch) => Math.max(most, patch), -1);
        if (!holds(file, valuesPerPatch, last + 1)) return undefined;
        return patches.map((patch) => readPatch(file, valuesPerPatch, patch));
      } finally {
        closeSync(file);
      }
    });
  }

  /** The bytes of temporal patches [from, past) as they lie in the file; undefined where it doesn't hold them. */
  readBytes(runId: string, valuesPerPatch: number, from: number, past: number): Uint8Array | undefined {
    return mapErrors(this.#library, () => {
      const file = openOrNothing(this.#path(runId), 'r');
      if (file === undefined) return undefined;
      try {
        if (!holds(file, valuesPerPatch, past)) return undefined;
        const bytes = new Uint8Array((past - from) * eightBitBytes(valuesPerPatch));
        readSync(file, bytes, 0, bytes.length, sizeOf(valuesPerPatch, from));
        return bytes;
      } finally {
        closeSync(file);
      }
    });
  }

  /** Deletes a run's file; its errors are the file system's own. */
  remove(runId: string): void {
    rmSync(this.#path(runId), { force: true });
  }

  /** Ids of the passes that have a file. */
  names(): string[] {
    return namesIn(this.#folder)
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length))
      .filter(isPassId);
  }

  #path(runId: string): string {
    if (!isPassId(runId)) throw foreignLibrary(this.#library, `its pass is called ${quote(runId)}`);
    return join(this.#folder, runId + suffix);
  }
}

/** Appends temporal patches to a run's file. */
export class FeatureWriter {
  readonly #library: string;
  readonly #valuesPerPatch: number;
  #file: number | undefined;
  #patches: number;

  constructor(library: string, file: number, valuesPerPatch: number, patches: number) {
    this.#library = library;
    this.#file = file;
    this.#valuesPerPatch = valuesPerPatch;
    this.#patches = patches;
    ftruncateSync(file, sizeOf(valuesPerPatch, patches));
    writeSync(file, new Uint8Array(Uint32Array.of(magic, valuesPerPatch).buffer), 0, headerBytes, 0);
  }

  /** Appends the tokens of consecutive temporal patches; they are on the disk when it returns. */
  append(tokens: readonly Float32Array[]): void {
    this.appendBytes(Buffer.concat(tokens.map(packEightBits)));
  }

  /** As {@link FeatureWriter.append}, of temporal patches that are packed already. */
  appendBytes(bytes: Uint8Array): void {
    const each = eightBitBytes(this.#valuesPerPatch);
    if (bytes.length % each !== 0)
      throw new RangeError(`${bytes.length} bytes are no whole patches of ${each}`);
    mapErrors(this.#library, () => {
      let written = 0;
      const at = sizeOf(this.#valuesPerPatch, this.#patches);
      while (written < bytes.length)
        written += writeSync(this.#file!, bytes, written, bytes.length - written, at + written);
      // The database's row must never outlive a power cut that this file's bytes didn't.
      fdatasyncSync(this.#file!);
      this.#patches += bytes.length / each;
    });
  }

  /** Closes the file; safe to call twice. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/** Names in a folder; none where it doesn't exist. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (fileProblem(error) === 'missing') return [];
    throw error;
  }
}

function openOrNothing(path: string, flags: string): number | undefined {
  try {
    // A link may lead anywhere, and the library may be somebody else's.
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return undefined;
    return openSync(path, flags);
  } catch (error) {
    if (fileProblem(error) === 'missing') return undefined;
    throw error;
  }
}

function sizeOf(valuesPerPatch: number, patches: number): number {
  return headerBytes + patches * eightBitBytes(valuesPerPatch);
}

function holds(file: number, valuesPerPatch: number, patches: number): boolean {
  const header = new Uint32Array(2);
  readSync(file, header, 0, headerBytes, 0);
  return (
    header[0] === magic &&
    header[1] === valuesPerPatch &&
    fstatSync(file).size >= sizeOf(valuesPerPatch, patches)
  );
}

function readPatch(file: number, valuesPerPatch: number, patch: number): Float32Array {
  const bytes = new Uint8Array(eightBitBytes(valuesPerPatch));
  readSync(file, bytes, 0, bytes.length, sizeOf(valuesPerPatch, patch));
  const values = new Float32Array(valuesPerPatch);
  unpackEightBits(bytes, values);
  return values;
}
