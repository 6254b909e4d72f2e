import type { StoredLine } from '../library/track-types.ts';
import type { SearchStore } from '../search/types.ts';
import type { ConcatenatedTimeline } from './timeline.ts';

/** A line of what is said or written, in the timeline's seconds. */
export interface ToldLine {
  start: number;
  end: number;
  text: string;
  /** Whether somebody wrote it down, it was recognised, or read in the picture. */
  from: 'captions' | 'heard' | 'picture';
  language?: string | undefined;
  /** [x1, y1, x2, y2] as shares of the picture, where it is known. */
  box?: readonly number[] | undefined;
}

const origins = { captions: 'captions', transcript: 'heard', 'screen-text': 'picture' } as const;

/**
 * Reads what is told in the footage: of each video the captions in the language with most lines, else what was heard, else
 * burnt-in subtitles; or all that is written on screen.
 */
export function toldLines(
  store: Pick<SearchStore, 'lines'>,
  timeline: Pick<ConcatenatedTimeline, 'parts'>,
): (what: 'said' | 'on-screen') => ToldLine[] {
  return (what) =>
    timeline.parts.flatMap(({ video, origin }) => {
      const all = store
        .lines(video.id, ['captions', 'transcript', 'screen-text'])
        .filter(({ kind }) => kind === what);
      const lines = what === 'on-screen' ? all : bestSource(all);
      return lines.map(({ start, end, text, language, source, extra }) => ({
        ...{ start: start + origin, end: end + origin, text, language },
        from: origins[source as keyof typeof origins],
        box: Array.isArray(extra?.box) ? (extra.box as number[]) : undefined,
      }));
    });
}

function bestSource(lines: readonly StoredLine[]): StoredLine[] {
  for (const source of Object.keys(origins)) {
    const own = Map.groupBy(
      lines.filter((line) => line.source === source),
      ({ language }) => (source === 'captions' ? language : undefined),
    );
    const most = [...own.values()].sort((a, b) => b.length - a.length)[0];
    if (most) return most;
  }
  return [];
}
