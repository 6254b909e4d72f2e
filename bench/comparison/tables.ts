import { share, together, type Grid, type Results, type Run, type Tally } from './results.ts';

const order = ['rope', 'tad-rope', 'm-rope', 'videorope', 'hope'];
const numeric = (keys: Iterable<string>) => [...new Set(keys)].sort((a, b) => Number(a) - Number(b));

/** The runs of a variant, one for each seed. */
interface Seeds {
  variant: string;
  runs: readonly Run[];
}

/** All tables of the comparison, in Markdown. */
export function tables(results: Results): string {
  const { setting, runs } = results;
  const of = (variant: string): Seeds => ({ variant, runs: runs.filter((run) => run.variant === variant) });
  const five = order.map(of).filter((one) => one.runs.length > 0);
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  const parts = [
    `Trained on up to ${setting.trainedPatches} patches; seeds ${seeds.join(', ')}.`,
    runsTable(runs),
    '### Retrieval: V-NIAH by length, all depths together',
    lengthTable(five, setting.trainedPatches, (run) => run.needles),
    '### Understanding, all questions together',
    lengthTable(five, setting.trainedPatches, (run) => run.understanding),
    '### Understanding, by question',
    ...questionTables(five, setting.trainedPatches),
    '### Ablation',
    ablation(of, setting.trainedPatches),
    ...sweeps(of('hope').runs, setting.trainedPatches),
  ];
  return parts.join('\n\n');
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function runsTable(runs: readonly Run[]): string {
  const rows = runs.map((run) => [
    name(run.variant),
    String(run.seed),
    String(run.steps),
    run.minutes.toFixed(1),
    run.parameters.toLocaleString('en'),
  ]);
  return markdown(['variant', 'seed', 'steps', 'minutes', 'parameters'], rows);
}

const heading = (length: string, trained: number) => {
  const times = Number(length) / trained;
  return times === 1 ? `${length} (1x)` : times > 1 ? `${length} (${times}x)` : length;
};
const all = (grid: Grid, length: string): Tally => together(Object.values(grid[length] ?? {}));

function lengthTable(variants: readonly Seeds[], trained: number, pick: (run: Run) => Grid): string {
  const lengths = numeric(variants.flatMap(({ runs }) => runs.flatMap((run) => Object.keys(pick(run)))));
  return markdown(
    ['patches', ...lengths.map((length) => heading(length, trained))],
    variants.map(({ variant, runs }) => [
      name(variant),
      ...lengths.map((length) => share(runs.map((run) => all(pick(run), length)))),
    ]),
  );
}

function questionTables(variants: readonly Seeds[], trained: number): string[] {
  const grids = variants.flatMap(({ runs }) => runs.map(({ understanding }) => understanding));
  const tasks = [
    ...new Set(grids.flatMap((grid) => Object.values(grid).flatMap((asked) => Object.keys(asked)))),
  ];
  return numeric(grids.flatMap((grid) => Object.keys(grid)))
    .filter((length) => Number(length) >= trained)
    .map((length) =>
      markdown(
        [heading(length, trained), ...tasks],
        variants.map(({ variant, runs }) => [
          name(variant),
          ...tasks.map((task) => share(runs.map((run) => run.understanding[length]?.[task] ?? [0, 0]))),
        ]),
      ),
    );
}

/** What the ablation adds, step by step, and the run that has it. */
const steps = [
  ['one dimension', 'rope'],
  ['3D structure', 'm-rope'],
  ['+ HFA (zero temporal frequencies, gamma 1)', 'hfa'],
  ['+ DTS (gamma drawn in training)', 'hope'],
] as const;

function ablation(of: (variant: string) => Seeds, trained: number): string {
  const lengths = [1, 4, 8].map((times) => String(times * trained));
  const rows = steps.map(([what, variant]) => {
    const { runs } = of(variant);
    const cells = (pick: (run: Run) => Grid) =>
      lengths.map((length) =>
        runs.length > 0 ? share(runs.map((run) => all(pick(run), length))) : 'not trained',
      );
    return [`${what} (\`${variant}\`)`, ...cells((run) => run.needles), ...cells((run) => run.understanding)];
  });
  const head = (what: string) => lengths.map((length) => `${what} ${heading(length, trained)}`);
  return markdown(['', ...head('needle'), ...head('questions')], rows);
}

function sweeps(runs: readonly Run[], trained: number): string[] {
  const swept = runs.flatMap(({ sweep }) => (sweep ? [sweep] : []));
  if (swept.length === 0) return [];
  const gammas = numeric(swept.flatMap((sweep) => Object.keys(sweep)));
  const lengths = numeric(swept.flatMap((sweep) => Object.keys(sweep[gammas[0]]?.needles ?? {})));
  const rows = (pick: 'needles' | 'understanding') =>
    gammas.map((gamma) => [
      gamma,
      ...lengths.map((length) => share(swept.map((sweep) => all(sweep[gamma]?.[pick] ?? {}, length)))),
    ]);
  const head = ['gamma', ...lengths.map((length) => heading(length, trained))];
  return [
    '### Gamma at inference, hope: retrieval',
    markdown(head, rows('needles')),
    '### Gamma at inference, hope: understanding',
    markdown(head, rows('understanding')),
  ];
}

const name = (variant: string) => (variant === 'hfa' ? 'hfa (ablation)' : variant);
