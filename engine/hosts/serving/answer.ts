import type { Readable } from 'node:stream';

/** A request for a file, whatever brought it (HTTP, a custom protocol). */
export interface Asked {
  method: string;
  /** Only its path and its query count. */
  url: URL;
  /** A header by its name in lower case. */
  header(name: string): string | undefined;
}

/** What is said to it. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** Absent where there is nothing to say, or only the head was asked for. A stream that isn't read must be destroyed. */
  body?: Buffer | Readable;
}

/** A request that is not answered, with the HTTP status that says so. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}
