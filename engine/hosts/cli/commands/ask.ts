import { duration, percent, range } from '../format.ts';
import { numeric, type Command, type Context } from '../command.ts';
import { table } from '../table.ts';
import { UsageError } from '../usage.ts';
import type { Engine } from '../../../protocol/engine.ts';
import type { AskResult } from '../../../protocol/results.ts';

/** `longview ask`: a question about one video, answered with the moments that prove it. */
export const askCommand: Command = {
  name: 'ask',
  summary: 'ask a question about a video',
  usage: '"<question>" --in ID|PATH [--gamma G] [--fresh]',
  options: { in: { type: 'string' }, gamma: { type: 'string' }, fresh: { type: 'boolean' } },
  optionHelp: {
    in: 'the video to ask about (may be left out where the library holds one video)',
    gamma: 'time scale of the reading, 0.25 to 4 (default 1.5)',
    fresh: 'read again even where the answer is known',
  },
  words: { min: 1, max: 1, what: 'a question' },
  async run(context, { words, options }) {
    const engine = await context.engine();
    let streamed = '';
    const result = await engine.ask(
      {
        question: words[0],
        in: (options.in as string | undefined) ?? (await onlyVideo(engine)),
        gamma: numeric(options.gamma),
        fresh: options.fresh as boolean | undefined,
      },
      {
        signal: context.signal,
        onProgress: context.terminal.progress,
        onText: (piece) => {
          if (context.json || !context.terminal.live) return;
          streamed += piece;
          context.terminal.write(piece);
        },
      },
    );
    if (!context.json) print(context, result, streamed);
    return { result };
  },
};

/** The library's only video, which needs no naming. */
export async function onlyVideo(engine: Engine): Promise<string> {
  const { videos } = await engine.library();
  if (videos.length === 1) return videos[0].id;
  throw new UsageError(
    'ask needs to know which video',
    videos.length === 0
      ? 'Add one with "longview index <file>", then ask with --in FILE.'
      : 'Name it with --in ID or --in PATH; "longview library" lists them.',
  );
}

function print({ terminal }: Context, result: AskResult, streamed: string): void {
  if (streamed !== '') terminal.line();
  if (streamed.trim() !== result.answer) terminal.line(terminal.style('bold', result.answer));
  if (!result.confident)
    terminal.line(
      terminal.style('yellow', `Not sure (${percent(result.confidence)}): take this as a guess.`),
    );
  const lines = table(
    [{ title: 'moment' }, { title: 'sure', right: true }, { title: 'what', shrink: 'end' }],
    result.evidence.map(({ start, end, score, reason }) => [range(start, end), percent(score), reason]),
    terminal.width,
  );
  if (result.evidence.length > 0)
    lines.forEach((line, i) => terminal.line(i === 0 ? terminal.style('dim', line) : line));
  else terminal.line(terminal.style('dim', 'No moment of the video was found to support it.'));
  const { patches, ofPatches } = result.read;
  const cost = result.cached ? 'from the answer cache' : `read ${patches} of ${ofPatches} patches`;
  terminal.line(terminal.style('dim', `gamma ${result.gamma}, ${cost}, ${duration(result.timing.totalMs)}`));
}
