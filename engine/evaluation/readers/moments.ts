import { z } from 'zod';
import { linesOf, problemOf, shortened, type EntryReader } from './entries.ts';
import type { BadEntry, Task } from '../types.ts';

const spanExpected = '[start, end] in seconds, with 0 <= start < end';
const span = z
  .tuple([z.number(spanExpected), z.number(spanExpected)], spanExpected)
  .refine(([start, end]) => start >= 0 && start < end, spanExpected);
const words = z.string('some words').trim().min(1, 'some words');
const name = z.union([words, z.number().transform(String)], 'a name');

const ownSchema = z.object({
  video: words,
  query: words,
  moments: z.array(span, `a list of ${spanExpected}`),
});

/** Our own: {"video": path, "query": "…", "moments": [[start, end], …]}; no moments, not in the video. */
export const readOwn: EntryReader = (value, at) => {
  const parsed = ownSchema.safeParse(value);
  if (!parsed.success) return problemOf(parsed.error);
  return [{ kind: 'moments', at, ...parsed.data }];
};

const qvhighlightsSchema = z.object({
  query: words,
  vid: name,
  relevant_windows: z
    .array(span, 'a list of windows; the test split has none, take the validation split')
    .min(1, 'at least one window'),
});

/** QVHighlights (highlight_val_release.jsonl). */
export const readQvhighlights: EntryReader = (value, at) => {
  const parsed = qvhighlightsSchema.safeParse(value);
  if (!parsed.success) return problemOf(parsed.error);
  const { vid, query, relevant_windows } = parsed.data;
  return [{ kind: 'moments', at, video: vid, query, moments: relevant_windows }];
};

/** A line of Charades-STA: "AO8RW 0.0 6.9##a person is putting a book on a shelf." */
export const charadesLine = /^(\S+) +(\d+(?:\.\d+)?) +(\d+(?:\.\d+)?) *##(.*)$/;

/** Charades-STA (charades_sta_test.txt). */
export function readCharades(text: string): { tasks: Task[]; bad: BadEntry[] } {
  const tasks: Task[] = [];
  const bad: BadEntry[] = [];
  for (const { line, text: one } of linesOf(text)) {
    const match = charadesLine.exec(one);
    const [, video, from, to, sentence] = match ?? ([] as string[]);
    const moment = span.safeParse([Number(from), Number(to)]);
    const query = sentence?.trim() ?? '';
    if (!match || query === '')
      bad.push({ at: { line }, problem: `not "VIDEO start end##sentence": ${shortened(one)}` });
    else if (!moment.success) bad.push({ at: { line }, problem: `not ${spanExpected}: ${from} ${to}` });
    else tasks.push({ kind: 'moments', at: { line }, video, query, moments: [moment.data] });
  }
  return { tasks, bad };
}
