import type { CallOptions, Engine, ModelTools } from '../protocol/engine.ts';
import { importRequestSchema, parseRequest } from '../protocol/requests.ts';
import type { ImportResult, ModelsResult } from '../protocol/results.ts';
import { vniahRequestSchema } from '../protocol/vniah.ts';
import { plural } from '../protocol/plural.ts';
import { modelInfo } from './bundles.ts';
import { standsBeside } from './encoders.ts';
import { minutesAnHour } from './trial.ts';
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

  /**
   * The same for what somebody fetched to search with: an image-text encoder is tried out and stands beside the library's own
   * from now on; every video gets its track with the next indexing.
   */
  async importBeside(request: unknown, options: CallOptions): Promise<ImportResult> {
    const { active, bundles, encoders } = this.#context;
    const imported = await this.import(request, options);
    const bundle = await bundles.named(imported.model.id).catch(() => undefined);
    if (!bundle || !standsBeside(bundle)) return imported;
    encoders.add(bundle.manifest.id);
    const minutes = await active.with(bundle, async (model) =>
      minutesAnHour(await model.open(), options.signal),
    );
    const note = `Looking at an hour of video takes it about ${plural(minutes, 'minute')} on this machine.`;
    return { ...imported, note, minutesAnHour: minutes };
  }

  /** Makes a checkpoint's folder into a bundle; takes a speech model as it is, and chooses it. */
  async import(request: unknown, options: CallOptions): Promise<ImportResult> {
    const given = parseRequest(importRequestSchema, request);
    if (await isSpeech(given.folder)) return importSpeech(this.#context, given, options);
    return importModel(this.#context.bundles, await this.#context.active.fingerprint(), request, options);
  }
}
