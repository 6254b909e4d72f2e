import type { ParsedQuery } from '../../language/parsed-query.ts';
import { unsaidWords } from '../../language/function-words.ts';
import { stem } from '../../language/inflection.ts';
import { wordsOf } from '../../language/text-words.ts';
import { clock } from '../../protocol/clock.ts';
import { logistic } from '../../search/calibration.ts';
import { cannotText } from '../../protocol/cannot.ts';
import type { Asking, Proof, RawAnswer } from '../asking.ts';
import type { ToldLine } from '../told-lines.ts';
import type { Cannot } from '../../protocol/results.ts';

/** So many sentences are quoted of what is said about something, and of a stretch. */
const mostQuoted = 5;
/** So many places are shown of what is counted. */
const mostShown = 12;
/** Lines that were recognised may be wrong; those that somebody wrote down hardly are. */
const sureness = { captions: 0.98, heard: 0.9, picture: 0.9 } as const;

/** "What does he say about …?": what is said or written that holds all words of it, quoted with its times. */
export function answerSaidAbout(asking: Asking, thing: ParsedQuery): RawAnswer {
  const found = asking.saidOf(thing).slice(0, mostQuoted);
  if (found.length > 0)
    return quoting(
      asking,
      found.map(({ start, end, explanations, score }) => {
        const [why] = explanations;
        const text = explanations.map((one) => ('text' in one ? one.text : '')).join(' ');
        const heard = why.code === 'said' && why.heard === true;
        const from = why.code === 'on-screen' ? 'picture' : heard ? 'heard' : 'captions';
        return { line: { start, end, text, from }, score: logistic(score), why: explanations };
      }),
    );
  if (asking.linesOf('said').length === 0 && asking.linesOf('on-screen').length === 0)
    return cannot('not-heard');
  return nothing(words(asking).nothingAbout(thing.thing));
}

/** "Summarise what is said between …": quotations of it, never a sentence that nobody said. */
export function answerSaidBetween(
  asking: Asking,
  { from, past }: { from?: number | undefined; past?: number | undefined },
): RawAnswer {
  const { timeline } = asking;
  const longest = Math.max(...timeline.parts.map(({ video }) => video.durationSec));
  if (from !== undefined && longest > 0 && from >= longest) return cannot('outside');
  const all = asking.linesOf('said');
  if (all.length === 0) return cannot('not-heard');
  const inside = all.filter(({ start, end }) => {
    const { seconds } = timeline.locate(start);
    return seconds < (past ?? Infinity) && seconds + end - start > (from ?? -Infinity);
  });
  if (inside.length === 0) return nothing(words(asking).nothingThere);
  return quoting(
    asking,
    telling(inside, all).map((line) => ({ line, score: sureness[line.from] })),
  );
}

/** "How often is … said?", over the ends of lines, as one or as many, in any case. */
export function answerSaidTimes(asking: Asking, thing: ParsedQuery, subject: string): RawAnswer {
  const lines = asking.linesOf('said');
  if (lines.length === 0) return cannot('not-heard');
  const wanted = wordsOf(subject).flat();
  const terms = lines.flatMap((line) =>
    wordsOf(line.text).flatMap((row) => row.map((term) => ({ term, line }))),
  );
  const places: ToldLine[] = [];
  for (let at = 0; at + wanted.length <= terms.length; at++) {
    if (!wanted.every((term, n) => terms[at + n].term === term)) continue;
    // A phrase doesn't go from one video, or from one speech, into the next.
    if (terms[at + wanted.length - 1].line.start - terms[at].line.end > 2) continue;
    places.push(terms[at].line);
    at += wanted.length - 1;
  }
  const { counted } = words(asking);
  const answer = counted(
    thing.text.replace(/^["“「]|["”」]$/gu, ''),
    places.length,
    sourcesOf(asking, lines),
  );
  if (places.length === 0) return nothing(answer);
  const shown = [...new Set(places)].slice(0, mostShown);
  const confidence = Math.min(...lines.map(({ from }) => sureness[from]));
  return {
    answer,
    confidence,
    evidence: shown.map((line) => proofOf(asking, { line, score: sureness[line.from] })),
  };
}

interface Quoted {
  line: ToldLine;
  score: number;
  why?: Proof['why'];
}

function quoting(asking: Asking, quotes: readonly Quoted[]): RawAnswer {
  const inOrder = quotes.toSorted((a, b) => a.line.start - b.line.start);
  const evidence = inOrder.map((quote) => proofOf(asking, quote));
  const statements = inOrder.map(({ line }, n) => ({ text: sentence(asking, line), proofs: [n] }));
  return {
    answer: statements.map(({ text }) => text).join('; '),
    confidence: Math.max(...evidence.map(({ score }) => score)),
    evidence,
    statements,
  };
}

/** "0:10:02 (heard): “…”" */
function sentence(asking: Asking, { start, text, from }: ToldLine): string {
  const { quote, source } = words(asking);
  return `${asking.timeline.clock(start, start).replace(/ to .*$/u, '')} ${source[from]} ${quote(text)}`;
}

function proofOf(asking: Asking, { line, score, why }: Quoted): Proof {
  const { start, end, text, from, language } = line;
  const at = asking.timeline.locate(start).seconds;
  const said = {
    ...{ code: 'said' as const, at, text },
    ...(from === 'heard' && { heard: true as const }),
    ...(language === undefined ? {} : { language }),
  };
  return { start, end, score, reason: `${clock(at)}: “${text}”`, why: why ?? [said] };
}

/** Few lines are quoted all; of many those whose words come up most in the stretch, seen against all that is said. */
function telling(inside: readonly ToldLine[], all: readonly ToldLine[]): ToldLine[] {
  if (inside.length <= mostQuoted) return [...inside];
  const here = termCounts(inside);
  const everywhere = termCounts(all);
  const scored = inside.map((line) => {
    const terms = [...contentOf(line)];
    const sum = terms.reduce((total, term) => {
      const rare = Math.log(1 + all.length / (everywhere.get(term) ?? 1));
      return total + (here.get(term) ?? 0) * rare;
    }, 0);
    // Long lines hold more words, not more of what matters.
    return { line, terms, score: sum / Math.sqrt(terms.length + 4) };
  });
  const chosen: ToldLine[] = [];
  const told = new Set<string>();
  for (let n = 0; n < mostQuoted; n++) {
    const rest = scored.filter(({ line }) => !chosen.includes(line));
    const worth = ({ terms, score }: (typeof rest)[number]) =>
      score * (1 - (0.7 * terms.filter((term) => told.has(term)).length) / Math.max(1, terms.length));
    const best = rest.reduce((a, b) => (worth(b) > worth(a) ? b : a));
    chosen.push(best.line);
    for (const term of best.terms) told.add(term);
  }
  return chosen;
}

const empty = new Set([...unsaidWords].map(stem));

function contentOf({ text }: ToldLine): Set<string> {
  const rows = wordsOf(text).flatMap((row) =>
    // Two characters of Chinese or Japanese make a word more often than one.
    row.length > 1 ? row.slice(1).map((term, n) => row[n] + term) : row,
  );
  return new Set(rows.filter((term) => !empty.has(term) && term.length > 1));
}

function termCounts(lines: readonly ToldLine[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) for (const term of contentOf(line)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

function sourcesOf(asking: Asking, lines: readonly ToldLine[]): string {
  const { source } = words(asking);
  return [...new Set(lines.map(({ from }) => source[from]))].join(' ');
}

function nothing(answer: string): RawAnswer {
  return { answer, confidence: 0.8, evidence: [], absence: true };
}

function cannot(code: Cannot['code']): RawAnswer {
  return { answer: cannotText({ code }), confidence: 0, evidence: [], cannot: { code } };
}

const phrases = {
  en: {
    source: { captions: '(captions)', heard: '(heard)', picture: '(read in the picture)' },
    quote: (text: string) => `“${text}”`,
    nothingAbout: (thing: string) => `Nothing is said or written about “${thing}”.`,
    nothingThere: 'Nothing is said there.',
    counted: (word: string, count: number, source: string) =>
      `“${word}” is said ${count === 0 ? 'not once' : count === 1 ? 'once' : `${count} times`} ${source}`,
  },
  zh: {
    source: { captions: '（字幕）', heard: '（听到）', picture: '（画面文字）' },
    quote: (text: string) => `“${text}”`,
    nothingAbout: (thing: string) => `没有说到或写到“${thing}”。`,
    nothingThere: '那里没有人说话。',
    counted: (word: string, count: number, source: string) => `“${word}”说了 ${count} 次${source}`,
  },
};

function words({ question }: Asking): (typeof phrases)['en'] {
  return question.language.code === 'zh' ? phrases.zh : phrases.en;
}
