/**
 * `npm run -s bench -- fusion [--json] [--library DIR] [--seed N]`: what finding by pictures, by the detector and by
 * both is worth, on the sample recording whose truth is known, and how much the decoder's second look may count. Run
 * it again when the built-in bundle changes, and take over what it prints into build/builtin-words.ts.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createEngine } from '../../engine/engine.ts';
import { openTerminal } from '../../engine/hosts/cli/terminal.ts';
import { table } from '../../engine/hosts/cli/table.ts';
import { makeSample } from '../../demo/sample/index.ts';
import { everything } from '../../demo/questions.ts';
import { gather, type Judged } from './gather.ts';
import { fitRecheck, type Fit } from './recheck-fit.ts';
import { quality, type Quality } from './quality.ts';

export const what = 'log-odds fusion against reciprocal ranks; how much the second look may count (fitted)';

const root = join(import.meta.dirname, '..', '..');
const options = {
  json: { type: 'boolean', default: false },
  library: { type: 'string', default: join(root, 'data', 'bench', 'fusion') },
  seed: { type: 'string', default: '1' },
} as const;

/** Runs it. @param args see the head of this file */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const terminal = openTerminal(process);
  const seed = Number(values.seed);
  const dir = seed === 1 ? join(root, 'sample') : join(root, 'sample', `seed-${seed}`);
  const { video, truth } = await makeSample({ dir, seed, onProgress: terminal.progress });
  const engine = createEngine({ libraryDir: values.library });
  const { videos } = await engine.index({ paths: [video] }, { onProgress: terminal.progress });
  await engine.close();
  terminal.clear();
  const judged = await gather(values.library, videos[0].id!, everything(truth));
  const rankers = Object.keys(judged[0].lists) as (keyof Judged['lists'])[];
  const rows = rankers.map((name) => ({ name, ...quality(judged, (one) => one.lists[name]) }));
  const fit = fitRecheck(judged);
  if (values.json) process.stdout.write(`${JSON.stringify({ rows, fit })}\n`);
  else for (const line of [...report(rows), '', ...advice(fit)]) process.stdout.write(`${line}\n`);
}

function report(rows: readonly ({ name: string } & Quality)[]): string[] {
  return table(
    [
      { title: 'by' },
      { title: 'queries', right: true },
      { title: 'right one first', right: true },
      { title: 'among five', right: true },
      { title: 'mean reciprocal rank', right: true },
    ],
    rows.map(({ name, queries, first, five, reciprocal }) => [
      name,
      String(queries),
      first.toFixed(2),
      five.toFixed(2),
      reciprocal.toFixed(3),
    ]),
    120,
  );
}

function advice({ object, scene, order }: Fit): string[] {
  const line = (kind: string, { weight, moments, loss }: Fit['object']) =>
    `second look at what ${kind}: ${moments} moments, log loss ${loss.without.toFixed(3)} without it, ` +
    `${loss.now.toFixed(3)} as it is, ${loss.best.toFixed(3)} with weight ${weight} (left-out queries)`;
  return [
    line('the detector saw', object),
    line('only looks like it', scene),
    `order of the list: mean reciprocal rank ${order.reciprocal.without.toFixed(3)} as it was, ` +
      `${order.reciprocal.all.toFixed(3)} moved by all of it, ${order.reciprocal.best.toFixed(3)} by the fitted share (left-out queries)`,
    `builtin-words.ts: recheck: { object: ${object.weight}, scene: ${scene.weight}, order: ${order.share}, limit: 4 }`,
  ];
}
