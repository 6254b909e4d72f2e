import { LongviewError } from '../../protocol/errors.ts';
import { chooseProvider, type ChosenProvider, type ProviderDeps } from '../providers.ts';
import type { ProviderChoice } from './provider-names.ts';
import { ProviderFailure } from './session.ts';

/** How a model runs. */
export interface RuntimeOptions {
  /** Default `auto`. */
  provider?: ProviderChoice;
  /** Threads within an operator; absent: as many as the runtime thinks right. */
  threads?: number;
  /** Hears which provider was chosen and why, and when a model falls back to the CPU. One plain sentence each. */
  onNotice?: (notice: string) => void;
  /** Why this provider, where somebody else than the user chose it; for the notice. */
  why?: string;
  /** For tests. */
  providers?: ProviderDeps;
}

/** Decides which provider a model runs on, and falls back to the CPU when one fails. */
export class Runtime {
  readonly threads: number | undefined;
  readonly #choice: ProviderChoice;
  readonly #options: RuntimeOptions;
  #chosen: Promise<ChosenProvider> | undefined;

  constructor(options: RuntimeOptions = {}) {
    this.#options = options;
    this.#choice = options.provider ?? 'auto';
    this.threads = options.threads;
  }

  /** The provider in use, and what it can't do. @throws LongviewError as {@link chooseProvider}. */
  async chosen(): Promise<ChosenProvider> {
    const chosen = (this.#chosen ??= this.#choose());
    try {
      return await chosen;
    } catch (error) {
      if (this.#chosen === chosen) this.#chosen = undefined;
      throw error;
    }
  }

  /**
   * Does some work on the provider in use. When the provider fails and wasn't chosen by name, frees what was opened on
   * it and does the work again on the CPU, where the model then stays.
   * @throws LongviewError `provider-unavailable` when a provider that was chosen by name fails.
   */
  async attempt<T>(work: () => Promise<T>, free: () => Promise<void>): Promise<T> {
    const { provider } = await this.chosen();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ProviderFailure)) throw error;
      if (provider === 'cpu') throw this.#onCpu(error);
      if (this.#choice !== 'auto') {
        throw new LongviewError(
          'provider-unavailable',
          `The execution provider ${provider} failed: ${error.message}.`,
          'Choose another provider, or auto to fall back to the CPU by itself.',
          { cause: error },
        );
      }
      this.#options.onNotice?.(`Continuing on the CPU: ${error.message}.`);
      this.#chosen = Promise.resolve({ provider: 'cpu', reason: error.message });
      await free();
      return work();
    }
  }

  async #choose(): Promise<ChosenProvider> {
    const chosen = await chooseProvider(this.#choice, this.#options.providers);
    const reason = this.#options.why ?? chosen.reason;
    this.#options.onNotice?.(`Running on ${chosen.provider}: ${reason}.`);
    return { ...chosen, reason };
  }

  #onCpu(error: ProviderFailure): Error {
    if (!error.outOfMemory) return error;
    return new LongviewError(
      'context-too-long',
      'Memory ran out while the model was working.',
      'Ask about less footage at once, close other programs, or choose a smaller model.',
      { cause: error },
    );
  }
}
