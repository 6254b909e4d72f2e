import type { Readable } from 'node:stream';
import { soundRate, type SoundPiece } from '../core/sound.ts';
import { LongviewError, badArgument, quote, throwIfCancelled } from '../protocol/errors.ts';
import { checkFile } from './file-check.ts';
import { inputArguments } from './input.ts';
import { startProcess, tooSlow, type RunningProcess } from './process.ts';
import { createPacketList } from './sound-packets.ts';
import { playedSound } from './sound-streams.ts';
import { findMediaTools, type MediaTools } from './tools.ts';
import type { VideoInfo } from './video-info.ts';

/** What sound to read. */
export interface ReadSoundOptions {
  /** Index of the sound track in the file, as in {@link VideoInfo.sounds}. Default: the one that a player plays. */
  stream?: number;
  /** Where to begin, in seconds on the file's own timeline. Default 0. */
  from?: number;
  signal?: AbortSignal;
  /** Default: what {@link findMediaTools} finds. */
  tools?: MediaTools;
  /** ffmpeg is given up when it delivers nothing for so long while it is being waited for. Default 120 s. */
  stallTimeoutMs?: number;
}

/** How the reading ended. */
export interface SoundOutcome {
  /** When the last sample ends, in seconds; 0 where there was none. */
  endSec: number;
  /** What ffmpeg complained about, where it did. */
  complaints: string;
}

/** Sound to iterate over once, in time order. Leaving the loop early ends the decoder. */
export interface SoundReader extends AsyncIterable<SoundPiece> {
  /** Set when the iteration has reached its end. */
  readonly outcome: SoundOutcome | undefined;
}

/** Pieces are about so long, in samples. */
const usualLength = soundRate / 2;
/** Two packets that are no further apart than this follow each other: rounding, and the clocks of cheap recorders. */
const sameTime = 0.04;

/**
 * Decodes a sound track once, mixed down to one channel at 16 kHz, with the times at which a player plays it: a track
 * that starts late, gaps, lost packets and another length than the picture's all show in `time`. Of packets that claim a
 * time that was already heard, only what is new is kept. Where the file ends in the middle or a part can't be decoded,
 * what is left comes, with what ffmpeg said in `outcome`; of a film without sound nothing comes. ffmpeg waits while the consumer is busy.
 *
 * ffmpeg's raw samples carry no times, so that the same packets are also listed (framecrc, on stderr).
 * @throws LongviewError while iterating: `cancelled`, `ffmpeg-failed`, `ffmpeg-missing`, and the file errors of `probe`;
 * at once: `bad-argument`.
 */
export function readSound(file: string, info: VideoInfo, options: ReadSoundOptions): SoundReader {
  const from = options.from ?? 0;
  if (!(Number.isFinite(from) && from >= 0)) throw badArgument('from', 'a number of seconds from 0 on', from);
  const stream = options.stream ?? playedSound(info.sounds)?.index;
  if (stream !== undefined && !info.sounds.some(({ index }) => index === stream))
    throw badArgument('stream', 'the index of a sound track of this file', options.stream);
  let outcome: SoundOutcome | undefined;
  const finish = (result: SoundOutcome) => (outcome = result);
  const pieces = stream === undefined ? nothing(finish) : decode(file, info, { ...options, stream }, finish);
  return {
    get outcome() {
      return outcome;
    },
    [Symbol.asyncIterator]: () => pieces,
  };
}

async function* nothing(finish: (outcome: SoundOutcome) => void): AsyncGenerator<SoundPiece, void, void> {
  await Promise.resolve();
  finish({ endSec: 0, complaints: '' });
}

async function* decode(
  file: string,
  info: VideoInfo,
  options: ReadSoundOptions & { stream: number },
  finish: (outcome: SoundOutcome) => void,
): AsyncGenerator<SoundPiece, void, void> {
  const { signal, from = 0 } = options;
  throwIfCancelled(signal);
  await checkFile(file);
  const tools = options.tools ?? (await findMediaTools());
  const packets = createPacketList();
  const start = seekTo(info, from);
  const decoder = startProcess(tools.ffmpeg, decodeArguments(info, options.stream, start), {
    signal,
    readStderr: packets.read,
  });
  void decoder.ended.then(packets.close, packets.close);
  let end = 0;
  try {
    for await (const piece of joined(timed(decoder, packets, start, options), from)) {
      end = piece.time + piece.samples.length / soundRate;
      yield piece;
      throwIfCancelled(signal);
    }
    const { code, signal: killed } = await decoder.ended;
    throwIfCancelled(signal);
    if (killed) throw ended(file, killed, decoder.stderr());
    if (code !== 0 && end === 0) throw undecodable(file, decoder.stderr());
    finish({ endSec: end, complaints: decoder.stderr().trim() });
  } catch (error) {
    throwIfCancelled(signal);
    throw error;
  } finally {
    decoder.kill();
    await decoder.ended.catch(() => {});
  }
}

/**
 * Where ffmpeg may start to read for the sound from `from` on. Containers with an index of times are entered a little
 * before (decoders need a few packets to come in); in others a jump is a guess, so that they are read from their start.
 */
function seekTo(info: VideoInfo, from: number): number {
  const indexed = !info.parts && /(^|,)(mov|mp4|matroska|webm)(,|$)/.test(info.container);
  return indexed && from > 2 ? from - 2 : 0;
}

function decodeArguments(info: VideoInfo, stream: number, start: number): string[] {
  const graph =
    `[0:${stream}]aresample=${soundRate},aformat=sample_fmts=flt:sample_rates=${soundRate}:channel_layouts=mono,` +
    `asplit=2[sound][list]`;
  return [
    ...['-v', 'error', '-nostdin', '-hide_banner'],
    ...(start > 0 ? ['-ss', start.toFixed(6)] : []),
    ...inputArguments(info),
    ...['-filter_complex', graph],
    ...['-map', '[sound]', '-c:a', 'pcm_f32le', '-f', 'f32le', 'pipe:1'],
    ...['-map', '[list]', '-c:a', 'pcm_f32le', '-f', 'framecrc', 'pipe:2'],
    // Their clock starts with the first stream in use: passing the picture (undecoded) to nowhere keeps it in use.
    ...(!info.parts && /^mpeg(ts)?$/.test(info.container)
      ? ['-map', `0:${info.streamIndex}`, '-c', 'copy', '-f', 'null', '-']
      : []),
  ];
}

/** Each packet with the time that ffmpeg's list says. */
async function* timed(
  decoder: RunningProcess,
  packets: ReturnType<typeof createPacketList>,
  start: number,
  { stallTimeoutMs = 120_000 }: ReadSoundOptions,
): AsyncGenerator<SoundPiece, void, void> {
  let stalled = false;
  const watch = () =>
    setTimeout(() => {
      stalled = true;
      decoder.kill();
    }, stallTimeoutMs);
  let timer = watch();
  let held: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of decoder.child.stdout as Readable as AsyncIterable<Buffer>) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      for (;;) {
        const packet = await packets.next();
        if (!packet || packet.bytes > held.length) {
          if (packet) packets.putBack(packet);
          break;
        }
        clearTimeout(timer);
        yield { time: start + packet.time, samples: toSamples(held.subarray(0, packet.bytes)) };
        timer = watch();
        held = held.subarray(packet.bytes);
      }
      timer.refresh();
    }
  } finally {
    clearTimeout(timer);
  }
  if (stalled) throw tooSlow('ffmpeg', stallTimeoutMs, decoder.stderr());
}

/** Little-endian floats, copied: the buffer isn't aligned. What is no number (a damaged file of floats) is silence. */
function toSamples(bytes: Buffer): Float32Array {
  const samples = new Float32Array(bytes.length >> 2);
  new Uint8Array(samples.buffer).set(bytes.subarray(0, samples.length * 4));
  for (let n = 0; n < samples.length; n++)
    if (!(Math.abs(samples[n]) <= 4)) samples[n] = Number.isNaN(samples[n]) ? 0 : Math.sign(samples[n]);
  return samples;
}

/** Packets joined to pieces of half a second, from `from` on, each sample once. */
async function* joined(
  packets: AsyncIterable<SoundPiece>,
  from: number,
): AsyncGenerator<SoundPiece, void, void> {
  let heldParts: Float32Array[] = [];
  let held = 0;
  /** When the held samples begin, and when those of all packets so far end. */
  let time = 0;
  let end = from;
  const flush = (): SoundPiece => {
    const samples = new Float32Array(held);
    let offset = 0;
    for (const part of heldParts) {
      samples.set(part, offset);
      offset += part.length;
    }
    const piece = { time, samples };
    heldParts = [];
    held = 0;
    return piece;
  };
  let first = true;
  for await (const packet of packets) {
    let { samples } = packet;
    let starts = packet.time;
    const follows = !first && Math.abs(starts - end) <= sameTime;
    if (follows) starts = end;
    else if (starts < end) {
      const skip = Math.min(samples.length, Math.round((end - starts) * soundRate));
      samples = samples.subarray(skip);
      starts += skip / soundRate;
    }
    if (samples.length === 0) continue;
    if (held > 0 && !follows && starts > end + 0.5 / soundRate) yield flush();
    if (held === 0) time = starts;
    heldParts.push(samples);
    held += samples.length;
    end = starts + samples.length / soundRate;
    first = false;
    if (held >= usualLength) yield flush();
  }
  if (held > 0) yield flush();
}

function ended(file: string, signal: NodeJS.Signals, stderr: string): LongviewError {
  return new LongviewError(
    'ffmpeg-failed',
    `ffmpeg was ended by ${signal} while it read the sound of ${quote(file)}.`,
    'Close other programs if memory is short, then try again.',
    { details: { path: file, stderr } },
  );
}

function undecodable(file: string, stderr: string): LongviewError {
  const codec = /Decoder \(codec ([^)]+)\) not found/.exec(stderr)?.[1];
  return new LongviewError(
    'ffmpeg-failed',
    codec
      ? `The sound of ${quote(file)} is coded as ${codec}, which this ffmpeg cannot decode.`
      : `The sound of ${quote(file)} could not be decoded.`,
    codec
      ? 'Install a full build of ffmpeg, or convert the file. Its pictures are not affected.'
      : 'Check that it can be heard in a video player. Its pictures are not affected.',
    { details: { path: file, stderr } },
  );
}
