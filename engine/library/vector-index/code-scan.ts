import type { CodedQuery } from './coding.ts';
import { bins, segmentRows } from './scan-module.ts';
import { ScanHelper, type Task } from './scan-helper.ts';
import type { Range, Segment, Step } from './segment.ts';

/** Segments from which on a second thread is worth its start. */
const helpedSegments = 4;

/** Scans the codes of segments, with a second thread beside this one where there are two cores. */
export class CodeScan {
  #helper: ScanHelper | undefined;
  /** So many segments the helper knows. */
  #lent = 0;

  /**
   * The rows whose codes are nearest to a query's, in no order. The groups' means are scored first; then the rows of those
   * groups that may hold one of the best, which for real footage are a few in a hundred.
   * @param ranges groups to look at, by segment
   * @param count so many, or all there are
   */
  nearest(
    segments: readonly Segment[],
    ranges: readonly (readonly Range[])[],
    coded: CodedQuery,
    count: number,
  ): Uint32Array {
    const tasks = ranges
      .map((some, number) => ({ number, ranges: some }))
      .filter((task) => task.ranges.length > 0);
    for (const { number } of tasks) segments[number].prepare(coded);
    const histograms = (of: 'rows' | 'groups') => tasks.map(({ number }) => segments[number].histogram(of));
    const total = (of: 'rows' | 'groups') => segments.reduce((sum, segment) => sum + segment[of], 0);
    const groups = Math.ceil((count * total('groups')) / Math.max(1, total('rows')));
    this.#do({ does: 'scoreGroups', values: [coded.offset, bins / 2] }, segments, tasks);
    const { bin: least } = lowestBin(histograms('groups'), groups);
    this.#do({ does: 'scoreRows', values: [coded.offset, least, coded.slack] }, segments, tasks);
    const { bin: leastRow, above } = lowestBin(histograms('rows'), count);
    this.#do({ does: 'listRows', values: [leastRow, least, coded.slack] }, segments, tasks);
    // Of those that are just good enough there may be any number, black frames say.
    let justEnough = count - above;
    return Uint32Array.from(
      tasks.flatMap(({ number }) =>
        Array.from(segments[number].listed)
          .filter((row) => segments[number].scoreOf(row) > leastRow || justEnough-- > 0)
          .map((row) => number * segmentRows + row),
      ),
    );
  }

  /** Forgets the segments: others take their numbers. */
  forget(): void {
    this.#lent = 0;
  }

  /** Ends the second thread. */
  async close(): Promise<void> {
    const helper = this.#helper;
    [this.#helper, this.#lent] = [undefined, 0];
    await helper?.close();
  }

  /** One step in all segments, shared with the helper where there is one. */
  #do(step: Step, segments: readonly Segment[], tasks: readonly Task[]): void {
    const alone = ({ number, ranges }: Task) => segments[number].do(step, ranges);
    const helper = this.#helperFor(segments);
    if (!helper) return tasks.forEach(alone);
    helper.begin(step, tasks);
    const own = new Set<Task>();
    for (let at = helper.take(); at < tasks.length; at = helper.take()) {
      own.add(tasks[at]);
      alone(tasks[at]);
    }
    if (helper.finish()) return;
    for (const task of tasks) {
      if (own.has(task)) continue;
      segments[task.number].reset(step.does);
      alone(task);
    }
  }

  /** The second thread, where the codes are many enough to be worth one and it has started; it knows all segments then. */
  #helperFor(segments: readonly Segment[]): ScanHelper | undefined {
    if (segments.length < helpedSegments) return undefined;
    this.#helper ??= ScanHelper.start();
    if (!this.#helper?.ready) return undefined;
    for (; this.#lent < segments.length; this.#lent++) {
      const { module, memory } = segments[this.#lent];
      this.#helper.add({ number: this.#lent, module, memory });
    }
    return this.#helper;
  }
}

/** The highest bin such that at least `wanted` scores are in it or above, and how many are above. */
function lowestBin(histograms: readonly Uint32Array[], wanted: number): { bin: number; above: number } {
  const counts = new Uint32Array(bins);
  for (const histogram of histograms) for (let bin = 0; bin < bins; bin++) counts[bin] += histogram[bin];
  let above = 0;
  for (let bin = bins - 1; bin > 0; bin--) {
    if (above + counts[bin] >= wanted) return { bin, above };
    above += counts[bin];
  }
  return { bin: 0, above };
}
