import { gammaLimits, gammaRange } from '../../../protocol/gamma.ts';
import { basename } from 'node:path';
import { onlyVideo } from './ask.ts';
import { numeric, type Command, type Context } from '../command.ts';
import { duration, percent } from '../format.ts';
import { table } from '../table.ts';
import type { SelfTestResult } from '../../../protocol/asking.ts';

/** `longview selftest`: how long a context can be trusted, on this machine and this footage. */
export const selftestCommand: Command = {
  name: 'selftest',
  summary: 'find how long a context can be trusted on your footage and this machine',
  usage: '[--in ID|PATH] [--model ID] [--lengths 6,12,…] [--needles N] [--gamma G]',
  options: {
    in: { type: 'string' },
    model: { type: 'string' },
    lengths: { type: 'string' },
    needles: { type: 'string' },
    gamma: { type: 'string' },
  },
  optionHelp: {
    in: 'the video to plant needles in, in memory only (may be left out where the library holds one video)',
    model: 'the bundle to test (default: the one that answers)',
    lengths: 'temporal patches to try (default: a quarter of the trained length to eight times it)',
    needles: 'how many different needles, 1 to 32 (default: all there are)',
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
        needles: numeric(options.needles),
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
      { title: 'patches', right: true },
      { title: 'tokens', right: true },
      { title: 'right', right: true },
      ...lengths[0].depths.map(({ depth }) => ({ title: `at ${percent(depth)}`, right: true })),
      { title: 'a question', right: true },
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
    terminal.style('dim', `* beyond the trained ${trainedPatches}; guessing would get ${percent(chance)}`),
  );
  terminal.line(
    safePatches === null
      ? terminal.style(
          'yellow',
          `No length reaches ${percent(needed)}: asking keeps to the trained ${trainedPatches} patches, and answers are to be taken with care.`,
        )
      : `Answers stay right (${percent(needed)} or more) up to ${safePatches} patches: asking reads at most so many at once from now on.`,
  );
}
