import type { AskResult, FindResult } from '../protocol/results.ts';
import type { ExportMoment } from './timeline.ts';

/** What there is to export: moments, and where their videos are. */
export interface Material {
  /** What was looked for or asked. */
  title: string;
  /** False: nothing is likely to be what was asked for; the moments are only the nearest. */
  confident: boolean;
  moments: ExportMoment[];
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

/** The moments that support an answer, each with the answer. */
export function materialOfAnswer({
  question,
  answer,
  confident,
  evidence,
  videoId,
  path,
}: AskResult): Material {
  return {
    title: question,
    confident,
    moments: evidence.map(({ start, end, score, reason }) => ({
      videoId,
      start,
      end,
      title: `${question} ${answer}`,
      note: reason,
      confidence: score,
    })),
    paths: new Map([[videoId, path]]),
  };
}
