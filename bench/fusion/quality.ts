import type { Judged } from './gather.ts';

/** How well a way of ranking does over the queries for things that are there. */
export interface Quality {
  queries: number;
  /** Share of queries whose first moment is right. */
  first: number;
  /** Share with a right one among the first five. */
  five: number;
  /** Mean of one by the rank of the first right one, 0 where there is none. */
  reciprocal: number;
}

/** Measures one way of ranking. */
export function quality(judged: readonly Judged[], listOf: (one: Judged) => readonly boolean[]): Quality {
  const lists = judged.filter(({ there }) => there).map(listOf);
  const mean = (value: (list: readonly boolean[]) => number) =>
    lists.reduce((sum, list) => sum + value(list), 0) / Math.max(1, lists.length);
  return {
    queries: lists.length,
    first: mean((list) => (list[0] ? 1 : 0)),
    five: mean((list) => (list.slice(0, 5).includes(true) ? 1 : 0)),
    reciprocal: mean((list) => {
      const rank = list.indexOf(true);
      return rank < 0 ? 0 : 1 / (rank + 1);
    }),
  };
}
