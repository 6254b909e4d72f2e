import { badArgument, LongviewError } from '../../protocol/errors.ts';
import { annotationFormats, type AnnotationFormat } from '../../protocol/evaluation.ts';
import type { Annotations } from '../types.ts';
import { readLongVideoBench, readMlvu, readVideoMme } from './choices.ts';
import { entriesOf, linesOf, readEntries, type Entry, type EntryReader } from './entries.ts';
import { charadesLine, readCharades, readOwn, readQvhighlights } from './moments.ts';

const readers: Record<Exclude<AnnotationFormat, 'charades-sta'>, EntryReader> = {
  longview: readOwn,
  qvhighlights: readQvhighlights,
  mlvu: readMlvu,
  longvideobench: readLongVideoBench,
  'video-mme': readVideoMme,
};

/**
 * Reads an annotation file. Entries that can't be read are told with their place, the others go on.
 * @param text the file
 * @param format one of {@link annotationFormats}; default: told by what is in the file
 * @throws LongviewError `bad-argument` for an unknown format, and a file that is of none.
 */
export function readAnnotations(text: string, format?: string): Annotations {
  const given = format === undefined ? undefined : parseFormat(format);
  const looksLikeCharades = linesOf(text.slice(0, 10_000)).some((line) => charadesLine.test(line.text));
  if (given === 'charades-sta' || (!given && looksLikeCharades))
    return { format: 'charades-sta', ...readCharades(text) };
  const { entries, bad } = entriesOf(text);
  const known = given ?? told(entries);
  if (!known) throw unknownFormat(bad[0]?.problem);
  const read = readEntries(entries, readers[known]);
  const place = (at: Annotations['bad'][number]['at']) => ('line' in at ? at.line : at.entry);
  const all = [...bad, ...read.bad].sort((a, b) => place(a.at) - place(b.at));
  return { format: known, tasks: read.tasks, bad: all };
}

function parseFormat(name: string): AnnotationFormat {
  const format = annotationFormats.find((candidate) => candidate === name.trim().toLowerCase());
  if (!format) throw badArgument('the format', `one of ${annotationFormats.join(', ')}`, name);
  return format;
}

/** The format that the first entry with a known shape is of. */
function told(entries: readonly Entry[]): keyof typeof readers | undefined {
  for (const { value } of entries) {
    const has = (...keys: string[]) =>
      typeof value === 'object' && value !== null && keys.every((key) => key in value);
    if (has('query', 'vid')) return 'qvhighlights';
    if (has('query', 'moments')) return 'longview';
    if (has('question', 'candidates', 'correct_choice')) return 'longvideobench';
    if (has('question', 'candidates')) return 'mlvu';
    if (has('questions', 'video_id') || has('question', 'options', 'answer')) return 'video-mme';
  }
  return undefined;
}

function unknownFormat(problem: string | undefined): LongviewError {
  return new LongviewError(
    'bad-argument',
    `These annotations are of no known format${problem ? ` (${problem})` : ''}.`,
    `Write lines like {"video": "a.mp4", "query": "a dog", "moments": [[1, 2.5]]}, or name the format with --format: ${annotationFormats.join(', ')}.`,
  );
}
