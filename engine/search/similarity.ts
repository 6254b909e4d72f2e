/** Mean and standard deviation of similarities. */
export interface Background {
  mean: number;
  deviation: number;
}

/** What similarities of unrelated words and pictures look like, worth so many temporal patches. */
export interface BackgroundPrior extends Background {
  patches: number;
  /**
   * How much words differ in their means, where that was measured. Then the deviation is one word's own, and a query's own
   * footage, which may show it throughout, moves the mean no further than twice this.
   */
  betweenWords?: number;
}

/**
 * What a query's similarity looks like over everything searched, steadied in small libraries by what is usual for
 * unrelated words.
 */
export function backgroundOf(rows: readonly Float32Array[], prior: BackgroundPrior): Background {
  if (prior.betweenWords !== undefined) return measuredBackground(rows, prior, prior.betweenWords);
  let n = prior.patches;
  let sum = prior.patches * prior.mean;
  let squares = prior.patches * (prior.mean ** 2 + prior.deviation ** 2);
  for (const row of rows)
    for (const value of row) {
      n++;
      sum += value;
      squares += value * value;
    }
  const mean = sum / n;
  return { mean, deviation: Math.max(Math.sqrt(Math.max(squares / n - mean * mean, 0)), 1e-3) };
}

/** The median tells what most of the footage is like, however much of it shows what is looked for. */
function measuredBackground(
  rows: readonly Float32Array[],
  { mean, deviation, patches }: BackgroundPrior,
  betweenWords: number,
): Background {
  const n = rows.reduce((sum, row) => sum + row.length, 0);
  if (n === 0) return { mean, deviation };
  const all = new Float32Array(n);
  let at = 0;
  for (const row of rows) {
    all.set(row, at);
    at += row.length;
  }
  const median = all.sort()[n >> 1];
  const own = (n * median + patches * mean) / (n + patches);
  const far = 2 * betweenWords;
  return { mean: Math.min(mean + far, Math.max(mean - far, own)), deviation };
}
