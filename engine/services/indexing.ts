import { extractors, frames, indexVideos, type Extractor, type IndexingModel } from '../indexing/index.ts';
import { logOf } from '../core/log.ts';
import type { PowerMode } from '../protocol/desktop.ts';
import type { CallOptions, Engine } from '../protocol/engine.ts';
import { LongviewError } from '../protocol/errors.ts';
import { indexRequestSchema, parseRequest } from '../protocol/requests.ts';
import type { IndexResult } from '../protocol/results.ts';
import type { ModelHandle } from '../search/index.ts';
import type { FoundBundle } from './bundles.ts';
import type { Context } from './context.ts';
import { standsBeside } from './encoders.ts';
import { optional, want } from './optional-extractors.ts';
import { lowPowerFrameEncoder } from './low-power.ts';
import { claimsOf } from './team/claims-of.ts';
import { limitsOf } from './window-tools.ts';

/** Puts footage into the library. */
export class IndexingService {
  readonly #context: Context;
  #powerMode: PowerMode = 'full';

  constructor(context: Context) {
    this.#context = context;
  }

  /** How hard indexing may work; takes effect at once, also on what is being indexed. */
  setPowerMode(powerMode: PowerMode): void {
    this.#powerMode = powerMode;
  }

  /** See {@link Engine.index}. */
  readonly index: Engine['index'] = (request, options) =>
    this.#context.run(options, (signal) => this.#index(request, { ...options, signal }));

  /** As {@link Engine.index}, with some extractors alone and for nobody else: a team's worker does it. */
  readonly indexOnly = (
    request: unknown,
    only: readonly string[],
    options: CallOptions,
  ): Promise<IndexResult> =>
    this.#context.run(options, (signal) => this.#index(request, { ...options, signal, only, queued: true }));

  async #index(
    request: unknown,
    options: CallOptions & { queued?: boolean; only?: readonly string[] },
  ): Promise<IndexResult> {
    const { paths, model: id, fps, force, language, ...asked } = parseRequest(indexRequestSchema, request);
    const { active, encoders, hearing, media } = this.#context;
    const store = this.#context.store();
    const named = await this.#context.bundle(id);
    if (asked.with?.includes('speech')) await hearing.model();
    if (language !== undefined) await hearing.expect(language);
    if (!named.manifest.can.includes('embed')) throw cannotLook(named);
    // One that only embeds is one more track; it takes nobody's place.
    if (id !== undefined && !named.builtin && standsBeside(named)) encoders.add(named.manifest.id);
    const bundle = standsBeside(named) && !named.builtin ? await active.bundle() : named;
    const before = await active.fingerprint();
    const beside = (await encoders.atHand()).filter((one) => one.fingerprint !== bundle.fingerprint);
    want(store, asked);
    // A process that dies leaves the request to whoever comes next; one from a queue is kept there.
    const held = options.queued ? undefined : store.holdRequest(request);
    const letGo = hearing.use();
    try {
      const wanted = await optional(this.#context);
      const team = options.only ? undefined : await claimsOf(store);
      const result = await this.#with([bundle, ...beside], ([model, ...others]) =>
        indexVideos(
          {
            ...{ store, media, model },
            ...(team && { team }),
            extractors: [
              ...others.map((other): Extractor => frames({ model: other, beside: true })),
              ...wanted,
              ...(media.readSound ? extractors : []),
            ],
          },
          paths,
          { ...options, fps, force },
        ),
      );
      const changed = bundle.fingerprint !== before;
      if (changed && result.videos.some((video) => video.status === 'indexed')) active.choose(bundle);
      return result;
    } finally {
      letGo();
      held?.end();
      await this.#backUp();
    }
  }

  /** Once a week, when something may have changed; that it can't be made fails no indexing. */
  async #backUp(): Promise<void> {
    await this.#context.opened?.backupWeekly().catch((error: unknown) => {
      logOf('library').warn('no weekly backup: {error}', { error });
    });
  }

  /** Runs `work` with bundles that are loaded when they are first looked with, and stay until it is done. */
  #with<T>(
    bundles: readonly FoundBundle[],
    work: (models: readonly IndexingModel[]) => Promise<T>,
    ready: readonly IndexingModel[] = [],
  ): Promise<T> {
    const [bundle, ...rest] = bundles;
    if (!bundle) return work(ready);
    return this.#context.active.with(bundle, (model) =>
      this.#with(rest, work, [...ready, this.#lookingWith(bundle, model)]),
    );
  }

  #lookingWith(bundle: FoundBundle, model: ModelHandle): IndexingModel {
    return {
      ...model,
      fps: bundle.manifest.eyes?.framesPerSecond ?? 2,
      detects: bundle.manifest.can.includes('detect'),
      frameEncoder: async () => {
        const { frameEncoder } = await model.open();
        if (!frameEncoder) throw cannotLook(bundle);
        return lowPowerFrameEncoder(frameEncoder, () => this.#isLowPower());
      },
    };
  }

  #isLowPower(): boolean {
    // Also asked while the engine is being closed.
    const store = this.#context.opened;
    const lowPower = store && limitsOf(store).lowPower;
    return lowPower === 'always' || (lowPower === 'battery' && this.#powerMode === 'low');
  }
}

function cannotLook({ manifest: { id, can } }: FoundBundle): LongviewError {
  return new LongviewError(
    'bad-argument',
    `The model ${id} can't index videos, it can only ${can.join(' and ')}.`,
    'Choose a model that can "embed"; "longview models" lists them.',
    { details: { model: id } },
  );
}
