/** What was made for a text, kept until there is too much of it; then it begins anew. */
export class Remembered<T> {
  readonly #most: number;
  readonly #known = new Map<string, T>();

  /** @param most how many are kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** What is known for a text, made where nothing is. */
  get(text: string, make: () => T): T {
    let known = this.#known.get(text);
    if (known === undefined) {
      if (this.#known.size >= this.#most) this.#known.clear();
      this.#known.set(text, (known = make()));
    }
    return known;
  }
}
