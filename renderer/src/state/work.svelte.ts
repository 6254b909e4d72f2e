import { engine } from '../engine/index.ts';
import { engineWords } from '../i18n/engine-words.ts';
import { shown } from './failure.ts';
import type { Method, RequestOf, ResultOf } from '../../../engine/protocol/wire.ts';
import type { PartListeners } from '../../../engine/protocol/wire.ts';
import type { Shown } from './failure.ts';

/** One long call at a time, with how far it is and what became of it. */
export class Work {
  busy = $state(false);
  fraction = $state<number | undefined>();
  subject = $state('');
  error = $state.raw<Shown | undefined>();
  #stop: AbortController | undefined;

  /** Runs a call. @returns its result; undefined where it failed or was cancelled */
  async run<M extends Method>(method: M, request: RequestOf<M>): Promise<ResultOf<M> | undefined> {
    const stop = new AbortController();
    this.#stop = stop;
    this.busy = true;
    this.error = undefined;
    this.fraction = undefined;
    this.subject = '';
    const on = {
      progress: ({ fraction, subject, stage }: { fraction: number; subject?: string; stage: string }) => {
        this.fraction = fraction;
        this.subject = subject ?? engineWords(stage);
      },
    } as unknown as PartListeners<M>;
    try {
      return await engine.call(method, request, { signal: stop.signal, on });
    } catch (cause) {
      this.error = shown(cause);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  cancel(): void {
    this.#stop?.abort();
  }
}
