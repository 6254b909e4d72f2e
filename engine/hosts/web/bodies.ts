import { Refusal } from '../serving/answer.ts';
import type { IncomingMessage } from 'node:http';

/** Reads what requests carry, and holds no more of it than fits. */
export interface Bodies {
  /**
   * A request's body as JSON.
   * @param most so many bytes at most
   * @throws Refusal 400, 413, 415, and 503 where too much is being read at once.
   */
  read(request: IncomingMessage, most: number): Promise<unknown>;
}

/** @param budget so many bytes are held for all requests together */
export function createBodies(budget = 32_000_000): Bodies {
  let held = 0;
  return {
    async read(request, most) {
      // A form of another site can't send this type without asking first, and it would be refused.
      if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
        throw new Refusal(415, 'Only JSON is understood here.');
      const pieces: Buffer[] = [];
      let length = 0;
      try {
        for await (const piece of request as AsyncIterable<Buffer>) {
          length += piece.length;
          held += piece.length;
          if (length > most) throw new Refusal(413, 'The message is too long.');
          if (held > budget)
            throw new Refusal(503, 'Too much is being sent at once.', { 'Retry-After': '1' });
          pieces.push(piece);
        }
      } finally {
        held -= length;
      }
      try {
        return JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown;
      } catch {
        throw new Refusal(400, 'The message is not JSON.');
      }
    },
  };
}
