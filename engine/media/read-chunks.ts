import type { Readable } from 'node:stream';

/** What to do about a stream that stands still. */
export interface StallOptions {
  stallTimeoutMs: number;
  /** Called when nothing came for that long while the consumer was waiting. */
  onStall: () => void;
}

/**
 * Cuts a byte stream into pieces of equal size, each a new array. The stream is read only while the consumer waits,
 * so that whoever writes it is held back. An incomplete last piece is dropped.
 */
export async function* readChunks(
  stream: Readable,
  size: number,
  { stallTimeoutMs, onStall }: StallOptions,
): AsyncGenerator<Uint8Array, void, void> {
  let piece = new Uint8Array(size);
  let filled = 0;
  let timer = setTimeout(onStall, stallTimeoutMs);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let offset = 0;
      while (offset < chunk.length) {
        const part = chunk.subarray(offset, offset + size - filled);
        piece.set(part, filled);
        filled += part.length;
        offset += part.length;
        if (filled < size) continue;
        clearTimeout(timer);
        yield piece;
        timer = setTimeout(onStall, stallTimeoutMs);
        piece = new Uint8Array(size);
        filled = 0;
      }
      timer.refresh();
    }
  } finally {
    clearTimeout(timer);
  }
}
