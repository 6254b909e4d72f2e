import { gammaLimits, gammaRange } from '../../../protocol/gamma.ts';
import { basename } from 'node:path';
import { onlyVideo } from './ask.ts';
import { numeric, type Command, type Context } from '../command.ts';
import { duration, percent, plural } from '../format.ts';
import { table } from '../table.ts';
import type { SelfTestResult } from '../../../protocol/asking.ts';

/** `longview selftest`: the effective context length, on this machine and this footage. */
export const selftestCommand: Command = {
  name: 'selftest',
  summary: 'measure the effective context length on your footage and this machine',
  usage: '',
  options: {
    in: { type: 'string' },
    model: { type: 'string' },
    lengths: { type: 'string' },
    'needle-count': { type: 'string' },
    gamma: { type: 'string' },
  },
  formerOptions: { needles: 'needle-count' },
  optionValues: {
    in: '<video>',
    model: '<id>',
    lengths: '<n,…>',
    'needle-count': '<n>',
    gamma: '<number>',
  },
  optionHelp: {
    in: 'the video (id or path) to plant needles in, in memory only (not needed where the library holds one video)',
    model: 'the model to test (default: the one that answers)',
    lengths:
      'context lengths to try, in temporal patches, as in 6,12 (default: 1/4 to 8 times the trained length)',
    'needle-count': 'how many different needles to plant, 1 to 32 (default: all there are)',
    gamma: `time scale, ${gammaLimits} (default ${gammaRange.explain})`,
  },
  words: { min: 0, max: 0, what: 'nothing' },
  async run(context, { options }) {
    const engine = await context.engine();
    const lengths = options.lengths as string | undefined;
    const result = await engine.selfTest(
      {
        in: (options.in as string | undefined) ?? (await onlyVideo(engine)),
        model: options.model as string | undefined,
        lengths: lengths?.split(',').map((one) => numeric(one)!),
        needles: numeric(options['needle-count']),
        gamma: numeric(options.gamma),
      },
      { signal: context.signal, onProgress: context.terminal.progress },
    );
    if (!context.json) print(context, result);
    return { result };
  },
};

function print({ terminal }: Context, result: SelfTestResult): void {
  const { lengths, needed, safePatches, trainedPatches, chance, model, gamma } = result;
  terminal.line(`Needles planted in ${basename(result.path)}, asked about with ${model} at gamma ${gamma}:`);
  const lines = table(
    [
      { title: 'temporal patches', right: true },
      { title: 'tokens', right: true },
      { title: 'correct', right: true },
      ...lengths[0].depths.map(({ depth }) => ({ title: `at ${percent(depth)}`, right: true })),
      { title: 'per question', right: true },
    ],
    lengths.map(({ patches, tokens, right, asked, depths, seconds }) => [
      `${patches}${patches > trainedPatches ? '*' : ''}`,
      String(tokens),
      percent(right / asked),
      ...depths.map((one) => percent(one.right / one.asked)),
      duration(seconds * 1000),
    ]),
    terminal.width,
  );
  lines.forEach((line, i) => terminal.line(i === 0 ? terminal.style('dim', line) : line));
  terminal.line(
    terminal.style('dim', `* beyond the trained ${trainedPatches}; guessing gets ${percent(chance)}`),
  );
  terminal.line(
    safePatches === null
      ? terminal.style(
          'yellow',
          `No length reaches ${percent(needed)}: ask keeps to the trained ${plural(trainedPatches, 'temporal patch')}; take its answers with care.`,
        )
      : `Effective context length: ${plural(safePatches, 'temporal patch')} (${percent(needed)} or more correct). From now on ask reads at most this many in one prompt.`,
  );
}
