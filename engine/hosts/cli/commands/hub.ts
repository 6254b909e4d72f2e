import { plural, printable } from '../format.ts';
import { type Arguments, type Command, type Context, numeric, type Outcome } from '../command.ts';
import { hubUrl, listed, rootsIn, text } from '../hub-options.ts';
import { table } from '../table.ts';
import { suggestion, UsageError } from '../usage.ts';
import type {
  HubCheck,
  HubStatusResult,
  HubSyncResult,
  TeamRole,
  TeamTools,
} from '../../../protocol/team.ts';

interface Given {
  team: TeamTools;
  context: Context;
  words: string[];
  options: Arguments['options'];
  url: () => string;
}

/** What can be done to a hub, by the word after `longview hub`. */
const actions: Record<string, (given: Given) => Promise<Outcome>> = {
  init,
  status,
  doctor,
  add,
  retry,
  users,
  follow,
  sync,
  leave,
  share,
  backup,
  restore,
};

/** `longview hub`: a team's library on PostgreSQL. */
export const hubCommand: Command = {
  name: 'hub',
  summary: 'a library that a team shares, on PostgreSQL',
  usage: `${Object.keys(actions).join(' | ')} [<address>] [<words>]`,
  options: {
    hub: { type: 'string' },
    root: { type: 'string', multiple: true },
    extractors: { type: 'string' },
    priority: { type: 'string' },
    force: { type: 'boolean' },
    takeover: { type: 'string' },
    only: { type: 'string', multiple: true },
    'without-tokens': { type: 'boolean' },
    role: { type: 'string' },
    watch: { type: 'boolean' },
  },
  optionValues: {
    hub: '<postgres://…>',
    root: '<name=folder>',
    extractors: '<name,…>',
    priority: '<n>',
    takeover: '<seconds>',
    only: '<root|root/path>',
    role: '<role>',
  },
  optionHelp: {
    hub: 'the address of the hub, where it isn’t a word (default: LONGVIEW_HUB)',
    root: 'where a root is on this machine: footage=/mnt/footage',
    extractors: 'add: what the workers are to make: pictures (default), speech, text',
    priority: 'add: higher numbers come first (default: 0)',
    force: 'add: index again what is indexed',
    takeover: 'init: seconds until a worker that isn’t heard from loses its job (default: 45)',
    only: 'follow: hold only this root, or folder of it, here',
    'without-tokens':
      'follow: leave the visual tokens at the hub: a fraction of the space; find works, ask needs them',
    role: 'users add: see, ask (default), add or administer',
    watch: 'sync: go on until Ctrl-C',
  },
  words: { min: 1, max: 50, what: `one of ${Object.keys(actions).join(', ')}` },
  async run(context, { words, options }) {
    const [name, ...rest] = words;
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (!action) {
      const near = suggestion(name, Object.keys(actions));
      throw new UsageError(
        `hub can't ${JSON.stringify(name)}`,
        near ? `Did you mean "longview hub ${near}"?` : `It can ${Object.keys(actions).join(', ')}.`,
      );
    }
    const isUrl = (word: string) => /^postgres(?:ql)?:\/\//.test(word);
    const url = () => hubUrl(rest.find(isUrl) ?? text(options.hub));
    const { team } = await context.engine();
    return action({ team, context, words: rest.filter((word) => !isUrl(word)), options, url });
  },
};

async function init({ team, context, options, url }: Given): Promise<Outcome> {
  const takeoverSec = numeric(options.takeover);
  const result = await team.init({ url: url(), ...(takeoverSec === undefined ? {} : { takeoverSec }) });
  const { terminal, json } = context;
  if (!json) {
    terminal.line(
      result.steps.length === 0
        ? 'The hub is there and up to date.'
        : `The hub is ready (${plural(result.steps.length, 'step')} taken).`,
    );
    terminal.line(`A worker that isn't heard from for ${result.takeoverSec} s loses its job to another.`);
    terminal.line(
      'It will take about 23 MB for each hour of footage (13 of them visual tokens, 5 stills), and as much again for the log. Each worker and each desktop uses up to 5 connections.',
    );
    terminal.line('Next: longview hub add --root footage=/mnt/footage /mnt/footage, and longview worker.');
  }
  return { result };
}

async function status({ team, context, url }: Given): Promise<Outcome> {
  const result = await team.status({ url: url() });
  if (!context.json) printStatus(context, result);
  return { result };
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

function printStatus({ terminal }: Context, result: HubStatusResult): void {
  const { jobs } = result;
  terminal.line(`${printable(result.url)}: PostgreSQL ${result.server}, hub format ${result.format}.`);
  terminal.line(
    `${plural(result.videos, 'video')} (${result.hours.toFixed(1)} hours), ${result.indexed} of them indexed; ${megabytes(result.bytes)}.`,
  );
  const parts = Object.entries(result.segments).map(([part, bytes]) => `${part} ${megabytes(bytes)}`);
  if (parts.length > 0) terminal.line(`Segments: ${parts.join(', ')}.`);
  for (const { name, videos } of result.roots) terminal.line(`Root ${name}: ${plural(videos, 'video')}.`);
  terminal.line(
    `Jobs: ${jobs.waiting} waiting, ${jobs.running} running, ${jobs.done} done, ${jobs.failed} failed, ${jobs.aside} set aside.`,
  );
  if (result.workers.length > 0)
    for (const line of table(
      [
        { title: 'worker', shrink: 'middle' },
        { title: 'state' },
        { title: 'makes' },
        { title: 'heard', right: true },
      ],
      result.workers.map(({ name, state, extractors, heardSec }) => [
        name,
        state,
        extractors.join(', '),
        `${Math.round(heardSec)} s ago`,
      ]),
      terminal.width,
    ))
      terminal.line(line);
  for (const { place, message, remedy } of result.troubles)
    terminal.note(printable(`${place ?? 'a video'}: ${message} ${remedy}`));
}

async function doctor({ team, context, options, url }: Given): Promise<Outcome> {
  const { checks } = await team.doctor({ url: url(), roots: rootsIn(options.root) });
  const { terminal, json } = context;
  if (!json)
    for (const { name, ok, message, remedy } of checks) {
      terminal.line(
        `${terminal.style(ok ? 'green' : 'red', ok ? 'ok' : 'no')}  ${name}: ${printable(message)}`,
      );
      if (remedy !== undefined) terminal.line(`    ${remedy}`);
    }
  const failed = checks.some(({ ok }: HubCheck) => !ok);
  return { result: { checks }, exitCode: failed ? 1 : 0 };
}

async function add({ team, context, words, options, url }: Given): Promise<Outcome> {
  if (words.length === 0)
    throw new UsageError('hub add needs files or folders', 'Name what is to be indexed.');
  const priority = numeric(options.priority);
  const extractors = listed<'pictures'>(options.extractors);
  const result = await team.add(
    {
      ...{ url: url(), roots: rootsIn(options.root), paths: words },
      ...(extractors && { extractors }),
      ...(priority === undefined ? {} : { priority }),
      ...(options.force === true && { force: true }),
    },
    { signal: context.signal },
  );
  const { terminal, json } = context;
  const failed = result.files.filter(({ error }) => error);
  if (!json) {
    for (const { path, error } of failed)
      terminal.note(printable(`${path}: ${error?.message} ${error?.remedy}`));
    const jobs = result.files.reduce((sum, file) => sum + file.jobs, 0);
    terminal.line(
      `${plural(result.files.length - failed.length, 'video')} known, ${plural(jobs, 'new job')}.`,
    );
  }
  return { result, exitCode: failed.length > 0 ? 1 : 0 };
}

async function retry({ team, context, url }: Given): Promise<Outcome> {
  const result = await team.retry({ url: url() });
  if (!context.json) context.terminal.line(`${plural(result.jobs, 'job')} will be tried again.`);
  return { result };
}

async function users({ team, context, words, options, url }: Given): Promise<Outcome> {
  const [what = 'list', name] = words;
  const { terminal, json } = context;
  if (what === 'list') {
    const people = await team.people({ url: url() });
    if (!json)
      for (const { name: who, role, withdrawnAt } of people)
        terminal.line(
          printable(`${who}: ${role}${withdrawnAt === null ? '' : `, withdrawn ${withdrawnAt}`}`),
        );
    return { result: { people } };
  }
  if (name === undefined || (what !== 'add' && what !== 'remove'))
    throw new UsageError(
      'hub users needs add, remove or list, and a name',
      'As in: longview hub users add anna.',
    );
  if (what === 'add') {
    const role = (text(options.role) ?? 'ask') as TeamRole;
    const added = await team.addPerson({ url: url(), name, role });
    if (!json) {
      terminal.line(added.token);
      terminal.note(`That is the key of ${printable(name)} (${role}). It is shown once and kept nowhere.`);
    }
    return { result: { ...added, role } };
  }
  const result = await team.removePerson({ url: url(), name });
  if (!json)
    terminal.line(
      result.removed ? `${printable(name)} has no access any longer.` : `There is no ${printable(name)}.`,
    );
  return { result, exitCode: result.removed ? 0 : 1 };
}

async function follow({ team, context, options, url }: Given): Promise<Outcome> {
  const only = Array.isArray(options.only) ? options.only : undefined;
  const result = await team.follow(
    {
      ...{ url: url(), roots: rootsIn(options.root) },
      ...(only && { only }),
      ...(options['without-tokens'] === true && { tokens: false }),
    },
    { signal: context.signal },
  );
  if (!context.json) printSync(context, result);
  return { result };
}

async function sync({ team, context, options }: Given): Promise<Outcome> {
  const result = await team.sync({ signal: context.signal });
  if (!context.json) printSync(context, result);
  if (options.watch === true)
    await team.keepFollowing({
      signal: context.signal,
      onRound: (round) => {
        if ('message' in round) context.terminal.note(`${round.message} ${round.remedy}`);
        else if (round.pulled + round.pushed > 0 && !context.json) printSync(context, round);
      },
    });
  return { result };
}

function printSync({ terminal }: Context, { pulled, pushed, compared, videos }: HubSyncResult): void {
  if (compared) terminal.line('The hub was put back to an earlier state: everything was compared anew.');
  terminal.line(`${pulled} changed, ${pushed} sent; ${plural(videos, 'video')} here.`);
}

async function leave({ team, context }: Given): Promise<Outcome> {
  await team.leave();
  if (!context.json)
    context.terminal.line('This library follows no hub any longer, and keeps everything that it has.');
  return { result: { left: true } };
}

async function share({ team, context, words }: Given): Promise<Outcome> {
  const number = numeric(words[0]);
  await team.share({ number: number ?? NaN });
  if (!context.json) context.terminal.line('Everybody who follows the hub has that answer now.');
  return { result: { shared: number } };
}

async function backup({ team, context, words, url }: Given): Promise<Outcome> {
  if (words.length !== 1) throw new UsageError('hub backup needs the file to write', 'Name it.');
  const result = await team.backup({ url: url(), file: words[0] });
  if (!context.json)
    context.terminal.line(
      `Copied the hub to ${printable(result.path)} (${megabytes(result.bytes)}, by ${result.by}).`,
    );
  return { result };
}

async function restore({ team, context, words, url }: Given): Promise<Outcome> {
  if (words.length !== 1) throw new UsageError('hub restore needs the file of a backup', 'Name it.');
  const result = await team.restore({ url: url(), file: words[0] });
  if (!context.json) printStatus(context, result);
  return { result };
}
