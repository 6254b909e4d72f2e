import type { Letterbox, RgbFrame } from '../../core/frames.ts';
import type { FrameEncoder, PatchAnalysis } from '../../inference/types.ts';
import { keyFramePass, type PassWriter, type StoredPatch, type TrackKind } from '../../library/index.ts';
import { type Look, SeenPatches } from './seen-patches.ts';
import { colourMeter } from '../../vision/object-colours.ts';
import type { IndexingModel } from '../types.ts';
import type { Extractor, ExtractorTask, FrameWork, SampledPatch } from './extractor.ts';

/** Temporal patches that are stored together: what a crash costs at most. */
const patchesPerWrite = 32;
/** The same of a first look, each of which stands for several seconds. */
const keyFramesPerWrite = 8;
/** Seconds between two stills. */
const stillEverySec = 5;

/** Which frame encoder, and whether it is the library's own or one beside it. */
export interface FramesOptions {
  model: IndexingModel;
  /** True for one whose embeddings stand beside those of the library's own. */
  beside?: boolean;
}

/**
 * A bundle's frame encoder: one look a frame gives objects, an embedding and visual tokens. The library's own also notes
 * cuts and stills; one beside it adds its embedding alone.
 */
export function frames({ model, beside = false }: FramesOptions): Extractor {
  const name = beside ? `frames/${model.id}` : 'frames';
  return {
    name,
    essential: !beside,
    isDone: ({ store, video, fps }) => {
      const embedding = video.tracks.find(
        (track) => track.state === 'whole' && track.kind === 'embedding' && track.extractor === name,
      );
      if (embedding?.version !== model.fingerprint) return false;
      if (fps !== undefined && embedding.settings.fps !== fps) return false;
      // Visual tokens may have been deleted with the feature cache.
      const tokens = video.tracks.some(({ kind, extractor }) => kind === 'tokens' && extractor === name);
      return !tokens || store.hasTokens(video.id);
    },
    begin: async (task) => new FrameWalk(task, model, await model.frameEncoder(), { name, beside }),
  };
}

/**
 * The first look of the library's own frame encoder: at key frames only, `everySec` apart. Its tracks are searched until
 * those of {@link frames} are whole, which take their place.
 */
export async function keyFrameWork(
  task: ExtractorTask,
  model: IndexingModel,
  everySec: number,
): Promise<FrameWork> {
  // A temporal patch has two frames; here one stands for both.
  const rough = { ...task, fps: 2 / everySec };
  return new FrameWalk(rough, model, await model.frameEncoder(), { name: keyFramePass, beside: false });
}

/** The tracks that a frame encoder makes. */
function kindsOf(
  frameEncoder: FrameEncoder,
  model: IndexingModel,
  name: string,
  beside: boolean,
): TrackKind[] {
  if (beside) return ['embedding'];
  return [
    'shots',
    ...(name === keyFramePass ? [] : (['stills'] as const)),
    ...(model.detects ? (['objects'] as const) : []),
    'embedding',
    ...(frameEncoder.hiddenSize > 0 ? (['tokens'] as const) : []),
  ];
}

class FrameWalk implements FrameWork {
  readonly needs = 'frames';
  readonly fps: number;
  readonly width: number;
  readonly height: number;
  readonly batchPatches: number;
  readonly resumed: { patches: number };
  readonly stills: FrameWork['stills'];
  readonly #frameEncoder: FrameEncoder;
  readonly #pass: PassWriter;
  readonly #signal: AbortSignal | undefined;
  /** How many batches may be with the frame encoder when the next one is asked for. */
  readonly #ahead: number;
  readonly #perWrite: number;
  #looking: Look[] = [];
  readonly #seen: SeenPatches;
  #waiting: StoredPatch[] = [];

  constructor(
    { store, video, fps, signal }: ExtractorTask,
    model: IndexingModel,
    frameEncoder: FrameEncoder,
    { name, beside }: { name: string; beside: boolean },
  ) {
    this.#frameEncoder = frameEncoder;
    this.#signal = signal;
    this.#perWrite = name === keyFramePass ? keyFramesPerWrite : patchesPerWrite;
    const { atOnce = 1 } = frameEncoder;
    // One for each thread, and one that waits for it.
    this.#seen = new SeenPatches(frameEncoder.width);
    this.#ahead = atOnce > 1 ? 2 * atOnce - 1 : 0;
    this.fps = fps ?? model.fps;
    [this.width, this.height, this.batchPatches] = [
      frameEncoder.width,
      frameEncoder.height,
      frameEncoder.batchPatches,
    ];
    const settings = {
      modelId: model.id,
      modelFingerprint: model.fingerprint,
      fps: this.fps,
      grid: frameEncoder.grid,
      hiddenSize: frameEncoder.hiddenSize,
      embeddingSize: frameEncoder.embeddingSize,
    };
    this.#pass = store.beginPass(video.id, settings, {
      extractor: name,
      kinds: kindsOf(frameEncoder, model, name, beside),
    });
    this.resumed = { patches: this.#pass.resumedPatches };
    this.stills =
      beside || name === keyFramePass
        ? undefined
        : { folder: this.#pass.thumbnailFolder, everySec: stillEverySec };
  }

  get inHand(): number | undefined {
    return this.#looking[0]?.patch.frames[0].time;
  }

  async take(patches: readonly SampledPatch[], letterbox: Letterbox): Promise<void> {
    const looks = patches.map((patch) => this.#seen.of(patch, letterbox));
    const fresh = looks.filter((look) => look.isNew);
    if (fresh.length > 0) {
      const frames = fresh.map(({ patch }) => patch.frames);
      const analyses = this.#frameEncoder.analyse(frames, letterbox, this.#signal);
      fresh.forEach((look, index) => {
        look.settle(
          analyses.then((all) => withColours(all[index], look.patch.frames, this.width, letterbox)),
        );
      });
    }
    this.#looking.push(...looks);
    while (this.#looking.length > this.#ahead) await this.#keepOldest();
  }

  async settle(): Promise<void> {
    while (this.#looking.length > 0) await this.#keepOldest();
  }

  async #keepOldest(): Promise<void> {
    const [{ patch, analysis }] = this.#looking;
    this.#waiting.push(stored(patch, await analysis));
    this.#looking.shift();
    if (this.#waiting.length >= this.#perWrite) this.flush();
  }

  flush(): void {
    const patches = this.#waiting;
    this.#waiting = [];
    this.#pass.append(patches);
  }

  complete(endSec: number, stills: readonly string[]): void {
    this.flush();
    if (this.stills) this.#pass.setThumbnails(stills.map((file, i) => ({ time: i * stillEverySec, file })));
    this.#pass.complete(endSec);
    this.#pass.close();
  }

  leave(keep: boolean): void {
    try {
      if (keep) this.flush();
      else this.#pass.discard();
    } finally {
      this.#pass.close();
    }
  }
}

function stored({ frames: [a, b], cutScores, end }: SampledPatch, analysis: PatchAnalysis): StoredPatch {
  return {
    start: a.time,
    end,
    frameTimes: [a.time, b.time],
    cutScores,
    // An odd last frame was looked at twice, but is one frame.
    objects: a === b ? [analysis.objects[0], []] : analysis.objects,
    tokens: analysis.tokens,
    embedding: analysis.embedding,
  };
}

/** A look whose objects know their colours. */
function withColours(
  analysis: PatchAnalysis,
  frames: readonly RgbFrame[],
  width: number,
  letterbox: Letterbox,
): PatchAnalysis {
  const objects = analysis.objects.map((those, index) => {
    if (those.length === 0) return those;
    const coloursIn = colourMeter(frames[index], width, letterbox);
    return those.map((object) => ({ ...object, colours: coloursIn(object.box) }));
  });
  return { ...analysis, objects };
}
