import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { speech, type Extractor } from '../indexing/index.ts';
import type { Store } from '../library/index.ts';
import { LongviewError, quote } from '../protocol/errors.ts';
import { createListener, earsSpec, type EarsSpec, type Listener, type SpeechModel } from '../speech/index.ts';
import { checkLanguage, idOf, noSpeechModel, type SpeechModels } from './speech-models.ts';

/** In the library's settings: the speech model's id, and what is spoken where somebody said so. */
const setting = 'speech';
const stored = z.object({ model: z.string(), language: z.string().optional() }).optional().catch(undefined);

/** What hearing works with. */
export interface HearingDeps {
  models: SpeechModels;
  store: () => Store;
  /** The folder with the weights that find speech. */
  voice: string;
  threads: () => number | undefined;
  /** Tests put another listener here. */
  listen?: (spec: EarsSpec) => Listener;
}

/** The one listener of the engine, and the speech model that was chosen for its library. */
export class HearingService {
  readonly #deps: HearingDeps;
  /** By what they hear with: usually one. */
  readonly #open = new Map<string, Listener>();
  #users = 0;

  constructor(deps: HearingDeps) {
    this.#deps = deps;
  }

  /** The id of the chosen speech model; undefined where none was. */
  get chosen(): string | undefined {
    return stored.parse(this.#deps.store().setting(setting))?.model;
  }

  /** Chooses a speech model. */
  choose(model: string): void {
    const { store } = this.#deps;
    store().setSetting(setting, { ...stored.parse(store().setting(setting)), model });
  }

  /**
   * Notes what is spoken; "auto": found piece by piece.
   * @throws LongviewError `bad-argument` for a language that the model doesn't know
   */
  async expect(language: string): Promise<void> {
    const model = await this.model();
    const auto = language.toLowerCase() === 'auto';
    if (!auto) checkLanguage(model, language);
    this.#deps.store().setSetting(setting, { model: model.id, ...(auto ? {} : { language }) });
  }

  /** Deletes a speech model; another takes its place where there is one. @returns whether any is left */
  async remove(id: string): Promise<boolean> {
    this.#close();
    await this.#deps.models.remove(id);
    const left = (await this.#deps.models.all()).find((model) => !('problem' in model));
    if (this.chosen !== id) return left !== undefined;
    this.#deps.store().setSetting(setting, left && { model: idOf(left) });
    return left !== undefined;
  }

  /** The chosen speech model. @throws LongviewError `unknown-model`, `bad-bundle`. */
  async model(): Promise<SpeechModel> {
    const id = this.chosen;
    if (id === undefined) throw noSpeechModel();
    return this.#deps.models.named(id);
  }

  /** What makes transcripts; where no model can be used, it says so with each video. */
  async extractor(): Promise<Extractor> {
    try {
      const model = await this.model();
      const language = stored.parse(this.#deps.store().setting(setting))?.language;
      const vad = join(this.#deps.voice, 'silero_vad.onnx');
      if (!(await stat(vad).catch(() => undefined))) throw noVoice(vad);
      return speech({
        model: model.id,
        version: versionOf(model),
        ...(language === undefined ? {} : { language }),
        listener: this.#listener(earsSpec(model, { vad, threads: this.#threads(), language })),
      });
    } catch (error) {
      if (!(error instanceof LongviewError)) throw error;
      return { name: 'speech', isDone: () => false, begin: () => Promise.reject(error) };
    }
  }

  /** Keeps the listener for as long as something is indexed. @returns what lets it go */
  use(): () => void {
    this.#users++;
    return () => {
      if (--this.#users === 0) this.#close();
    };
  }

  #threads(): number {
    return this.#deps.threads() ?? Math.min(4, availableParallelism());
  }

  #listener(spec: EarsSpec): Listener {
    const key = JSON.stringify(spec);
    const listener = this.#open.get(key) ?? (this.#deps.listen ?? createListener)(spec);
    this.#open.set(key, listener);
    return listener;
  }

  #close(): void {
    for (const listener of this.#open.values()) listener.close();
    this.#open.clear();
  }
}

/** Changes with any file of a model: what another one heard is heard again. */
function versionOf({ id, kind, parts, files, manifest }: SpeechModel): string {
  const hash = createHash('sha256').update(JSON.stringify([kind, parts, manifest?.files ?? files]));
  return `${id}@${hash.digest('hex').slice(0, 16)}`;
}

function noVoice(path: string): LongviewError {
  return new LongviewError(
    'bad-bundle',
    `${quote(path)}, which finds speech in sound, is missing.`,
    'Run the set-up again (npm run setup), or install Longview again.',
  );
}
