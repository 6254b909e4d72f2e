import { engine } from '../engine/index.ts';
import { shown } from '../state/failure.ts';
import type { LimitsResult } from '../../../engine/protocol/window.ts';
import type { Shown } from '../state/failure.ts';

/** How hard Longview may work, as it is read and set here. */
export class WorkLimits {
  now = $state.raw<LimitsResult | undefined>();
  error = $state.raw<Shown | undefined>();

  async load(): Promise<void> {
    await this.#take(() => engine.call('limits', {}));
  }

  async set(change: Partial<LimitsResult>): Promise<void> {
    if (!this.now) return;
    // Which bundle answers is chosen elsewhere.
    const { cores: _, decoder: __, ...wanted } = { ...this.now, ...change };
    await this.#take(() => engine.call('setLimits', wanted));
  }

  async #take(call: () => Promise<LimitsResult>): Promise<void> {
    try {
      this.now = await call();
      this.error = undefined;
    } catch (cause) {
      this.error = shown(cause);
    }
  }
}
