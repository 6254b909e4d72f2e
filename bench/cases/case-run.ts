import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createEngine, type LongviewEngine } from '../../engine/engine.ts';
import { exportMaterial, materialOfFind, type ExportRequest } from '../../engine/export/index.ts';
import { probe, streamFootage, writeStillAt } from '../../engine/media/index.ts';
import { ffmpeg } from '../../engine/media/testing/coded-video.ts';
import type { ExportResult } from '../../engine/protocol/export.ts';
import type { FindRequest } from '../../engine/protocol/requests.ts';
import type { IndexResult, Moment } from '../../engine/protocol/results.ts';

/** What each case expects, by its name; what is otherwise is noted in the run. */
export type Expectations = Readonly<Record<string, (run: CaseRun) => Promise<void>>>;

/** A picture as grey values. */
export interface GreyPicture {
  width: number;
  height: number;
  pixels: Uint8Array;
}

/** Two moments are the same where they differ by less than what a temporal patch can. */
const nearSec = 0.35;
/** The clocks of the cases: two halves show tens and ones of the second as grey 30 + 20 * digit. */
const [darkest, step] = [30, 20];

/** One case: its made files, a library of its own, and what came out otherwise than expected. */
export class CaseRun {
  readonly folder: string;
  readonly engine: LongviewEngine;
  /** What is not as it should be. */
  readonly wrong: string[] = [];
  #made = 0;

  /** @param folder the case's files; what is made of them goes beside it */
  constructor(folder: string) {
    this.folder = folder;
    this.engine = createEngine({ libraryDir: `${folder}.library` });
  }

  /** Absolute path of one of the case's files. */
  at(name: string): string {
    return path.join(this.folder, name);
  }

  /** Notes a fault. */
  expect(holds: boolean, otherwise: string): void {
    if (!holds) this.wrong.push(otherwise);
  }

  /** As `expect`, for numbers that need not be the same to the last digit. */
  near(what: string, got: number | undefined, wanted: number, within = 0.15): void {
    this.expect(
      got !== undefined && Math.abs(got - wanted) <= within,
      `${what}: ${got?.toFixed(2)}, not ${wanted}`,
    );
  }

  /** Indexes the whole folder, or some of its files by name; everything must work. */
  async index(...names: string[]): Promise<IndexResult> {
    const paths = names.length > 0 ? names.map((name) => this.at(name)) : [this.folder];
    const result = await this.engine.index({ paths });
    for (const { path: file, error } of result.videos)
      if (error) this.wrong.push(`${path.basename(file)}: ${error.message}`);
    return result;
  }

  /** The confident moments. */
  async find(query: string, rest: Partial<FindRequest> = {}): Promise<Moment[]> {
    const { moments, confident } = await this.engine.find({ query, limit: 10, ...rest });
    return confident ? moments : [];
  }

  /** What is said at these times, of one file, and nowhere else. */
  async said(query: string, name: string, start: number, end: number, rest = {}): Promise<void> {
    const moments = await this.find(query, { sources: ['said'], ...rest });
    const [first, ...more] = moments;
    const right =
      first?.path === this.at(name) &&
      Math.abs(first.start - start) < nearSec &&
      Math.abs(first.end - end) < nearSec;
    const got = moments.map((one) => `${path.basename(one.path)} ${one.start}–${one.end}`);
    this.expect(right && more.length === 0, `"${query}" is said at ${got.join(', ') || 'no time'}`);
  }

  /** The still that a list shows of a time. */
  async still(name: string, time: number): Promise<GreyPicture> {
    const target = this.#target('jpg');
    await writeStillAt(this.at(name), time, target);
    return grey(target, 0);
  }

  /** What the player shows so many seconds after it was told to begin at a time. */
  async played(name: string, start: number, after = 0): Promise<GreyPicture> {
    return grey(await this.stream(name, start), after);
  }

  /** The player's stream as a file. */
  async stream(name: string, start = 0): Promise<string> {
    const { process } = await streamFootage(this.at(name), { start });
    const target = this.#target('mp4');
    await writeFile(target, await process.child.stdout!.toArray());
    return target;
  }

  /** The clock in still and player. */
  async clock(name: string, time: number, seconds: number): Promise<void> {
    const still = clockIn(await this.still(name, time));
    this.expect(still === seconds, `still of ${name} at ${time} s shows ${still}, not ${seconds}`);
    const played = clockIn(await this.played(name, time));
    this.expect(played === seconds, `player of ${name} at ${time} s shows ${played}, not ${seconds}`);
  }

  /** Exports what is said. */
  async export(
    query: string,
    request: Partial<ExportRequest> & { format: string },
  ): Promise<ExportResult & { text: string }> {
    const material = materialOfFind(await this.engine.find({ query, sources: ['said'] }));
    const result = await exportMaterial(material, request);
    return { ...result, text: result.text ?? '' };
  }

  /** Cuts clips of what is said; each must be written. */
  async clips(
    query: string,
    exact: boolean,
    rest: Partial<ExportRequest> = {},
  ): Promise<{ file: string; seconds: number; leftOut: string[] }[]> {
    const material = materialOfFind(await this.engine.find({ query, sources: ['said'] }));
    return this.#cut(material, exact, rest);
  }

  /** Cuts a clip of a stretch of a file; it must be written. */
  async clip(
    name: string,
    span: { start: number; end: number },
    exact: boolean,
  ): Promise<{ file: string; seconds: number; leftOut: string[] } | undefined> {
    const { id } = await this.engine.video({ video: this.at(name) });
    const moment = { videoId: id, ...span, title: 'clip', note: '', confidence: 1 };
    const paths = new Map([[id, this.at(name)]]);
    return (await this.#cut({ title: 'clip', confident: true, moments: [moment], paths }, exact))[0];
  }

  async #cut(material: Parameters<typeof exportMaterial>[0], exact: boolean, rest = {}) {
    const request = { format: 'clips', out: this.#target('clips'), exact, ...rest };
    const { clips = [] } = await exportMaterial(material, request);
    const written: { file: string; seconds: number; leftOut: string[] }[] = [];
    for (const { path: file, error, leftOut = [] } of clips) {
      this.expect(!error, `clip: ${error?.message}`);
      if (!error) written.push({ file, seconds: (await probe(file)).durationSec, leftOut });
    }
    this.expect(clips.length > 0, 'no clip was cut');
    return written;
  }

  #target(extension: string): string {
    return `${this.folder}.made-${this.#made++}.${extension}`;
  }
}

/** The picture of a film (or the picture that a file is) after so many seconds, as it is shown. */
export function colours(file: string, after: number, width = 160, height = 90): Uint8Array {
  const output = ['-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'];
  const filters = `select='gte(t,${Math.max(0, after - 0.001)})',scale=${width}:${height}`;
  return new Uint8Array(ffmpeg(['-i', `file:${file}`, '-vf', filters, ...output]));
}

/** As `colours`, the green of it alone. */
function grey(file: string, after: number): GreyPicture {
  const [width, height] = [160, 90];
  const pixels = colours(file, after, width, height).filter((_, index) => index % 3 === 1);
  return { width, height, pixels };
}

/** The second that a case's clock shows; undefined where there is no picture. */
export function clockIn({ width, height, pixels }: GreyPicture): number | undefined {
  if (pixels.length === 0) return undefined;
  const digit = (column: number) => {
    const luma = 16 + (pixels[Math.floor(height / 2) * width + column] * 219) / 255;
    return Math.max(0, Math.min(9, Math.round((luma - darkest) / step)));
  };
  return digit(Math.floor(width / 4)) * 10 + digit(Math.floor((3 * width) / 4));
}
