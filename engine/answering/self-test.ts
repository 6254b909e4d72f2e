import { gammaRange } from '../protocol/gamma.ts';
import {
  patchEncoderOf,
  madeNeedles,
  measureGrid,
  type Cell,
  type PatchEncoder,
  type Needle,
} from '../needle/index.ts';
import { selfTestRequestSchema, type SelfTestRequest, type SelfTestResult } from '../protocol/asking.ts';
import { LongviewError, throwIfCancelled } from '../protocol/errors.ts';
import { parseRequest } from '../protocol/requests.ts';
import { answeringModel, openAnswering } from './answering.ts';
import { scopeOf } from '../search/scope.ts';
import { spread } from '../search/select.ts';
import { keepEffectiveContext } from './effective-context.ts';
import type { CallOptions } from '../protocol/engine.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { Decoder } from '../inference/types.ts';
import type { SearchDeps } from '../search/types.ts';

/** Where the needles go: near the beginning, in the middle, near the end. */
const depths = [0.1, 0.5, 0.9];
/** Lengths as shares of the trained one. */
const lengthsTried = [0.25, 0.5, 1, 2, 4, 8];
/** The largest of these for a checkpoint that looks for itself: a picture takes it seconds. */
const mostOfChosen = 2;
/** A length is trusted where at least this share of what the shortest gets right stays right, and at least half of all. */
const keeps = { share: 0.8, least: 0.5 };
/** A needle counts only if its question is answered right with and without it: what tossing coins would get. */
const chance = 0.25;

/**
 * Plants needles into what the model sees of a video (in memory: the file is only read, if it is opened at all), asks
 * about each at growing lengths, and keeps the longest that stays right as the length that asking trusts on this machine.
 * @throws LongviewError as `ask`; `bad-argument` for a video that is too short for any of the lengths.
 */
export async function selfTest(
  deps: SearchDeps,
  request: SelfTestRequest,
  { signal, onProgress }: CallOptions = {},
): Promise<SelfTestResult> {
  const began = performance.now();
  const given = parseRequest(selfTestRequestSchema, request);
  throwIfCancelled(signal);
  const [video] = scopeOf(deps, given.in).videos;
  const { id, patchEncoder, decoder, tokensOf } = await opened(deps, signal);
  const trained = Math.max(1, decoder.trainedPatches);
  const shares = deps.answering ? lengthsTried.filter((share) => share <= mostOfChosen) : lengthsTried;
  const wanted = given.lengths ?? shares.map((share) => Math.max(2, Math.round(share * trained)));
  const lengths = [...new Set(wanted)].sort((a, b) => a - b).filter((length) => length <= video.patches);
  if (lengths.length === 0)
    throw new LongviewError(
      'bad-argument',
      `${video.path} is too short for a self-test: it has ${video.patches} temporal patches of the ${Math.min(...wanted)} needed.`,
      'Choose a longer video.',
    );
  const gamma = given.gamma ?? gammaRange.explain;
  const needles: Needle[] = [];
  for (const { picture, ...asked } of madeNeedles().slice(0, given.needles ?? 8)) {
    throwIfCancelled(signal);
    const frame = await picture(patchEncoder.size, signal);
    const whole = { x: 0, y: 0, ...patchEncoder.size };
    needles.push({ ...asked, patches: await patchEncoder.encode([[frame, frame]], whole, signal) });
  }
  const measured: SelfTestResult['lengths'] = [];
  for (const [i, length] of lengths.entries()) {
    const all = Array.from({ length: video.patches }, (_, patch) => patch);
    onProgress?.({
      stage: `encoding ${2 * length} frames`,
      fraction: i / lengths.length,
      subject: video.path,
    });
    const patches = await tokensOf(video, spread(all, length));
    const start = performance.now();
    let asked = 0;
    const cells = await measureGrid({
      decoder,
      haystack: { patches, grid: patchEncoder.grid },
      needles,
      frames: [length],
      depths,
      gamma,
      signal,
      onAsked: (done, of) => {
        asked = done;
        const fraction = (i + done / of) / lengths.length;
        onProgress?.({ stage: `asking about ${2 * length} frames`, fraction, subject: video.path });
      },
    });
    const seconds = (performance.now() - start) / 1000 / Math.max(1, asked);
    measured.push(
      summary(length, cells, seconds, (length + 1) * patchEncoder.grid[0] * patchEncoder.grid[1]),
    );
  }
  const { needed, safePatches } = safeLength(measured, trained);
  keepEffectiveContext(deps.store, answeringModel(deps).fingerprint, safePatches);
  return {
    videoId: video.id,
    path: video.path,
    model: id,
    gamma,
    lengths: measured,
    chance,
    needed,
    safePatches,
    trainedPatches: trained,
    wallSec: (performance.now() - began) / 1000,
  };
}

interface Opened {
  id: string;
  patchEncoder: PatchEncoder;
  decoder: Decoder;
  tokensOf: (video: IndexedVideo, patches: readonly number[]) => Promise<readonly Float32Array[]>;
}

/** The bundle that answers: the library's own, which has seen the video, or one that looks for itself. */
async function opened(deps: SearchDeps, signal: AbortSignal | undefined): Promise<Opened> {
  const { store, answering } = deps;
  const { id, frameEncoder, vision, decoder } = await answeringModel(deps).open();
  if (!answering) {
    const patchEncoder = patchEncoderOf({ id, frameEncoder, vision, decoder });
    return {
      id,
      patchEncoder,
      decoder: decoder!,
      tokensOf: async ({ id }, patches) => store.patchTokens(id, patches),
    };
  }
  const { tokensOf, ...chosen } = await openAnswering(answering, signal);
  const patchEncoder = patchEncoderOf({ id, frameEncoder, vision, decoder });
  return {
    ...{ id, patchEncoder, decoder: chosen.decoder },
    tokensOf: (video, patches) => tokensOf(video, store.patchTable(video.id), patches),
  };
}

function summary(
  patches: number,
  cells: readonly Cell[],
  seconds: number,
  tokens: number,
): SelfTestResult['lengths'][number] {
  const sum = (of: (cell: Cell) => number) => cells.reduce((total, cell) => total + of(cell), 0);
  return {
    patches,
    tokens,
    right: sum(({ found }) => found),
    asked: sum(({ asked }) => asked),
    depths: cells.map(({ depth, found, asked }) => ({ depth, right: found, asked })),
    seconds,
  };
}

/**
 * The longest length up to which every length reaches what is needed; null where the shortest doesn't. Footage that is too
 * short to try the trained length says nothing against it.
 */
export function safeLength(
  lengths: readonly { patches: number; right: number; asked: number }[],
  trained: number,
): Pick<SelfTestResult, 'needed' | 'safePatches'> {
  const share = ({ right, asked }: { right: number; asked: number }) => right / Math.max(1, asked);
  const needed = Math.max(keeps.least, keeps.share * share(lengths[0]));
  const failed = lengths.findIndex((one) => share(one) < needed);
  if (failed < 0) return { needed, safePatches: Math.max(trained, lengths[lengths.length - 1].patches) };
  return { needed, safePatches: lengths[failed - 1]?.patches ?? null };
}
