import { table } from '../../engine/hosts/cli/table.ts';
import type { Share, Tally } from './metrics.ts';

/** One measured figure. */
export interface Measure extends Share {
  /** "photographs.embedding.r1" */
  id: string;
  group: string;
  what: string;
  /** The figure to reach. */
  target?: number;
  /** The same by label and value: { gamma: { "0.5": … } }. */
  by: Record<string, Record<string, Share>>;
}

/** Everything that was measured on one bundle. */
export interface Measured {
  bundle: { id: string; precision: string; fingerprint: string; trainedPatches: number };
  measures: Measure[];
  /** What was left out, and what to do about it. */
  skipped: string[];
  seconds: number;
}

/** A figure from a tally. */
export function measure(from: {
  id: string;
  group: string;
  what: string;
  tally: Tally;
  target?: number | undefined;
}): Measure {
  const { tally, target, ...rest } = from;
  return { ...rest, ...tally.share, ...(target === undefined ? {} : { target }), by: tally.by };
}

/** Breakdowns that fit a line: by style, and by gamma beside a target; the others are in the JSON. */
function printed({ by, target }: Measure): string[] {
  return ['style', ...(target === undefined ? [] : ['gamma'])].filter((label) => label in by);
}

/** The figures beside their targets, as lines. */
export function measuredLines({ bundle, measures, skipped, seconds }: Measured, width: number): string[] {
  const lines = [
    `${bundle.id} (${bundle.precision}), trained on up to ${bundle.trainedPatches} patches; ${seconds.toFixed(0)} s`,
  ];
  for (const [group, members] of groupsOf(measures)) {
    const cells = members.flatMap((one) => [
      [one.what, percent(one.value), String(one.n), targetOf(one), verdict(one)],
      ...printed(one).map((label) => [`  by ${label}: ${breakdown(one.by[label])}`]),
    ]);
    const columns = [
      { title: group, shrink: 'end' as const },
      { title: 'measured', right: true },
      { title: 'n', right: true },
      { title: 'target', right: true },
      { title: '' },
    ];
    lines.push('', ...table(columns, cells, width));
  }
  return [...lines, ...skipped.flatMap((one) => ['', one])];
}

/** The same as Markdown, a table a group, for the model card. */
export function measuredMarkdown({ measures, skipped }: Measured): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const lines = [...groupsOf(measures)].flatMap(([group, members]) => [
    `### ${group}`,
    '',
    line(['', 'measured', 'n', 'target', 'by']),
    line(['---', '---:', '---:', '---:', '---']),
    ...members.map((one) => {
      const by = printed(one).map((label) => `${label}: ${breakdown(one.by[label])}`);
      return line([one.what, percent(one.value), String(one.n), targetOf(one), by.join('; ')]);
    }),
    '',
  ]);
  return [...lines, ...skipped];
}

/** Two bundles side by side: the figures that both have, with what the first loses to the second in points. */
export function comparedLines(ours: Measured, theirs: Measured, width: number): string[] {
  const rows = compared(ours, theirs);
  const columns = [
    { title: 'measure', shrink: 'end' as const },
    { title: ours.bundle.precision, right: true },
    { title: theirs.bundle.precision, right: true },
    { title: 'loss', right: true },
    { title: 'n', right: true },
  ];
  const cells = rows.map(({ id, ours: a, theirs: b, loss, n }) => [
    id,
    percent(a),
    percent(b),
    `${loss >= 0 ? '+' : '−'}${Math.abs(loss).toFixed(2)}`,
    String(n),
  ]);
  const worse = rows.filter(({ loss }) => loss > 1);
  return [
    ...table(columns, cells, width),
    '',
    worse.length === 0
      ? `No figure loses more than one point to the ${theirs.bundle.precision} bundle.`
      : `More than one point lost: ${worse.map(({ id, loss }) => `${id} (${loss.toFixed(2)})`).join(', ')}.`,
  ];
}

/** One figure of two bundles. */
export interface Compared {
  id: string;
  ours: number;
  theirs: number;
  /** Points (hundredths) that ours loses; negative: it gains. */
  loss: number;
  n: number;
}

/** The figures that both bundles have. */
export function compared(ours: Measured, theirs: Measured): Compared[] {
  const others = new Map(theirs.measures.map((one) => [one.id, one]));
  return ours.measures.flatMap(({ id, value, n }) => {
    const other = others.get(id);
    return other ? [{ id, ours: value, theirs: other.value, loss: (other.value - value) * 100, n }] : [];
  });
}

function groupsOf(measures: readonly Measure[]): Map<string, Measure[]> {
  const groups = new Map<string, Measure[]>();
  for (const one of measures) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  return groups;
}

function targetOf({ target }: Measure): string {
  return target === undefined ? '' : percent(target);
}

function verdict({ value, target }: Measure): string {
  return target === undefined ? '' : value >= target ? 'reached' : 'not reached';
}

function breakdown(shares: Readonly<Record<string, Share>>): string {
  // Whole numbers come first in an object, whatever the order of writing.
  return Object.entries(shares)
    .sort(([a], [b]) => Number(a) - Number(b) || 0)
    .map(([value, share]) => `${value} ${percent(share.value)}`)
    .join(', ');
}

function percent(value: number): string {
  return value.toFixed(3);
}
