import { percent } from '../engine/hosts/cli/format.ts';
import { clock } from '../engine/protocol/clock.ts';
import { LongviewError } from '../engine/protocol/errors.ts';
import { intersectionOverUnion, isRight, type AskCase, type FindCase, type Span } from './questions.ts';
import type { Engine } from '../engine/protocol/engine.ts';
import type { Terminal } from '../engine/hosts/cli/terminal.ts';

/** One line of the demo's table. */
export interface Row {
  question: string;
  answer: string;
  /** Undefined where nobody knows the truth. */
  truth: string | undefined;
  hit: boolean | undefined;
  milliseconds: number;
}

/** Moments that overlap the truth at least so much are hits. */
const enough = 0.3;

/**
 * Indexes the files, telling what it does.
 * @returns the ids of the videos that are now in the library
 * @throws LongviewError when none of the files could be indexed.
 */
export async function indexAll(
  engine: Engine,
  files: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<string[]> {
  const result = await engine.index({ paths: [...files] }, { signal, onProgress: terminal.progress });
  terminal.clear();
  const ids: string[] = [];
  let failure: LongviewError | undefined;
  for (const video of result.videos) {
    if (video.error) {
      failure = LongviewError.fromData(video.error);
      terminal.note(`${video.path}: ${failure.message} ${failure.remedy}`);
    } else if (video.id !== null) ids.push(video.id);
  }
  if (ids.length === 0)
    throw failure ?? new LongviewError('file-not-found', 'There is no video there.', 'Name a video file.');
  terminal.line(
    result.realtimeFactor > 0
      ? `Indexed in ${result.wallSec.toFixed(1)} s, ${result.realtimeFactor.toFixed(1)} times real time.`
      : 'Already indexed.',
  );
  return ids;
}

/** Runs every find in all the videos. */
export async function findAll(
  engine: Engine,
  videos: readonly string[],
  cases: readonly { query: string; truth: FindCase['truth'] | undefined }[],
  signal: AbortSignal,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { query, truth } of cases) {
    const start = performance.now();
    const { confident, moments } = await engine.find({ query, in: [...videos], limit: 5 }, { signal });
    const milliseconds = performance.now() - start;
    const best = moments[0];
    const shown = best ? `${span(best)} (${percent(best.confidence)})` : 'nothing';
    rows.push({
      question: `find "${query}"`,
      answer: confident ? shown : `not confident; nearest ${shown}`,
      truth: truth && (truth.length > 0 ? truth.map(span).join(', ') : 'not in the video'),
      hit:
        truth && (truth.length === 0 ? !confident : confident && best !== undefined && overlaps(best, truth)),
      milliseconds,
    });
  }
  return rows;
}

/** Asks every question about one video; each is really asked, even where its answer is in the cache. */
export async function askAll(
  engine: Engine,
  video: string,
  cases: readonly { question: string; right: AskCase['right'] | undefined }[],
  signal: AbortSignal,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { question, right } of cases) {
    const start = performance.now();
    const { answer, evidence } = await engine.ask({ question, in: video, fresh: true }, { signal });
    const milliseconds = performance.now() - start;
    const proof = evidence[0] ? ` (${span(evidence[0])})` : '';
    rows.push({
      question: `ask "${question}"`,
      answer: answer + proof,
      truth: right?.map((one) => (typeof one === 'string' ? one : span(one))).join(' or '),
      hit: right && answers(right, answer, evidence),
      milliseconds,
    });
  }
  return rows;
}

function answers(right: AskCase['right'], answer: string, evidence: readonly Span[]): boolean {
  const words = right.filter((one) => typeof one === 'string');
  const moments = right.filter((one) => typeof one !== 'string');
  return (
    (words.length > 0 && isRight(answer, words)) ||
    (moments.length > 0 && evidence[0] !== undefined && overlaps(evidence[0], moments))
  );
}

function overlaps(moment: Span, truth: readonly Span[]): boolean {
  return truth.some((known) => intersectionOverUnion(moment, known) >= enough);
}

function span({ start, end }: Span): string {
  return `${clock(start)} – ${clock(end)}`;
}
