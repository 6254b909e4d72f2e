import { dot } from '../core/vectors.ts';
import type { PatchTable } from '../library/patch-types.ts';
import type { Segment } from './select.ts';

/** How much alike two temporal patches of a shot are, as a cosine, for one to be read instead of the other. */
const sameLook = 0.9;
/** So many temporal patches are looked at anew for a question, the most important ones: the answer waits for each. */
const mostNew = 2;
/** Lists that are kept. */
const most = 32;

/**
 * Which temporal patches were read of some footage. What a checkpoint saw of them is kept, and its decoder keeps keys
 * and values of what it read up to the first temporal patch that is another one: the next question is read the same
 * list where that will do.
 */
export class PromptPrefixReuse {
  readonly #lists = new Map<string, readonly number[]>();

  /**
   * What was read before, with as few changes as show what must be seen now: each temporal patch itself, or one of its
   * shot that looks the same. Another takes the place of one of its shot, or else of the nearest.
   * @param key of the footage and the gamma
   * @param must most important first
   * @returns temporal patches in time order, or undefined where nothing was read before
   */
  amended(
    key: string,
    must: readonly number[],
    segments: readonly Segment[],
    table: PatchTable,
  ): readonly number[] | undefined {
    const list = this.#lists.get(key);
    if (!list || must.length >= list.length) return undefined;
    const segmentOf = (patch: number) =>
      segments.findIndex(({ first, past }) => patch >= first && patch < past);
    const read = new Set(list);
    const needed = new Set<number>();
    const missing: number[] = [];
    for (const patch of must) {
      const same = (other: number) =>
        other === patch || (segmentOf(other) === segmentOf(patch) && alike(table, other, patch));
      const shown = list.find(same);
      if (shown === undefined) missing.push(patch);
      else needed.add(shown);
    }
    for (const patch of missing.slice(0, mostNew)) {
      const spare = [...read].filter((other) => !needed.has(other));
      const own = spare.filter((other) => segmentOf(other) === segmentOf(patch));
      const distance = (other: number) => Math.abs(other - patch);
      const gone = (own.length > 0 ? own : spare).reduce((a, b) => (distance(b) < distance(a) ? b : a));
      read.delete(gone);
      read.add(patch);
      needed.add(patch);
    }
    return missing.length === 0 ? list : [...read].sort((a, b) => a - b);
  }

  /** Keeps a list; the oldest go. */
  keep(key: string, list: readonly number[]): void {
    this.#lists.delete(key);
    this.#lists.set(key, list);
    for (const oldest of this.#lists.keys()) {
      if (this.#lists.size <= most) break;
      this.#lists.delete(oldest);
    }
  }
}

/** Embeddings have unit length. */
function alike({ embeddings, embeddingSize: size }: PatchTable, a: number, b: number): boolean {
  return dot(embeddings.subarray(a * size, (a + 1) * size), embeddings, b * size) >= sameLook;
}
