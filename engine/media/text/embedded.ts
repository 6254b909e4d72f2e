import { throwIfCancelled } from '../../protocol/errors.ts';
import { inputArguments } from '../input.ts';
import { startProcess } from '../process.ts';
import type { MediaTools } from '../tools.ts';
import type { SubtitleStream } from '../video-info.ts';
import type { SubtitleFormat } from './cues.ts';
import { limits } from './limits.ts';

/** How a stream comes out of ffmpeg: as it is where a format is that, so that nothing is lost on the way. */
interface Way {
  format: SubtitleFormat;
  output: readonly string[];
}

/** ffmpeg reads through the whole file to gather its subtitles. */
const EXTRACT_TIMEOUT_MS = 1_200_000;
const mostFileBytes = 64e6;
const converted: Way = { format: 'srt', output: ['-c:s', 'srt', '-f', 'srt'] };

function wayOf(codec: string): Way {
  if (codec === 'ass' || codec === 'ssa') return { format: 'ass', output: ['-c:s', 'copy', '-f', 'ass'] };
  if (codec === 'subrip' || codec === 'srt') return { format: 'srt', output: ['-c:s', 'copy', '-f', 'srt'] };
  if (codec === 'webvtt') return { format: 'vtt', output: ['-c:s', 'copy', '-f', 'webvtt'] };
  if (codec === 'ttml') return { format: 'ttml', output: ['-c:s', 'copy', '-f', 'data'] };
  return converted;
}

/** What a subtitle stream says, undecoded. */
export interface StreamText {
  stream: SubtitleStream;
  format: SubtitleFormat;
  bytes: Uint8Array;
}

/**
 * Reads the text streams of a file in one pass. A stream that can't be read must not cost the others: then each is read
 * on its own, converted where a copy fails. Nothing is written to the disk.
 * @throws LongviewError `cancelled`, `ffmpeg-missing`.
 */
export async function readStreams(
  file: string,
  streams: readonly SubtitleStream[],
  tools: MediaTools,
  signal: AbortSignal | undefined,
): Promise<StreamText[]> {
  const ways = streams.map((stream) => ({ stream, way: wayOf(stream.codec) }));
  const whole = await extract(file, ways, tools, signal);
  if (whole.code === 0) return whole.texts;
  const texts: StreamText[] = [];
  for (const [index, { stream, way }] of ways.entries()) {
    let one = await extract(file, [{ stream, way }], tools, signal);
    if (one.code !== 0 && way !== converted)
      one = await extract(file, [{ stream, way: converted }], tools, signal);
    // What came before it broke off is better than nothing.
    texts.push(
      [...one.texts, whole.texts[index]].reduce((best, next) =>
        next.bytes.length > best.bytes.length ? next : best,
      ),
    );
  }
  return texts;
}

async function extract(
  file: string,
  streams: readonly { stream: SubtitleStream; way: Way }[],
  tools: MediaTools,
  signal: AbortSignal | undefined,
): Promise<{ code: number | null; texts: StreamText[] }> {
  const outputs = streams.flatMap(({ stream, way }, index) => [
    '-map',
    `0:${stream.index}`,
    ...way.output,
    `pipe:${firstPipe + index}`,
  ]);
  const args = ['-v', 'error', '-nostdin', ...inputArguments(file), ...outputs];
  const tool = startProcess(tools.ffmpeg, args, {
    signal,
    pipes: streams.length,
    // Texts come through pipes: whatever is in the file, next to nothing is written to the disk.
    limits: { fileBytes: mostFileBytes },
  });
  const timer = setTimeout(() => tool.kill(), EXTRACT_TIMEOUT_MS);
  tool.child.stdout!.resume();
  const pieces: Buffer[][] = streams.map((_, index) => {
    const chunks: Buffer[] = [];
    let size = 0;
    tool.pipes[index].on('data', (chunk: Buffer) => {
      // What is longer than any subtitles is read and dropped, so that ffmpeg doesn't wait.
      if ((size += chunk.length) <= limits.bytes) chunks.push(chunk);
    });
    return chunks;
  });
  try {
    const { code } = await tool.ended;
    throwIfCancelled(signal);
    const texts = streams.map(({ stream, way }, index) => ({
      stream,
      format: way.format,
      bytes: Buffer.concat(pieces[index]),
    }));
    return { code, texts };
  } finally {
    clearTimeout(timer);
  }
}

/** Behind stdin, stdout and stderr. */
const firstPipe = 3;
