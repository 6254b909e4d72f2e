import { LongviewError, throwIfCancelled } from '../protocol/errors.ts';
import type { OnProgress } from '../protocol/progress.ts';
import { gammaRange } from '../protocol/gamma.ts';
import { vniahDepths, type VniahRequest, type VniahResult } from '../protocol/vniah.ts';
import type { Model, Decoder } from '../inference/types.ts';
import type { RgbFrame } from '../core/frames.ts';
import { measureGrid, type Needle } from './grid.ts';
import { patchEncoderOf, type PatchEncoder } from './patch-encoder.ts';
import { madeScene } from './made.ts';
import { madeNeedles, readNeedleSet, type NeedleSource, type ReadPicture } from './needle-set.ts';
import { plural } from '../protocol/plural.ts';

/** What V-NIAH works with. */
export interface VniahParts {
  model: Pick<Model, 'id' | 'frameEncoder' | 'vision' | 'decoder'>;
  readPicture: ReadPicture;
  /**
   * The first frames of a video, evenly spaced over all of it.
   * @throws LongviewError the file errors; `bad-argument` where the video hasn't got so many.
   */
  footage: (
    file: string,
    size: { width: number; height: number },
    frames: number,
    signal?: AbortSignal,
  ) => AsyncIterable<RgbFrame>;
  /** Bytes that may be taken for the haystack's visual tokens. Default: half of what is free. */
  memory?: number;
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/** Share of the progress that looking takes; asking takes the rest. */
const lookingShare = 0.3;
/** Temporal patches looked at in one call. */
const batch = 8;

/**
 * V-NIAH on a bundle: needles planted in memory at each depth of haystacks of each length, one question each, the answer
 * forced. A frame of the haystack is one temporal patch (shown twice), as in the paper. The video is only read.
 *
 * @throws LongviewError `cannot-read`, `context-too-long` with the number of frames that would fit, `bad-argument`,
 *   `cancelled`, and the file errors of the needles and the haystack.
 */
export async function vniah(request: VniahRequest, parts: VniahParts): Promise<VniahResult> {
  const start = performance.now();
  const { model, signal, onProgress } = parts;
  const patchEncoder = patchEncoderOf(model);
  const decoder = model.decoder as Decoder;
  const trained = decoder.trainedPatches;
  const frames = [...(request.frames ?? lengthsAround(trained))].sort((a, b) => a - b);
  const depths = [...(request.depths ?? vniahDepths)].sort((a, b) => a - b);
  const gamma = request.gamma ?? gammaRange.find;
  const longest = frames[frames.length - 1];
  await checkRoom(longest, patchEncoder, decoder, parts.memory ?? process.availableMemory() / 2);
  const sources = request.needles ? await readNeedleSet(request.needles, parts.readPicture) : madeNeedles();
  const needles = await encodeNeedles(sources, patchEncoder, signal);
  const patches = await encodeHaystack(request.haystack, longest, patchEncoder, parts);
  const cells = await measureGrid({
    decoder,
    haystack: { patches, grid: patchEncoder.grid },
    needles,
    frames,
    depths,
    gamma,
    signal,
    onAsked: (asked, of) =>
      onProgress?.({ stage: 'asking', fraction: lookingShare + (1 - lookingShare) * (asked / of) }),
  });
  const found = cells.reduce((sum, cell) => sum + cell.found, 0);
  return {
    model: model.id,
    variant: decoder.variant as VniahResult['variant'],
    gamma,
    trainedFrames: trained,
    tokensPerFrame: patchEncoder.grid[0] * patchEncoder.grid[1],
    needles: request.needles ?? null,
    haystack: request.haystack ?? null,
    needleCount: needles.length,
    cells,
    accuracy: found / (cells.length * needles.length),
    wallSec: (performance.now() - start) / 1000,
  };
}

/** Half the trained length, and up to eight times it. */
function lengthsAround(trained: number): number[] {
  return [...new Set([0.5, 1, 2, 4, 8].map((factor) => Math.max(1, Math.round(trained * factor))))];
}

/** Tokens for markers, question and answer, generously. */
const tokensForWords = 128;

/** Refuses a haystack that can't be held or read, before anything is looked at. */
async function checkRoom(
  frames: number,
  patchEncoder: PatchEncoder,
  decoder: Decoder,
  memory: number,
): Promise<void> {
  const perFrame = patchEncoder.grid[0] * patchEncoder.grid[1];
  const held = Math.floor(memory / (perFrame * patchEncoder.hiddenSize * Float32Array.BYTES_PER_ELEMENT));
  const context = (await decoder.longestContext?.()) ?? Infinity;
  const read = Math.floor((context - tokensForWords) / perFrame) - 1;
  const fits = Math.max(0, Math.min(held, read));
  if (frames <= fits) return;
  const why = read <= held ? 'the model and free memory allow a context of' : 'free memory holds';
  throw new LongviewError(
    'context-too-long',
    `A haystack of ${plural(frames, 'frame')} is too long: ${why} ${plural(fits, 'frame')}.`,
    fits > 0 ? `Give at most ${plural(fits, 'frame')}.` : 'Close other programs, or choose a smaller model.',
    { details: { frames, fits } },
  );
}

async function encodeNeedles(
  sources: readonly NeedleSource[],
  patchEncoder: PatchEncoder,
  signal: AbortSignal | undefined,
): Promise<Needle[]> {
  const needles: Needle[] = [];
  for (const { picture, ...asked } of sources) {
    throwIfCancelled(signal);
    const frame = await picture(patchEncoder.size, signal);
    needles.push({
      ...asked,
      patches: await patchEncoder.encode([[frame, frame]], whole(patchEncoder), signal),
    });
  }
  return needles;
}

async function encodeHaystack(
  video: string | undefined,
  count: number,
  patchEncoder: PatchEncoder,
  { footage, signal, onProgress }: VniahParts,
): Promise<Float32Array[]> {
  const frames =
    video === undefined ? scenes(count, patchEncoder) : footage(video, patchEncoder.size, count, signal);
  const patches: Float32Array[] = [];
  let waiting: [RgbFrame, RgbFrame][] = [];
  const look = async () => {
    throwIfCancelled(signal);
    patches.push(...(await patchEncoder.encode(waiting, whole(patchEncoder), signal)));
    waiting = [];
    onProgress?.({
      stage: 'encoding frames',
      fraction: lookingShare * (patches.length / count),
      subject: video,
    });
  };
  for await (const frame of frames) {
    waiting.push([frame, frame]);
    if (waiting.length === batch) await look();
    if (patches.length + waiting.length === count) break;
  }
  if (waiting.length > 0) await look();
  return patches;
}

/** The letterbox is about the boxes of objects, which nobody asks for here. */
const whole = ({ size }: PatchEncoder) => ({ x: 0, y: 0, ...size });

async function* scenes(count: number, { size }: PatchEncoder): AsyncGenerator<RgbFrame, void, void> {
  for (let scene = 0; scene < count; scene++) yield madeScene(scene, size);
}
