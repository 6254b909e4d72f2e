/**
 * Keeps the k largest scores of a long row without sorting it: a binary min-heap whose root is the smallest kept.
 */
export class TopK {
  readonly #k: number;
  readonly #scores: number[] = [];
  readonly #items: number[] = [];

  constructor(k: number) {
    this.#k = k;
  }

  /** The score that the next one must beat. */
  get floor(): number {
    return this.#scores.length < this.#k ? -Infinity : this.#scores[0];
  }

  /** Offers an item (a number that the caller understands). NaN is never kept. */
  offer(score: number, item: number): void {
    if (!(score > this.floor)) return;
    if (this.#scores.length < this.#k) {
      this.#scores.push(score);
      this.#items.push(item);
      this.#rise(this.#scores.length - 1);
    } else {
      this.#scores[0] = score;
      this.#items[0] = item;
      this.#sink();
    }
  }

  /** What was kept, best first. */
  best(): { score: number; item: number }[] {
    return this.#scores
      .map((score, i) => ({ score, item: this.#items[i] }))
      .sort((a, b) => b.score - a.score || a.item - b.item);
  }

  #swap(a: number, b: number): void {
    [this.#scores[a], this.#scores[b]] = [this.#scores[b], this.#scores[a]];
    [this.#items[a], this.#items[b]] = [this.#items[b], this.#items[a]];
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (this.#scores[parent] <= this.#scores[at]) return;
      this.#swap(parent, at);
      at = parent;
    }
  }

  #sink(): void {
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.#scores.length && this.#scores[child] < this.#scores[least]) least = child;
      if (least === at) return;
      this.#swap(least, at);
      at = least;
    }
  }
}
