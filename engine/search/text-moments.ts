import { basename, dirname, extname } from 'node:path';
import { runsAcross, type HeldLine, type LineRun } from './across-lines.ts';
import { withoutSaidTwice } from './said-twice.ts';
import { inSentences } from './sentences.ts';
import { textLogOdds } from './calibration.ts';
import { Remembered } from '../core/remembered.ts';
import {
  holdsLiterals,
  indexLine,
  unitsHeld,
  unitsOf,
  type TextQuery,
  type TextTerm,
} from '../language/text-match.ts';
import type { ParsedQuery } from '../language/parsed-query.ts';
import type { MomentSource, Why } from '../protocol/reasons.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { TrackMoment } from '../library/track-search.ts';
import type { TextHit } from '../library/track-types.ts';
import type { SearchStore } from './types.ts';

/** Which text is looked at. */
export interface TextScope {
  videos: readonly IndexedVideo[];
  /** True where these are all videos of the library. */
  all: boolean;
  /** Which sources are asked for. */
  by: (source: MomentSource) => boolean;
  /** How many moments may be listed, and are worth their whole sentences. */
  most?: number;
}

/** Lines as the index has them: the same ones are found again while somebody types. */
const indexed = new Remembered<string>(4096);

/** So many moments are widened to whole sentences where nobody says how many are listed. */
const mostWidened = 60;
/** How many lines are judged for a query. */
const mostLines = 300;
/** Text with less of the query than this isn't shown by itself, and with less than that it tells nothing of the picture. */
const leastShare = 0.5;
const leastBeside = 0.3;
/** Lines that lie no further apart are one moment, in seconds; so many of them are quoted. */
const pause = 5;
const quoted = 3;

/** Moments by what is said, and by the names of files, folders, titles and chapters; best first. */
export function textMoments(
  store: SearchStore,
  { textQuery: query }: Pick<ParsedQuery, 'textQuery'>,
  { videos, all, by, most = mostWidened }: TextScope,
): TrackMoment[] {
  const units = unitsOf(query);
  if (units.length === 0 || videos.length === 0) return [];
  const byId = new Map(videos.map((video) => [video.id, video]));
  const hits = store.textHits(query, mostLines, all ? undefined : [...byId.keys()]);
  const found = hits.flatMap((hit): (HeldLine & { video: IndexedVideo })[] => {
    const video = byId.get(hit.videoId);
    const wanted = video && by(sourceOf(hit)) && isWithin(hit, video);
    return wanted
      ? [
          {
            hit,
            video,
            words: unitsHeld(
              units,
              indexed.get(hit.text, () => indexLine(hit.text)),
            ),
          },
        ]
      : [];
  });
  const lines = withoutSaidTwice(found);
  const runs = runsAcross(lines.filter(({ hit, words: some }) => hit.kind === 'said' && some.size > 0));
  const inRuns = new Set(runs.flatMap((run) => run.lines));
  const moments = [
    ...runs.map((run) => ({
      hit: wholeOf(run),
      video: byId.get(run.lines[0].hit.videoId)!,
      count: run.words,
    })),
    ...lines
      .filter((line) => !inRuns.has(line))
      .map(({ hit, video, words: some }) => ({ hit, video, count: some.size })),
  ].flatMap(({ hit, video, count }) => {
    const share = count / units.length;
    const enough = share >= leastShare || (share >= leastBeside && sourceOf(hit) !== 'name');
    return enough && holdsLiterals(hit.text, query) ? [momentOf(video, hit, share)] : [];
  });
  const spoken = joined(
    inSentences(
      store,
      moments.filter(({ source }) => source !== 'name'),
      most,
    ),
  );
  const named = moments.filter(({ source }) => source === 'name');
  if (by('name')) named.push(...videos.flatMap((video) => namedSo(video, query, units)));
  return [...spoken, ...named].sort((a, b) => b.score - a.score);
}

/**
 * Whether a line lies in its video at all. Indexing sees to that; libraries of before hold lines that lie hours behind
 * the end. Sound may be somewhat longer than the pictures.
 */
function isWithin({ start }: TextHit, { durationSec }: IndexedVideo): boolean {
  return Number.isFinite(start) && start >= 0 && (durationSec === 0 || start <= durationSec * 1.5 + 60);
}

/** Lines that are said one after the other, as one. */
function wholeOf({ lines }: LineRun): TextHit {
  const [first, last] = [lines[0].hit, lines.at(-1)!.hit];
  return { ...first, end: last.end, text: lines.map(({ hit }) => hit.text).join(' ') };
}

function momentOf(video: IndexedVideo, hit: TextHit, share: number): TrackMoment {
  const { kind, start, text, language } = hit;
  const heard = hit.source === 'transcript';
  const end = Math.min(hit.end, Math.max(video.durationSec, start));
  const explanation: Why =
    kind === 'said'
      ? {
          ...{ code: 'said', at: start, text },
          ...(heard && { heard }),
          ...(language === undefined ? {} : { language }),
        }
      : kind === 'on-screen'
        ? { code: 'on-screen', at: start, text }
        : kind === 'chapter'
          ? { code: 'chapter', at: start, text }
          : { code: 'title', text };
  const source = sourceOf(hit);
  return {
    ...{ video, start, end, source, score: textLogOdds(source, share), share },
    explanations: [explanation],
    ...(share < leastShare && { beside: true }),
  };
}

function sourceOf({ kind }: TextHit): 'said' | 'on-screen' | 'name' {
  return kind === 'said' || kind === 'on-screen' ? kind : 'name';
}

/** Lines that follow each other are one moment, as likely as the best of them. */
function joined(lines: readonly TrackMoment[]): TrackMoment[] {
  const moments: TrackMoment[] = [];
  const inOrder = lines.toSorted((a, b) =>
    a.video.id < b.video.id ? -1 : a.video.id > b.video.id ? 1 : a.start - b.start,
  );
  for (const line of inOrder) {
    const last = moments.at(-1);
    const follows = last?.video.id === line.video.id && line.start - last.end <= pause;
    if (follows && line.source === last.source && line.score === last.score) {
      last.end = Math.max(last.end, line.end);
      if (last.explanations.length < quoted) last.explanations.push(...line.explanations);
    } else moments.push({ ...line, explanations: [...line.explanations] });
  }
  return moments;
}

/** Terms of names by path: a library's names are looked at with every query. */
const namesOf = new Remembered<{ file: string; folder: string }>(50_000);

function namedSo(video: IndexedVideo, query: TextQuery, units: readonly TextTerm[]): TrackMoment[] {
  const { path } = video;
  const names = namesOf.get(path, () => ({
    file: indexLine(fileName(path)),
    folder: indexLine(folderName(path)),
  }));
  const shareOf = (terms: string) => unitsHeld(units, terms).size / units.length;
  const [file, folder] = [shareOf(names.file), shareOf(names.folder)];
  const share = Math.max(file, folder);
  if (share < leastShare) return [];
  const text = file >= folder ? fileName(path) : folderName(path);
  if (!holdsLiterals(text, query)) return [];
  const explanation: Why = { code: file >= folder ? 'file-name' : 'folder-name', text };
  const score = textLogOdds('name', share);
  return [
    { video, start: 0, end: video.durationSec, source: 'name', score, share, explanations: [explanation] },
  ];
}

function folderName(path: string): string {
  return basename(dirname(path));
}

function fileName(path: string): string {
  return basename(path, extname(path));
}
