/** Which of some lines, ascending by their start, began last at a time; -1 before the first. */
export function lineAt(lines: readonly { start: number }[], time: number): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle].start <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
