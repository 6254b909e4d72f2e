// Whether what is told as sure is so, on real recordings and photographs that were looked at by people.
//   npm run -s bench -- trust --media DIR [--media DIR] [--library DIR] [--svg FILE] [--all] [--json]
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openTerminal, type Terminal } from '../../engine/hosts/cli/terminal.ts';
import { table } from '../../engine/hosts/cli/table.ts';
import { LongviewError } from '../../engine/protocol/errors.ts';
import { reliabilityDiagram } from './diagram.ts';
import type { Outcome } from './judge.ts';
import { measureTrust, type Measured } from './measure.ts';
import { confidentErrors, trustIn, type Share } from './measures.ts';

export const what = 'whether what is told as sure is so, on real recordings and photographs';

const halves = ['late', 'report', 'fit'] as const;
const root = join(import.meta.dirname, '..', '..');
const options = {
  media: { type: 'string', multiple: true },
  library: { type: 'string', default: join(root, 'data', 'bench', 'trust') },
  bundle: { type: 'string', default: join(root, 'models', 'builtin') },
  svg: { type: 'string' },
  json: { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
} as const;

/** Measures, and prints tables or JSON. @param args see the head of this file */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const at = (path: string) => resolve(process.env.INIT_CWD ?? '.', path);
  const media = values.media ?? (process.env.LONGVIEW_MEDIA ? [process.env.LONGVIEW_MEDIA] : []);
  if (media.length === 0)
    throw new LongviewError(
      'bad-argument',
      'There is no material to make the clips of.',
      'Name its folders: --media DIR (docs/trust.md says what lies in them).',
    );
  const terminal = openTerminal(process);
  const measured = await measureTrust({
    media: media.map(at),
    folder: at(values.library),
    bundle: at(values.bundle),
    tell: (stage, fraction) => terminal.progress({ stage, fraction }),
  });
  terminal.clear();
  const { outcomes } = measured;
  const half = (name: Outcome['half']) => outcomes.filter((one) => one.half === name);
  if (values.svg !== undefined)
    await writeFile(
      at(values.svg),
      reliabilityDiagram([
        { title: 'half that numbers were fitted on', outcomes: half('fit') },
        { title: 'half that is reported', outcomes: half('report') },
        { title: 'added last', outcomes: half('late') },
      ]),
    );
  if (values.json) terminal.line(JSON.stringify(measured, null, 2));
  else print(measured, terminal);
  if (values.all)
    for (const { half, clip, kind, text, truth, said, confidence, confident, right, knowable } of outcomes)
      terminal.line(
        [
          half,
          clip,
          kind,
          text,
          JSON.stringify(truth),
          said,
          confidence?.toFixed(2) ?? '',
          confident ? 'SURE' : '',
          right ? 'right' : 'wrong',
          knowable ? 'known' : '',
        ].join('\t'),
      );
}

function print({ outcomes, missing }: Measured, terminal: Terminal): void {
  const groups = halves.flatMap((half) => {
    const own = outcomes.filter((one) => one.half === half);
    return [
      { name: `${half}: finds`, outcomes: own.filter(({ kind }) => kind === 'find') },
      { name: `${half}: questions`, outcomes: own.filter(({ kind }) => kind === 'ask') },
      { name: `${half}: all`, outcomes: own },
    ];
  });
  const titles = [
    '',
    'n',
    'sure and right',
    'sure of what is not',
    'told of what is known',
    'calibration error',
  ];
  const rows = groups.map(({ name, outcomes: own }) => {
    const { precision, bluffs, coverage, calibrationError } = trustIn(own);
    return [
      name,
      String(own.length),
      text(precision),
      text(bluffs),
      text(coverage),
      calibrationError.toFixed(3),
    ];
  });
  for (const line of table(
    titles.map((title, i) => ({ title, right: i > 0 })),
    rows,
    Infinity,
  ))
    terminal.line(line);
  for (const half of halves) {
    terminal.line();
    terminal.line(`Sure and wrong, ${half}:`);
    for (const { clip, text: words, said, confidence } of confidentErrors(
      outcomes.filter((one) => one.half === half),
    ))
      terminal.line(`  ${clip}: "${words}" → ${said} (${Math.round(100 * (confidence ?? 0))} %)`);
  }
  if (missing.length > 0) terminal.line();
  for (const { clip, files } of missing)
    terminal.line(
      `Left out: ${clip}, for want of ${files.map(({ file, source }) => `${file} (${source})`).join(', ')}.`,
    );
}

function text({ n, of }: Share): string {
  return of === 0 ? '-' : `${n} of ${of}, ${((100 * n) / of).toFixed(1)} %`;
}
