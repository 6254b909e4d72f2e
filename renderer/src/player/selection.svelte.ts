/** A stretch of the video that somebody picks by its two ends; the second end makes it whole. */
export class Selection {
  start = $state<number | undefined>();
  end = $state<number | undefined>();
  readonly range = $derived(
    this.start !== undefined && this.end !== undefined ? { start: this.start, end: this.end } : undefined,
  );

  /** Begins it at a time; an end that lies before is given up. */
  from(time: number): void {
    this.start = time;
    if (this.end !== undefined && this.end <= time) this.end = undefined;
  }

  /** Ends it at a time; a beginning that lies after is moved to the beginning of the video. */
  to(time: number): void {
    this.end = time;
    if (this.start === undefined || this.start >= time) this.start = 0;
  }

  clear(): void {
    this.start = undefined;
    this.end = undefined;
  }
}
