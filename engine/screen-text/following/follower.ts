import { throwIfCancelled } from '../../protocol/errors.ts';
import { boundsOf, grown } from '../reading/rectangle.ts';
import { Pyramid } from '../reading/picture.ts';
import type { LineReader } from '../reading/text-reader.ts';
import { grows, sameText } from '../lines/similarity.ts';
import type { ReadLine, Rectangle, ScreenFrame, Sighting } from '../types.ts';
import { Attention, usualAttention, type AttentionSettings } from './attention.ts';
import {
  hasOtherLetters,
  isGone,
  isMoved,
  isThere,
  isUnchanged,
  likeness,
  patternOf,
  type Pattern,
} from './pattern.ts';
import { covers, explains, sameExtent, sameSize, tiles, tilesUnder } from './places.ts';
import { standsStill, Stillness, type Change } from './stillness.ts';
import { traceOf, type Trace } from './trace.ts';

/** Samples that are kept to find out since when a line has stood there. */
const mostKept = 6;
/** Lines that were lost are known again for so many seconds, elsewhere in the picture too. */
const remembered = 12;
/** How far a line that moved may lie from where the detector's box says, in pixels of the trace. */
const jitter = [0, -1, 1, -2, 2, -3, 3];

/** What was done for a video so far. */
export interface FollowerWork {
  samples: number;
  glances: number;
  looks: number;
  /** Lines that the recogniser read. */
  lines: number;
}

interface Visible extends ReadLine {
  start: number;
  pattern: Pattern;
  /** The picture that it was read in. */
  trace: Trace;
  /** When it was lost; absent while it is there. */
  lost?: number;
}

/**
 * Reads the text of a video from its frames in time order: decides which are looked at, reads what is new, and tells
 * from when to when each line stood there.
 */
export class ScreenTextFollower {
  readonly work: FollowerWork = { samples: 0, glances: 0, looks: 0, lines: 0 };
  readonly #reader: LineReader;
  readonly #attention: Attention;
  #stillness = new Stillness();
  #shot: number | undefined;
  #visible: Visible[] = [];
  #lost: Visible[] = [];
  /** Places where the detector saw text and the recogniser none, in this shot. */
  #duds: Rectangle[] = [];
  #kept: { time: number; trace: Trace }[] = [];
  #ended: Sighting[] = [];
  #size: { width: number; height: number } | undefined;
  #time = 0;

  constructor(reader: LineReader, settings: AttentionSettings = usualAttention) {
    this.#reader = reader;
    this.#attention = new Attention(settings);
  }

  /**
   * The next frame. Half a second to two seconds after the last is right: words that stand shorter may be missed.
   * @throws LongviewError `cancelled`, `bad-argument`.
   */
  async push(frame: ScreenFrame, signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const pyramid = new Pyramid(frame);
    const trace = traceOf(pyramid);
    const newShot = frame.shot !== this.#shot;
    if (newShot) this.#cut(frame.shot);
    const resized = this.#size && (this.#size.width !== frame.width || this.#size.height !== frame.height);
    if (resized) this.#endAll(frame.time);
    this.#size = { width: frame.width, height: frame.height };
    this.#time = frame.time;
    this.work.samples++;
    const change = this.#stillness.push(trace);
    const lost = this.#loseWhatIsGone(frame.time, trace) || this.#isWrittenOn(change);
    const detail = this.#attention.decide({ time: frame.time, newShot, change, lost });
    if (detail !== undefined) this.#stillness.looked(detail === 'full');
    if (detail !== undefined) await this.#look(detail, { frame, pyramid, trace, change }, signal);
    this.#kept.push({ time: frame.time, trace });
    if (this.#kept.length > mostKept) this.#kept.shift();
  }

  /** Sightings that have ended since the last call, to be stored. */
  takeEnded(): Sighting[] {
    return this.#ended.splice(0);
  }

  /** Ends what is still there. @param time where the video ends @returns the last sightings */
  finish(time = this.#time): Sighting[] {
    this.#endAll(Math.max(time, this.#time));
    return this.takeEnded();
  }

  #cut(shot: number): void {
    this.#shot = shot;
    this.#stillness.cut();
    this.#duds = [];
  }

  #loseWhatIsGone(time: number, trace: Trace): boolean {
    this.#lost = this.#lost.filter((line) => time - (line.lost ?? time) <= remembered);
    let changed = false;
    for (const line of [...this.#visible]) {
      const like = likeness(line.pattern, trace);
      if (isGone(like)) this.#end(line, time);
      changed ||= isGone(like) || hasOtherLetters(like);
    }
    return changed;
  }

  /** Whether something new stands in a line or right after it, in a picture that stands still. */
  #isWrittenOn(change: Change): boolean {
    const { where, unread } = change;
    if (unread === 0 || where.length < tiles || !standsStill(change)) return false;
    return this.#visible.some(({ rectangle }) =>
      tilesUnder(grown(rectangle, rectangle.height, 0), this.#size!).some((tile) => where[tile]),
    );
  }

  #end(line: Visible, time: number): void {
    this.#visible = this.#visible.filter((other) => other !== line);
    this.#lost.push({ ...line, lost: time });
    const { width, height } = this.#size!;
    const [x1, y1, x2, y2] = boundsOf(line.rectangle);
    const share = (value: number) => Math.min(1, Math.max(0, value));
    this.#ended.push({
      text: line.text,
      start: line.start,
      end: time,
      box: [share(x1 / width), share(y1 / height), share(x2 / width), share(y2 / height)],
      angle: line.rectangle.angle,
      confidence: line.confidence,
    });
  }

  #endAll(time: number): void {
    for (const line of [...this.#visible]) this.#end(line, time);
    this.#kept = [];
    this.#lost = [];
  }

  async #look(detail: 'glance' | 'full', seen: Seen, signal: AbortSignal | undefined): Promise<void> {
    if (detail === 'glance') {
      this.work.glances++;
      this.#attention.spent('glance');
      const areas = await this.#reader.find(seen.pyramid, 'glance');
      const known = [...this.#visible.map(({ rectangle }) => rectangle), ...this.#duds];
      if (!areas.some(({ rectangle }) => !known.some((place) => explains(place, rectangle)))) return;
    }
    await this.#readAll(seen, signal);
  }

  async #readAll(seen: Seen, signal: AbortSignal | undefined): Promise<void> {
    const { frame, pyramid, change } = seen;
    this.work.looks++;
    this.#stillness.looked(true);
    let read = 0;
    let words = false;
    for (const { rectangle } of await this.#reader.find(pyramid, 'full')) {
      throwIfCancelled(signal);
      if (this.#visible.some((line) => this.#standsAsBefore(line, rectangle, seen.trace))) {
        words = true;
        continue;
      }
      let line = this.#moved(rectangle, seen.trace);
      if (!line) {
        read++;
        line = await this.#reader.read(pyramid, rectangle);
      }
      if (line) this.#appear(line, seen);
      else this.#duds.push(rectangle);
      words ||= line !== undefined;
    }
    this.work.lines += read;
    this.#attention.spent('full', read);
    if (words) this.#attention.found(frame.time, change);
  }

  #standsAsBefore(line: Visible, rectangle: Rectangle, trace: Trace): boolean {
    if (!sameExtent(line.rectangle, rectangle)) return false;
    // Both ways: a letter that was added at its end is in the new rectangle only.
    return (
      isUnchanged(likeness(line.pattern, trace)) &&
      isUnchanged(likeness(patternOf(trace, rectangle), line.trace))
    );
  }

  /** A line that was lost a moment ago and stands here now, letter by letter: it scrolls. */
  #moved(rectangle: Rectangle, trace: Trace): ReadLine | undefined {
    for (const line of this.#lost) {
      if (!sameSize(line.rectangle, rectangle)) continue;
      const [dx, dy] = [rectangle.x - line.rectangle.x, rectangle.y - line.rectangle.y];
      // Between pixels edges differ; but where a digit may have changed, no difference is small.
      const isIt = /\p{N}/u.test(line.text) ? isUnchanged : isMoved;
      for (const stepY of jitter)
        for (const stepX of jitter) {
          const like = likeness(line.pattern, trace, dx + stepX * trace.scale, dy + stepY * trace.scale);
          if (isIt(like)) return { text: line.text, confidence: line.confidence, rectangle };
        }
    }
    return undefined;
  }

  /** A line was read: it takes the place of what stood there, and stands there since it is seen in earlier samples. */
  #appear(line: ReadLine, { frame, trace }: Seen): void {
    const pattern = patternOf(trace, line.rectangle);
    const covered = this.#visible.filter((other) => covers(line.rectangle, other.rectangle));
    // Where another line stood, one that is only like this one doesn't count.
    const seen = covered.length > 0 ? isUnchanged : isThere;
    let { text, confidence } = line;
    let start = frame.time;
    for (const { time, trace: earlier } of [...this.#kept].reverse()) {
      if (earlier.width !== trace.width || earlier.height !== trace.height) break;
      if (!seen(likeness(pattern, earlier))) break;
      start = time;
    }
    for (const old of covered) {
      const same = sameText(old.text, line.text);
      if (same || grows(old.text, line.text)) {
        // The same line, longer or read again: one sighting.
        start = Math.min(start, old.start);
        if (same && old.confidence > line.confidence) ({ text, confidence } = old);
        this.#visible = this.#visible.filter((other) => other !== old);
      } else this.#end(old, Math.max(old.start, start));
    }
    this.#visible.push({ rectangle: line.rectangle, text, confidence, start, pattern, trace });
  }
}

interface Seen {
  frame: ScreenFrame;
  pyramid: Pyramid;
  trace: Trace;
  change: Change;
}
