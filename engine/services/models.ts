import type { CallOptions, Engine, ModelTools } from '../protocol/engine.ts';
import { importRequestSchema, parseRequest } from '../protocol/requests.ts';
import type { ImportResult, ModelsResult } from '../protocol/results.ts';
import { vniahRequestSchema } from '../protocol/vniah.ts';
import { modelInfo } from './bundles.ts';
import type { Context } from './context.ts';
import { importModel } from './importing.ts';
import { importSpeech, isSpeech } from './importing-speech.ts';
import { runVniah } from './needles.ts';
import { speechModelInfo } from './speech-models.ts';
import { verifyModel } from './verifying.ts';

/** The bundles at hand: lists, imports, verifies and measures them. */
export class ModelService {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** What the engine offers of this. */
  methods(): Pick<Engine, 'models'> & ModelTools {
    const { active, bundles, config, hashCache } = this.#context;
    const run = this.#context.run.bind(this.#context);
    return {
      models: () => run(undefined, () => this.list()),
      importModel: (request, options) =>
        run(options, (signal) => this.import(request, { ...options, signal })),
      verifyModel: (request, options) =>
        run(options, (signal) => {
          const { threads } = config;
          return verifyModel(bundles, request, { ...options, signal }, { threads, hashCache });
        }),
      vniah: (request, options) =>
        run(options, async (signal) => {
          const parsed = parseRequest(vniahRequestSchema, request);
          return active.with(await this.#context.bundle(parsed.model), async (model) =>
            runVniah(parsed, await model.open(), { ...options, signal }, config.mediaTools),
          );
        }),
    };
  }

  /** The bundles at hand. */
  async list(): Promise<ModelsResult> {
    const active = await this.#context.active.fingerprint();
    const { bundles, hearing, speechModels } = this.#context;
    const [looking, listening] = await Promise.all([bundles.all(), speechModels.all()]);
    return {
      models: [
        ...looking.map((bundle) => modelInfo(bundle, active)),
        ...listening.map((model) => speechModelInfo(model, hearing.chosen)),
      ],
    };
  }

  /** Makes a checkpoint's folder into a bundle; takes a speech model as it is, and chooses it. */
  async import(request: unknown, options: CallOptions): Promise<ImportResult> {
    const given = parseRequest(importRequestSchema, request);
    if (await isSpeech(given.folder)) return importSpeech(this.#context, given, options);
    return importModel(this.#context.bundles, await this.#context.active.fingerprint(), request, options);
  }
}
