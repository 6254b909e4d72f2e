import { bytes, plural } from '../format.ts';
import { table } from '../table.ts';
import { suggestion, UsageError } from '../usage.ts';
import { positionVariants } from '../../../protocol/bundle.ts';
import { providerChoices } from '../../../protocol/requests.ts';
import type { VerifyResult } from '../../../protocol/results.ts';
import type { ImportRequest, VerifyRequest } from '../../../protocol/requests.ts';
import type { Arguments, Command, Context, Outcome } from '../command.ts';

/** What can be done to models, by the word after `models`. */
const actions: Record<string, { usage: string; words: number; options: string[]; run: Action }> = {
  import: {
    usage: 'import <folder> [--precision <p>] [--positions <encoding>] [--id <id>]',
    words: 1,
    options: ['precision', 'positions', 'id'],
    run: importOne,
  },
  download: {
    usage: 'download [<name>]',
    words: 1,
    options: [],
    run: download,
  },
  remove: { usage: 'remove <id>', words: 1, options: [], run: remove },
  verify: {
    usage: 'verify <model> <fixtures> [--provider <p>]',
    words: 2,
    options: ['provider'],
    run: verify,
  },
};
type Action = (context: Context, words: string[], options: Arguments['options']) => Promise<Outcome>;

/** `longview models`: the bundles at hand, and new ones from checkpoints. */
export const modelsCommand: Command = {
  name: 'models',
  summary:
    'list the models at hand, import a checkpoint or a speech model, fetch one from the hub, remove one, prove a conversion',
  usage:
    '[import <folder> [--precision <p>] [--positions <encoding>] [--id <id>] | download [<name>] | remove <id> | verify <model> <fixtures> [--provider <p>]]',
  options: {
    precision: { type: 'string' },
    positions: { type: 'string' },
    id: { type: 'string' },
    provider: { type: 'string' },
  },
  optionValues: { precision: '<p>', positions: '<encoding>', id: '<id>', provider: '<p>' },
  optionHelp: {
    precision: 'for import: fp32 (default, exact), fp16 (for GPUs), int8 or int4 (small and fast on CPUs)',
    positions: `for import: the position encoding that it was trained with, ${positionVariants.join(', ')} (default: what its name or config says)`,
    provider: `for verify: the execution provider to compare on, ${providerChoices.join(', ')} (default: cpu)`,
    id: 'for import: the name of the new model (default: the folder’s name)',
  },
  words: { min: 0, max: Infinity, what: 'nothing' },
  async run(context, { words, options }) {
    const [name, ...rest] = words;
    const own = Object.keys(modelsCommand.options).filter((option) => options[option] !== undefined);
    const action = name === undefined ? undefined : actions[name];
    if (name !== undefined && !action) {
      const near = suggestion(name, Object.keys(actions));
      throw new UsageError(
        `models doesn't know ${JSON.stringify(name)}`,
        near ? `Did you mean "longview models ${near}"?` : `Usage: longview models ${modelsCommand.usage}`,
      );
    }
    const stray = own.find((option) => !action?.options.includes(option));
    if (stray)
      throw new UsageError(
        `models ${name ?? ''} takes no --${stray}`.replace('  ', ' '),
        `Usage: longview models ${modelsCommand.usage}`,
      );
    if (!action) return list(context);
    if (name === 'download' && rest.length === 0) return catalogue(context);
    if (rest.length !== action.words)
      throw new UsageError(
        `models ${name} needs exactly ${plural(action.words, 'word')}, got ${rest.length}`,
        `Usage: longview models ${action.usage}`,
      );
    return action.run(context, rest, options);
  },
};

async function list({ engine, terminal, json }: Context): Promise<Outcome> {
  const result = await (await engine()).models();
  if (json) return { result };
  const lines = table(
    [
      { title: 'id' },
      { title: 'architecture' },
      { title: 'positions' },
      { title: 'can' },
      { title: 'size', right: true },
      { title: 'licence', shrink: 'end' },
      { title: 'provenance', shrink: 'end' },
    ],
    result.models.map((model) => [
      model.id + (model.active ? ' *' : ''),
      model.architecture,
      model.positionVariant ?? '-',
      model.can.join(', '),
      bytes(model.bytes),
      model.licence,
      model.provenance,
    ]),
    terminal.width,
  );
  lines.forEach((line, i) => terminal.line(i === 0 ? terminal.style('dim', line) : line));
  for (const { id, problem } of result.models)
    if (problem) terminal.note(`${id}: ${problem.message} ${problem.remedy}`);
  return { result };
}

async function importOne(
  { engine, terminal, json, signal }: Context,
  [folder]: string[],
  { precision, positions, id }: Arguments['options'],
): Promise<Outcome> {
  const opened = await engine();
  // What is none of the known words goes on as it is, so that the engine's message can quote it.
  const request = { folder, precision, positions, id } as ImportRequest;
  const result = await opened.importModel(request, { signal, onProgress: terminal.progress });
  if (json) return { result };
  const { model, note } = result;
  if (model.can.includes('hear'))
    terminal.line(
      `Imported ${model.id} (${model.name}, ${bytes(model.bytes)}): it hears what is said, with "longview index VIDEO --with speech".`,
    );
  else
    terminal.line(
      `Imported ${model.id}: ${model.can.join(', ')}, ${bytes(model.bytes)}, ${model.positionVariant ?? 'no'} positions.`,
    );
  if (note) terminal.line(note);
  return { result };
}

/** What can be fetched; reading it touches no network. */
async function catalogue({ engine, terminal, json }: Context): Promise<Outcome> {
  const result = await (await engine()).catalogue();
  if (json) return { result };
  const lines = table(
    [
      { title: 'name' },
      { title: 'can' },
      { title: 'download', right: true },
      { title: 'licence' },
      { title: '' },
    ],
    result.models.map((model) => [
      model.name,
      model.can.join(', '),
      bytes(model.aboutBytes),
      model.licence,
      model.installed ? 'installed' : model.haveBytes > 0 ? `${bytes(model.haveBytes)} here already` : '',
    ]),
    terminal.width,
  );
  lines.forEach((line, i) => terminal.line(i === 0 ? terminal.style('dim', line) : line));
  return { result };
}

async function download({ engine, terminal, json, signal }: Context, [name]: string[]): Promise<Outcome> {
  const opened = await engine();
  const result = await opened.downloadModel({ name }, { signal, onProgress: terminal.progress });
  if (json) return { result };
  const { id, can, bytes: size } = result.model;
  terminal.line(`Fetched and converted ${id}: ${can.join(', ')}, ${bytes(size)}.`);
  if (result.note) terminal.line(result.note);
  if (result.minutesAnHour !== undefined)
    terminal.line(
      'It stands beside the library’s own model; "longview index" over your folders gives it a look at what is indexed.',
    );
  return { result };
}

async function remove({ engine, terminal, json }: Context, [id]: string[]): Promise<Outcome> {
  const result = await (await engine()).removeModel({ id });
  if (!json) terminal.line(`Removed ${id}.`);
  return { result };
}

async function verify(
  { engine, terminal, json, signal }: Context,
  [bundle, fixtures]: string[],
  { provider }: Arguments['options'],
): Promise<Outcome> {
  const opened = await engine();
  const request = { bundle, fixtures, provider } as VerifyRequest;
  const result = await opened.verifyModel(request, { signal, onProgress: terminal.progress });
  const exitCode = result.ok ? 0 : 1;
  if (json) return { result, exitCode };
  const apart = (difference: number | null) => (difference === null ? '∞' : difference.toExponential(1));
  const row = (name: string, one: VerifyResult['worst']) => [
    name,
    ...[one.pixels, one.vision, one.positions, one.logits].map(apart),
    `${(one.argmaxAgreement * 100).toFixed(1)} %`,
    one.generatedEqual ? 'equal' : 'differs',
  ];
  const columns = ['case', 'pixels', 'vision', 'positions', 'logits', 'argmax', 'generated'];
  const lines = table(
    columns.map((title, i) => ({ title, right: i > 0 })),
    [...result.cases.map((one) => row(one.name, one)), row('worst', result.worst)],
    terminal.width,
  );
  lines.forEach((line, i) => terminal.line(i === 0 ? terminal.style('dim', line) : line));
  const verdict = result.ok
    ? terminal.style('green', 'It is the same model')
    : terminal.style('red', 'It is not the same model');
  terminal.line(`${verdict} (${result.bundle}, ${result.precision}, on ${result.provider}).`);
  if (result.note) terminal.line(result.note);
  return { result, exitCode };
}
