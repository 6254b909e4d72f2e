/** A line as the recogniser's columns spell it. */
export interface Spelled {
  text: string;
  /** Mean probability of its letters, 0 to 1; 0 where there is none. */
  confidence: number;
  /** For each letter of the text (code points) the column in which it is surest. */
  columns: number[];
}

/**
 * The likeliest letter of each column, with repetitions joined and blanks left out (connectionist temporal
 * classification, Graves et al. 2006).
 * @param probabilities [columns, classes], class 0 blank
 * @param letters of the classes from 1 on; more letters than classes, or fewer, are a fault of whoever loads them
 */
export function spell(probabilities: Float32Array, letters: readonly string[]): Spelled {
  const classes = letters.length + 1;
  const columns: number[] = [];
  const surest: number[] = [];
  let [text, last] = ['', 0];
  for (let column = 0, at = 0; at < probabilities.length; column++, at += classes) {
    let best = 0;
    for (let k = 1; k < classes; k++) if (probabilities[at + k] > probabilities[at + best]) best = k;
    const probability = probabilities[at + best];
    if (best !== 0 && best !== last) {
      text += letters[best - 1];
      columns.push(column);
      surest.push(probability);
    } else if (best !== 0 && probability > surest[surest.length - 1]) {
      columns[columns.length - 1] = column;
      surest[surest.length - 1] = probability;
    }
    last = best;
  }
  const sum = surest.reduce((total, probability) => total + probability, 0);
  return { text, confidence: surest.length === 0 ? 0 : sum / surest.length, columns };
}
