import { ask, choose, plan, selfTest, selfTested as testedBefore } from '../answering/index.ts';
import { trackSearches } from '../indexing/index.ts';
import { matchNouns } from '../language/vocabulary/match.ts';
import { framesAt } from '../media/index.ts';
import { selfTestRequestSchema, type AskMeasures, type AskTools } from '../protocol/asking.ts';
import type { Engine } from '../protocol/engine.ts';
import { LongviewError } from '../protocol/errors.ts';
import type { SeenResult } from '../protocol/view.ts';
import { askRequestSchema, findRequestSchema, parseRequest } from '../protocol/requests.ts';
import {
  PromptPrefixReuse,
  find,
  VisualTokenCache,
  type Answering,
  type ModelHandle,
  type SearchDeps,
} from '../search/index.ts';
import { limitAnswers, requestAgain } from './ask-tools.ts';
import type { FoundBundle } from './bundles.ts';
import type { Context } from './context.ts';
import { footageState } from './footage-state.ts';
import { seenThings } from './seen-things.ts';
import { pictureReader } from './pictures.ts';
import { recognise } from './video-paths.ts';
import { limitsOf } from './window-tools.ts';

type Work<T> = (deps: SearchDeps) => Promise<T>;

/** Finds moments and answers questions. */
export class SearchService {
  readonly #context: Context;
  readonly #kept = new VisualTokenCache();
  readonly #earlier = new PromptPrefixReuse();

  constructor(context: Context) {
    this.#context = context;
  }

  /** What the engine offers of this. */
  methods(): Pick<Engine, 'find' | 'ask'> & AskTools & AskMeasures {
    const { run } = { run: this.#context.run.bind(this.#context) };
    return {
      find: (request, options) =>
        run(options, (signal) =>
          this.#search(parseRequest(findRequestSchema, request), (deps) =>
            find(
              {
                ...deps,
                pictureOf: pictureReader(this.#context.store(), () => this.#context.tools(), signal),
              },
              request,
              { ...options, signal },
            ),
          ),
        ),
      ask: (request, options) =>
        run(options, (signal) =>
          this.#ask(parseRequest(askRequestSchema, request), (deps) =>
            ask(deps, request, { ...options, signal }),
          ),
        ),
      plan: (request, options) =>
        run(options, (signal) =>
          this.#ask(parseRequest(askRequestSchema, request), (deps) =>
            plan(deps, request, { ...options, signal }),
          ),
        ),
      rerun: (request, options) =>
        run(options, async (signal) => {
          const again = requestAgain(this.#context.store(), request);
          return this.#ask(again, (deps) => ask(deps, again, { ...options, signal }));
        }),
      choose: (request, options) =>
        run(options, (signal) => this.#ask(request, (deps) => choose(deps, request, { ...options, signal }))),
      selfTest: (request, options) =>
        run(options, (signal) =>
          this.#ask(parseRequest(selfTestRequestSchema, request), (deps) =>
            selfTest(deps, request, { ...options, signal }),
          ),
        ),
      selfTested: () => run(undefined, async () => ({ found: (await this.selfTested()) ?? null })),
      limitAnswers: (request) => run(undefined, async () => limitAnswers(this.#context.store(), request)),
    };
  }

  /** What a video, or the library, can be searched for with success. */
  seen(videoId: string | undefined, signal: AbortSignal | undefined): Promise<SeenResult> {
    return this.#context.run({ signal }, (cancel) =>
      this.#search({}, (deps) => seenThings(deps, this.#context.store(), videoId, cancel)),
    );
  }

  /** What the last self-test found of the bundle that answers. */
  async selfTested(): Promise<ReturnType<typeof testedBefore>> {
    const bundle = (await this.#answeringBundle(undefined)) ?? (await this.#context.active.bundle());
    return testedBefore(this.#context.store(), bundle.fingerprint);
  }

  /** Runs `work` with what searching needs; the models that it opens stay loaded until it is done. */
  async #search<T>({ in: places }: { in?: unknown }, work: Work<T>): Promise<T> {
    const { active, media } = this.#context;
    const store = this.#context.store();
    for (const place of [places].flat()) if (typeof place === 'string') await recognise(store, media, place);
    return active.use((model) =>
      this.#withOthers(model, (encoders) =>
        work({
          store,
          model,
          encoders,
          trackSearches,
          match: matchNouns,
          footageState: ({ id }) => footageState(store, media, id),
        }),
      ),
    );
  }

  /** Makes the bundles at hand whose embeddings the library holds ready, besides its own. */
  async #withOthers<T>(
    own: ModelHandle,
    work: (encoders: NonNullable<SearchDeps['encoders']>) => Promise<T>,
  ): Promise<T> {
    const { active, bundles } = this.#context;
    const known = new Set(
      this.#context
        .store()
        .indexedVideos()
        .flatMap(({ modelFingerprint, others = [] }) => [
          modelFingerprint,
          ...others.map((one) => one.modelFingerprint),
        ]),
    );
    known.delete(own.fingerprint);
    const handles = new Map<string, ModelHandle>();
    const atHand =
      known.size === 0
        ? []
        : (await bundles.all()).filter(
            (bundle): bundle is FoundBundle =>
              bundle.manifest !== undefined && !bundle.problem && known.has(bundle.fingerprint),
          );
    const nested = (left: readonly FoundBundle[]): Promise<T> => {
      const [bundle, ...rest] = left;
      if (!bundle) return work(async (fingerprint) => handles.get(fingerprint));
      return active.with(bundle, (model) => {
        handles.set(bundle.fingerprint, model);
        return nested(rest);
      });
    };
    return nested(atHand);
  }

  /** The same for questions, which another bundle may answer: the one that was named, or that of the settings. */
  async #ask<T>(request: { in?: unknown; model?: string | undefined }, work: Work<T>): Promise<T> {
    const bundle = await this.#answeringBundle(request.model);
    if (!bundle) return this.#search(request, work);
    const pictures: Answering['framesAt'] = async ({ path }, times, size, signal) =>
      framesAt(path, times, size, { signal, tools: await this.#context.tools() });
    return this.#search(request, (deps) =>
      this.#context.active.with(bundle, (model) =>
        work({ ...deps, answering: { model, framesAt: pictures, kept: this.#kept, earlier: this.#earlier } }),
      ),
    );
  }

  /** The bundle that answers, where it isn't the library's own. @throws LongviewError `unknown-model`, `cannot-read`. */
  async #answeringBundle(named: string | undefined): Promise<FoundBundle | undefined> {
    const chosen = named ?? limitsOf(this.#context.store()).decoder ?? undefined;
    if (chosen === undefined) return undefined;
    const own = await this.#context.active.bundle();
    if (chosen === own.manifest.id) return undefined;
    const bundle = await this.#context.bundles.named(chosen);
    if (bundle.manifest.can.includes('read') && bundle.manifest.vision) return bundle;
    throw new LongviewError(
      'cannot-read',
      `The model ${chosen} can't answer questions about footage that another one indexed.`,
      'Choose a model that can "read" and isn’t built in ("longview models" lists them), or index with this one.',
      { details: { model: chosen } },
    );
  }
}
