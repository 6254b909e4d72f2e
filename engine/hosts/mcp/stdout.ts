import { Writable } from 'node:stream';

/** A program's standard output, kept for a protocol. */
export interface ClaimedOutput {
  /** What is written here goes to the standard output. */
  protocol: Writable;
  /** Everything is as it was. */
  release(): void;
}

type Output = Pick<NodeJS.WriteStream, 'write' | 'on' | 'off' | 'listeners'>;

/**
 * Keeps the standard output for a protocol: what anything else prints there goes elsewhere, since one stray word would
 * end the conversation. A reader that goes away ends the protocol's stream instead of the process, so that what runs is
 * ended in order.
 */
export function claimOutput(stdout: Output, elsewhere: Pick<NodeJS.WriteStream, 'write'>): ClaimedOutput {
  const write = stdout.write.bind(stdout) as (chunk: Buffer, done: (error?: Error | null) => void) => boolean;
  const protocol = new Writable({
    write: (chunk: Buffer, _encoding, done) => void write(chunk, done),
  });
  const others = stdout.listeners('error') as ((error: Error) => void)[];
  const lost = (error: Error) => void protocol.destroy(error);
  for (const listener of others) stdout.off('error', listener);
  stdout.on('error', lost);
  stdout.write = elsewhere.write.bind<Output['write']>(elsewhere);
  return {
    protocol,
    release() {
      stdout.off('error', lost);
      for (const listener of others) stdout.on('error', listener);
      stdout.write = write as typeof stdout.write;
    },
  };
}
