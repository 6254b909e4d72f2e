import { LongviewError, quote } from '../../protocol/errors.ts';
import { findMediaTools, hasBegun, streamFootage, type FindToolsOptions } from '../../media/index.ts';
import type { FootageStream } from '../../media/index.ts';
import type { Answer, Asked } from './answer.ts';

/** Footage encoded while it is watched. */
export interface Streams {
  /**
   * A file from a time on, as a stream that every player plays. Ends with its reader; where too many are watched at
   * once, the one that was begun first ends.
   * @throws LongviewError `ffmpeg-missing`, `ffmpeg-failed`.
   */
  answer(asked: Asked, path: string, start: number): Promise<Answer>;
  /** Ends all of them. */
  close(): void;
}

/** A player that seeks leaves its last stream behind for a moment; more than a few at a time would starve indexing. */
const mostAtOnce = 3;

/** Streams with the ffmpeg that is found where the options say. */
export function createStreams(options: FindToolsOptions = {}): Streams {
  const running = new Set<FootageStream>();
  const begin = async (path: string, start: number) => {
    const stream = await streamFootage(path, { start, tools: await findMediaTools(options) });
    running.add(stream);
    void stream.process.ended.catch(() => undefined).then(() => running.delete(stream));
    const tooMany = [...running].slice(0, Math.max(0, running.size - mostAtOnce));
    for (const { process } of tooMany) process.kill();
    if (await hasBegun(stream)) return stream;
    stream.process.kill();
    throw cannotStream(path, stream.process.stderr());
  };
  return {
    async answer(asked, path, start) {
      const headers = { 'Cache-Control': 'no-store', 'Accept-Ranges': 'none' };
      if (asked.method === 'HEAD') return { status: 200, headers };
      const stream = await begin(path, start);
      const body = stream.process.child.stdout!;
      body.once('close', () => stream.process.kill());
      return { status: 200, headers: { ...headers, 'Content-Type': stream.type }, body };
    },
    close() {
      for (const { process } of running) process.kill();
    },
  };
}

function cannotStream(path: string, stderr: string): LongviewError {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return new LongviewError(
    'ffmpeg-failed',
    `${quote(path)} can't be played: ${said || 'there is nothing from this time on'}`,
    'Check that the file is whole and plays elsewhere.',
    { details: { stderr } },
  );
}
