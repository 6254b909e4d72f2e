import type { AskResult, FindResult } from '../protocol/results.ts';
import type { ExportMoment } from './timeline.ts';

/** What there is to export: moments, and where their videos are. */
export interface Material {
  /** What was looked for or asked. */
  title: string;
  /** False: nothing is likely to be what was asked for; the moments are only the nearest. */
  confident: boolean;
  moments: ExportMoment[];
  /** How many moments were left out because a re-check did not confirm them. */
  unsupported?: number;
  /** Each video's path, by its id. */
  paths: ReadonlyMap<string, string>;
}

/** The moments that were found. */
export function materialOfFind({ query, confident, moments }: FindResult): Material {
  return {
    title: query,
    confident,
    moments: moments.map((moment) => ({
      videoId: moment.videoId,
      start: moment.start,
      end: moment.end,
      title: query,
      note: moment.reason,
      confidence: moment.confidence,
      score: moment.score,
      source: moment.source,
      checked: moment.checked,
    })),
    paths: new Map(moments.map(({ videoId, path }) => [videoId, path])),
  };
}

/**
 * The moments that support an answer, each with the answer, from whichever video it lies in.
 * @param options.unsupported with those that the re-check did not confirm
 */
export function materialOfAnswer(
  { question, answer, confident, evidence, videoId, path }: AskResult,
  options: { unsupported?: boolean } = {},
): Material {
  // Answers of earlier versions don't say where their evidence lies: they were about one video.
  const placed = evidence.map((piece) => ({
    ...piece,
    videoId: piece.videoId ?? videoId,
    path: piece.path ?? path,
  }));
  const kept = placed.filter(({ supported }) => options.unsupported === true || supported !== false);
  return {
    title: question,
    confident,
    moments: kept.map(({ start, end, score, reason, videoId: id }) => ({
      videoId: id,
      start,
      end,
      title: `${question} ${answer}`,
      note: reason,
      confidence: score,
    })),
    unsupported: placed.length - kept.length,
    paths: new Map(kept.map((piece) => [piece.videoId, piece.path])),
  };
}
