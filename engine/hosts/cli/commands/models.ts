import { bytes } from '../format.ts';
import { table } from '../table.ts';
import { UsageError } from '../usage.ts';
import type { Command, Context, Outcome } from '../command.ts';

/** `longview models`: the bundles at hand. */
export const modelsCommand: Command = {
  name: 'models',
  summary: 'list the model bundles at hand',
  usage: '',
  options: {},
  optionHelp: {},
  words: { min: 0, max: Infinity, what: 'nothing' },
  async run(context, given) {
    if (given.words.length === 0) return list(context);
    throw new UsageError(`models doesn't know ${JSON.stringify(given.words[0])}`, 'Usage: longview models');
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
