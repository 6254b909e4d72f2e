import { calibration } from './calibration.ts';

/** Mean and standard deviation of similarities. */
export interface Background {
  mean: number;
  deviation: number;
}

/**
 * What a query's similarity looks like over everything searched, steadied in small libraries by what unrelated
 * patches look like (calibration.background).
 */
export function backgroundOf(rows: readonly Float32Array[]): Background {
  const prior = calibration.background;
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
