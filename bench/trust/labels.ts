import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LongviewError } from '../../engine/protocol/errors.ts';
import type { Span } from '../../demo/questions.ts';

/**
 * What is so. Of a find: it is there, throughout or in these stretches, or it is absent. Of a question: yes, no (or nothing of
 * the kind), a number, one within bounds, names of which all that is told must be, moments; or that nobody can tell by what
 * this kind of model sees.
 */
export type Truth =
  | { is: 'there'; spans: Span[] }
  | { is: 'absent' | 'yes' | 'no' | 'cannot' }
  | { is: 'count'; least: number; most: number }
  | { is: 'only'; names: string[] }
  | { is: 'at'; spans: Span[] };

/** A query or question about one clip, with what a person saw there. */
export interface Label {
  kind: 'find' | 'ask';
  clip: string;
  language: string;
  text: string;
  truth: Truth;
}

const headings = { find: 'clip\tlanguage\tquery\ttruth', ask: 'clip\tlanguage\tquestion\ttruth' } as const;
const files = { find: 'finds.tsv', ask: 'questions.tsv' } as const;

/** Reads all labels. @throws LongviewError `bad-argument` for a line that is none. */
export async function readLabels(): Promise<Label[]> {
  const all = await Promise.all(
    (['find', 'ask'] as const).map(async (kind) =>
      labelsOf(kind, await readFile(join(import.meta.dirname, files[kind]), 'utf8')),
    ),
  );
  return all.flat();
}

/** The labels of a table. */
export function labelsOf(kind: Label['kind'], text: string): Label[] {
  const [heading, ...lines] = text.trimEnd().split(/\r?\n/u);
  if (heading !== headings[kind]) throw notALabel(kind, heading);
  return lines.map((line) => {
    const cells = line.split('\t');
    const [clip, language, words, truth] = cells;
    const is = cells.length === 4 ? truthOf(truth, kind) : undefined;
    if (!is) throw notALabel(kind, line);
    return { kind, clip, language, text: words, truth: is };
  });
}

function notALabel(kind: Label['kind'], line: string): LongviewError {
  return new LongviewError(
    'bad-argument',
    `${files[kind]} has a line that is no label: "${line}".`,
    'It has four columns; the last says what is so.',
  );
}

function truthOf(text: string, kind: Label['kind']): Truth | undefined {
  const [is, rest = ''] = text.split(/ (.*)/u);
  if (kind === 'find')
    return is === 'there' ? { is, spans: spansOf(rest) } : is === 'absent' ? { is } : undefined;
  switch (is) {
    case 'yes':
    case 'no':
    case 'cannot':
      return rest === '' ? { is } : undefined;
    case 'count': {
      const n = Number(rest);
      // Of many, one more or less is right; of none, one and two nothing else is.
      const slack = n > 2 ? 1 : 0;
      return Number.isInteger(n) ? { is, least: n - slack, most: n + slack } : undefined;
    }
    case 'range': {
      const [least, most] = rest.split('-').map(Number);
      return least <= most ? { is: 'count', least, most } : undefined;
    }
    case 'only':
      return { is, names: rest.split('|') };
    case 'at':
      return { is, spans: spansOf(rest) };
    default:
      return undefined;
  }
}

function spansOf(text: string): Span[] {
  return text
    .split(',')
    .filter((one) => one !== '')
    .map((one) => {
      const [start, end] = one.split('-').map(Number);
      return { start, end };
    });
}
