import { engine } from '../engine/index.ts';
import { t } from '../i18n/index.svelte.ts';
import { attempt, notify } from './notices.svelte.ts';
import { shown, type Shown } from './failure.ts';
import type { ChangeKeptRequest, Kept, KeptMoment } from '../../../engine/protocol/keeping.ts';
import type { RequestOf } from '../../../engine/protocol/wire.ts';

/** Time to think again after something was forgotten: as long as the word on it stands. */
const forgetAfterMs = 7000;

/** What is kept, as the host last told it. */
class KeptState {
  #all = $state.raw<Kept | undefined>();
  /** Moments and bins that are about to go. */
  #leaving = $state.raw<ReadonlySet<string>>(new Set());
  error = $state.raw<Shown | undefined>();
  readonly moments: KeptMoment[] = $derived(
    (this.#all?.moments ?? []).filter(({ number }) => !this.#leaving.has(`moment ${number}`)),
  );
  readonly bins: Kept['bins'] = $derived(
    (this.#all?.bins ?? []).filter(({ number }) => !this.#leaving.has(`bin ${number}`)),
  );
  /** Every tag with how often it is used, by name. */
  readonly tags: { tag: string; count: number }[] = $derived.by(() => {
    const counts = new Map<string, number>();
    for (const { tags } of this.moments) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    return [...counts].map(([tag, count]) => ({ tag, count })).sort((a, b) => a.tag.localeCompare(b.tag));
  });
  readonly known = $derived(this.#all !== undefined);

  async load(): Promise<void> {
    try {
      this.#all = await engine.call('kept', {});
      this.error = undefined;
    } catch (cause) {
      this.error = shown(cause);
    }
  }

  /** Reads anew what was read before, because it changed elsewhere. */
  changedElsewhere(): void {
    if (this.known) void this.load();
  }

  /** Keeps moments. @throws CallError */
  async keep(request: RequestOf<'keep'>): Promise<void> {
    this.#all = await engine.call('keep', request);
  }

  /** @throws CallError */
  async change(change: ChangeKeptRequest): Promise<void> {
    this.#all = await engine.call('changeKept', change);
  }

  /** Makes a bin, or gives one another name. @throws CallError */
  async nameBin(name: string, bin?: number): Promise<void> {
    this.#all = await engine.call('editBin', bin === undefined ? { name } : { bin, name });
  }

  /** Forgets moments a little later: until then they can be had back whole. */
  forget(numbers: readonly number[]): void {
    this.#later(
      numbers.map((number) => `moment ${number}`),
      t('kept.removed', numbers.length),
      () => engine.call('forgetKept', { numbers: [...numbers] }),
    );
  }

  /** Removes a bin a little later. */
  removeBin({ number, name }: { number: number; name: string }): void {
    this.#later([`bin ${number}`], t('bin.removed', name), () =>
      engine.call('editBin', { bin: number, remove: true }),
    );
  }

  #later(what: readonly string[], text: string, work: () => Promise<Kept>): void {
    this.#leaving = new Set([...this.#leaving, ...what]);
    const back = () => {
      clearTimeout(timer);
      this.#leaving = new Set([...this.#leaving].filter((one) => !what.includes(one)));
    };
    const timer = setTimeout(() => {
      void attempt(async () => (this.#all = await work())).finally(back);
    }, forgetAfterMs);
    notify({ text, action: { text: t('undo'), run: back } });
  }
}

/** What is kept in this library. */
export const kept = new KeptState();
