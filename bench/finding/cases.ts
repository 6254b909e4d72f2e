import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { nameIn } from '../../engine/language/lexicon/index.ts';
import type { Truth } from '../../demo/sample/index.ts';

const span = z.object({ start: z.number(), end: z.number() });
const caseSchema = z.object({
  query: z.string(),
  /** Where it is to be seen; empty: nowhere. */
  truth: z.array(span.extend({ video: z.string().optional() })),
});

/** A query, and where what it asks for is: nowhere where `truth` is empty. */
export type LabelledCase = z.infer<typeof caseSchema>;

/** Labelled queries over some footage. */
export interface LabelledSet {
  name: string;
  videos: string[];
  cases: LabelledCase[];
}

/** The sample recording's things, by their English and by their Chinese names, and words that nobody knows. */
export function madeSets(video: string, truth: Truth): LabelledSet[] {
  const things = [
    ...truth.events.map(({ name, moments }) => ({ name, truth: moments })),
    ...truth.absent.map((name) => ({ name, truth: [] })),
  ];
  const chinese = things.flatMap(({ name, truth: spans }) => {
    const called = nameIn('zh', name);
    return called === undefined ? [] : [{ query: called, truth: spans, name }];
  });
  const named = new Set(chinese.map(({ name }) => name));
  const english = things.map(({ name, truth: spans }) => ({ query: name, truth: spans, name }));
  return [
    { name: 'made, English', videos: [video], cases: english },
    {
      name: 'made, English with a Chinese name',
      videos: [video],
      cases: english.filter((one) => named.has(one.name)),
    },
    { name: 'made, Chinese', videos: [video], cases: chinese },
    {
      name: 'made, unknown words',
      videos: [video],
      cases: unknownWords.map((query) => ({ query, truth: [] })),
    },
  ];
}

/** Things and doings that the built-in bundle was taught no name for, and that the sample recording doesn't show. */
const unknownWords =
  `a handshake, a surgeon, a waterfall, a skyscraper, an operating theatre, a referee, a courtroom, lightning storm,
  a welding torch, someone knitting, a ballroom dance, an interview, a chess match, an aquarium tunnel, a hospital corridor, a
  parade float, graffiti, an escalator, a roller coaster, a solar panel, a marathon, a violinist bowing, a haircut, a toast at a
  dinner, an empty stadium at night, a baby crawling, a wedding ceremony, a yoga pose, a traffic jam in the rain, a glass blower,
  握手, 瀑布, 摩天大楼, 采访, 剪头发, 婚礼仪式, 过山车, 空荡荡的体育场, ein Wasserfall, un apretón de manos`
    .split(',')
    .map((words) => words.trim().replaceAll(/\s+/gu, ' '));

const setSchema = z.object({
  name: z.string(),
  videos: z.array(z.string()).min(1),
  cases: z.array(caseSchema),
});

/** A labelled set from a file: {name, videos: [paths], cases: [{query, truth: [{video?, start, end}]}]}. */
export async function readSet(file: string): Promise<LabelledSet> {
  return setSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}
