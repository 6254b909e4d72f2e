import { basename } from 'node:path';
import { printAnswer, streaming } from './ask.ts';
import { numeric, type Arguments, type Command, type Context, type Outcome } from '../command.ts';
import { bytes, plural } from '../format.ts';
import { table } from '../table.ts';
import { UsageError } from '../usage.ts';
import type { AnswersResult } from '../../../protocol/view.ts';

const edits = ['pin', 'unpin', 'delete', 'rerun', 'limit'] as const;
type Edit = (typeof edits)[number];

/** `longview history`: the answers given so far. */
export const historyCommand: Command = {
  name: 'history',
  summary: 'list the answers given so far; pin, delete or ask them again',
  usage: '[<video>]',
  options: {
    pin: { type: 'string' },
    unpin: { type: 'string' },
    delete: { type: 'string' },
    rerun: { type: 'string' },
    limit: { type: 'string' },
  },
  optionValues: { pin: '<n>', unpin: '<n>', delete: '<n>', rerun: '<n>', limit: '<MB>' },
  optionHelp: {
    pin: 'keep answer n whatever the limit',
    unpin: 'stop keeping it',
    delete: 'delete answer n',
    rerun: 'ask the question of answer n again, with the same options',
    limit: 'megabytes that all answers may take; the least recently used are deleted first (default 32)',
  },
  words: { min: 0, max: 1, what: 'the id or path of a video' },
  async run(context, { words, options }) {
    const chosen = edits.filter((edit) => options[edit] !== undefined);
    if (chosen.length > 1)
      throw new UsageError(`history takes one of --${chosen.join(' and --')}`, 'Do one after the other.');
    const [edit] = chosen;
    if (edit) return change(context, edit, options);
    const engine = await context.engine();
    const result = await engine.answers({ video: words[0] });
    if (!context.json) print(context, result);
    return { result };
  },
};

async function change(context: Context, edit: Edit, options: Arguments['options']): Promise<Outcome> {
  const engine = await context.engine();
  const value = numeric(options[edit])!;
  if (edit === 'limit') {
    const result = await engine.limitAnswers({
      bytes: typeof value === 'number' ? Math.round(value * 1e6) : value,
    });
    if (!context.json)
      context.terminal.line(
        `Answers take ${bytes(result.bytes)} of ${bytes(result.limitBytes)}; ${plural(result.removed, 'answer')} removed.`,
      );
    return { result };
  }
  if (edit === 'rerun') {
    const streamed = streaming(context);
    const result = await engine.rerun({ number: value }, streamed.options);
    if (!context.json) printAnswer(context, result, streamed.text());
    return { result };
  }
  const result = await engine.editAnswer({ number: value, change: edit === 'delete' ? 'remove' : edit });
  if (!context.json)
    context.terminal.line(
      `Answer ${value} ${{ pin: 'pinned', unpin: 'unpinned', delete: 'deleted' }[edit]}.`,
    );
  return { result };
}

function print({ terminal }: Context, { answers, bytes: size, limitBytes }: AnswersResult): void {
  if (answers.length === 0) {
    terminal.line('No answers yet.');
    return;
  }
  const lines = table(
    [
      { title: '#', right: true },
      { title: '' },
      { title: 'when' },
      { title: 'video', shrink: 'middle' },
      { title: 'gamma', right: true },
      { title: 'question', shrink: 'end' },
      { title: 'answer', shrink: 'end' },
    ],
    answers.map(({ number, pinned, createdAt, result }) => [
      String(number),
      pinned ? 'pinned' : '',
      createdAt.slice(0, 16).replace('T', ' '),
      basename(result.path),
      String(result.request?.gamma ?? result.gamma),
      result.question,
      result.answer,
    ]),
    terminal.width,
  );
  lines.forEach((line, i) => terminal.line(i === 0 ? terminal.style('dim', line) : line));
  if (size !== undefined && limitBytes !== undefined)
    terminal.line(
      terminal.style(
        'dim',
        `${plural(answers.length, 'answer')}; all take ${bytes(size)} of ${bytes(limitBytes)}`,
      ),
    );
}
