import { preferences } from './preferences.svelte.ts';

/** Some of a list, chosen with pointer or keyboard, by their keys. */
export class Chosen {
  keys = $state.raw<ReadonlySet<string>>(new Set());
  /** Where a range begins. */
  #anchor: string | undefined;
  readonly #list: () => readonly string[];
  /** Those that are still in the list. */
  readonly here = $derived.by(() => this.#list().filter((key) => this.keys.has(key)));

  /** @param list the keys in the order in which they are shown */
  constructor(list: () => readonly string[]) {
    this.#list = list;
  }

  has(key: string): boolean {
    return this.keys.has(key);
  }

  /** Chooses one, or no longer. `range`: everything from the last one that was touched to this. */
  toggle(key: string, range = false): void {
    const list = this.#list();
    const [from, to] = [list.indexOf(this.#anchor ?? key), list.indexOf(key)];
    const keys = new Set(this.keys);
    if (range && from >= 0 && to >= 0)
      for (const one of list.slice(Math.min(from, to), Math.max(from, to) + 1)) keys.add(one);
    else if (!keys.delete(key)) keys.add(key);
    this.#anchor = key;
    this.keys = keys;
  }

  all(): void {
    this.keys = new Set(this.#list());
  }

  none(): void {
    this.keys = new Set();
    this.#anchor = undefined;
  }

  /**
   * X chooses what has the focus (with Shift: from the last one to it), Ctrl A all, Escape none.
   * @param focused the key of what has the focus
   * @returns whether the key was one of these
   */
  press(event: KeyboardEvent, focused: string | undefined): boolean {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (key === 'x' && preferences.keys && !command && !event.altKey && focused !== undefined)
      this.toggle(focused, event.shiftKey);
    else if (key === 'a' && command) this.all();
    else if (key === 'escape' && this.keys.size > 0) this.none();
    else return false;
    event.preventDefault();
    return true;
  }
}
