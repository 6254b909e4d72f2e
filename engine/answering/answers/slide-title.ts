import { cannotText } from '../../protocol/cannot.ts';
import type { Asking, RawAnswer } from '../asking.ts';
import type { ToldLine } from '../told-lines.ts';

/** A title stands in this upper part of the picture. */
const upper = 0.45;

/** "What is the title of the third slide?": the largest line in the upper part of the picture, each time it is another. */
export function answerSlideTitle(asking: Asking, slide: number): RawAnswer {
  const lines = asking.linesOf('on-screen');
  if (lines.length === 0) return { ...failed('not-read'), cannot: { code: 'not-read' } };
  const titles = slideTitles(lines);
  const title = titles.at(slide > 0 ? slide - 1 : slide);
  const zh = asking.question.language.code === 'zh';
  if (!title)
    return {
      answer: zh
        ? `只读到 ${titles.length} 张幻灯片。`
        : `Only ${titles.length} slides with a title were read.`,
      confidence: 0.7,
      evidence: [],
      absence: true,
    };
  const { start, end, text } = title;
  const at = asking.timeline.locate(start).seconds;
  const why = [{ code: 'on-screen' as const, at, text }];
  const answer = `“${text}” ${zh ? '（画面文字）' : '(read in the picture)'}`;
  return { answer, confidence: 0.85, evidence: [{ start, end, score: 0.85, reason: `“${text}”`, why }] };
}

/** The titles of slides in order; a slide lasts while its title stays. @param lines by time */
export function slideTitles(lines: readonly ToldLine[]): { text: string; start: number; end: number }[] {
  const titles: { text: string; start: number; end: number }[] = [];
  const times = [...new Set(lines.map(({ start }) => start))].sort((a, b) => a - b);
  for (const time of times) {
    const shown = lines.filter(
      ({ start, end, box }) => start <= time && end > time && (box?.[1] ?? 0) < upper,
    );
    if (shown.length === 0) continue;
    const largest = shown.reduce((a, b) => (heightOf(b) > heightOf(a) * 1.1 ? b : a));
    const row = shown
      .filter((line) => line === largest || isBeside(line, largest))
      .sort((a, b) => (a.box?.[0] ?? 0) - (b.box?.[0] ?? 0));
    const text = row.map((line) => line.text).join(' ');
    const last = titles.at(-1);
    if (last && last.text === text && largest.start <= last.end) last.end = Math.max(last.end, largest.end);
    else titles.push({ text, start: largest.start, end: largest.end });
  }
  return titles;
}

function heightOf({ box }: ToldLine): number {
  return box ? box[3] - box[1] : 0;
}

/** Two boxes of one row of text. */
function isBeside(a: ToldLine, b: ToldLine): boolean {
  if (!a.box || !b.box || a.start !== b.start) return false;
  const shared = Math.min(a.box[3], b.box[3]) - Math.max(a.box[1], b.box[1]);
  return shared > 0.7 * Math.max(heightOf(a), heightOf(b));
}

function failed(code: 'not-read'): RawAnswer {
  return { answer: cannotText({ code }), confidence: 0, evidence: [] };
}
