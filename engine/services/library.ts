import type { AskMeasures } from '../protocol/asking.ts';
import type { Engine } from '../protocol/engine.ts';
import { parseRequest, removeRequestSchema } from '../protocol/requests.ts';
import type { DoctorResult, ModelsResult, RemoveResult } from '../protocol/results.ts';
import type { Context } from './context.ts';
import { listVideo, listVideos } from './listing.ts';
import { videoAt } from './video-paths.ts';

/** What is in the library, and how the machine stands. */
export class LibraryService {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** What the engine offers of this. */
  methods(
    selfTested: () => Promise<Awaited<ReturnType<AskMeasures['selfTested']>>['found'] | undefined>,
    models: () => Promise<ModelsResult>,
  ): Pick<Engine, 'library' | 'remove' | 'doctor' | 'report'> {
    const run = this.#context.run.bind(this.#context);
    const { active, config, libraryDir } = this.#context;
    const examine = async (): Promise<DoctorResult> => {
      const { examine: look } = await import('./doctor.ts');
      return look({
        libraryDir,
        store: () => this.#context.store(),
        tools: () => this.#context.tools(),
        selfTest: async () => (await selfTested()) ?? undefined,
        models: () => this.#models(),
      });
    };
    return {
      library: () =>
        run(undefined, async () => ({
          folder: libraryDir,
          videos: await listVideos(this.#context.store(), await active.fingerprint()),
        })),
      remove: (request) => run(undefined, () => this.#remove(request)),
      doctor: () => run(undefined, examine),
      report: (request) =>
        run(undefined, async () => {
          const { report } = await import('./report.ts');
          const version = config.version ?? 'of unknown version';
          return report(
            { libraryDir, version, models, doctor: examine, counts: () => this.#counts() },
            request,
          );
        }),
    };
  }

  async #remove(request: unknown): Promise<RemoveResult> {
    const { video: place } = parseRequest(removeRequestSchema, request);
    const store = this.#context.store();
    const video = await videoAt(store, this.#context.media, place);
    const jobs = new Map(store.jobs().map((job) => [job.path, job]));
    const removed = await listVideo(video, jobs, await this.#context.active.fingerprint());
    store.removeVideo(video.id);
    return { removed };
  }

  #counts() {
    const jobs = this.#context.store().jobs();
    const failed = jobs.filter(({ state }) => state === 'failed').length;
    return { videos: this.#context.store().videos().length, waiting: jobs.length - failed, failed };
  }

  /** Ids of the bundles at hand, the library's own first. */
  async #models(): Promise<string[]> {
    const { manifest } = await this.#context.active.bundle();
    const ids = (await this.#context.bundles.all()).flatMap((bundle) => bundle.manifest?.id ?? []);
    return [manifest.id, ...ids.filter((id) => id !== manifest.id)];
  }
}
