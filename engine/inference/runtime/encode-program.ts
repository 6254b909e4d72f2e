import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

let program: string | undefined;

/** Has threads that encode frames started from another file than this one's neighbour: a packed application's. */
export function encodeWith(file: string): void {
  program = file;
}

/** What threads that encode frames are started from. */
export function encodeProgram(): string {
  return (
    program ?? fileURLToPath(new URL(`../pool/encode-worker${extname(import.meta.url)}`, import.meta.url))
  );
}
