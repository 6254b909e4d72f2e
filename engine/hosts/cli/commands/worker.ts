import { createServer } from 'node:http';
import { badArgument, LongviewError } from '../../../protocol/errors.ts';
import type { WorkerNews } from '../../../protocol/team.ts';
import { harmlessJson, printable } from '../format.ts';
import { hubUrl, listed, rootsIn, text } from '../hub-options.ts';
import { createMetrics } from '../worker-metrics.ts';
import type { Command } from '../command.ts';

/** `longview worker`: indexes for a team. */
export const workerCommand: Command = {
  name: 'worker',
  summary: 'index for a team: take jobs from its hub until told to end',
  usage: '--root <name=folder>…',
  options: {
    hub: { type: 'string' },
    root: { type: 'string', multiple: true },
    extractors: { type: 'string' },
    name: { type: 'string' },
    metrics: { type: 'string' },
    'until-empty': { type: 'boolean' },
  },
  optionValues: {
    hub: '<postgres://…>',
    root: '<name=folder>',
    extractors: '<name,…>',
    name: '<name>',
    metrics: '<port>',
  },
  optionHelp: {
    hub: 'the address of the hub (default: LONGVIEW_HUB)',
    root: 'where a root is on this machine: footage=/mnt/footage',
    extractors: 'what this machine makes: pictures, speech, text (default: what it can)',
    name: 'its name, as others see it (default: the machine’s, and four letters)',
    metrics: 'serve what is done for Prometheus at 127.0.0.1, port <port>, /metrics',
    'until-empty': 'end when nothing is left to do',
  },
  words: { min: 0, max: 0, what: 'nothing' },
  async run({ engine, terminal, json, signal }, { options }) {
    const url = hubUrl(text(options.hub));
    const extractors = listed<'pictures'>(options.extractors);
    const name = text(options.name);
    const metrics = createMetrics();
    const server = await metricsServer(text(options.metrics), metrics.text);
    const onNews = (news: WorkerNews) => {
      metrics.note(news);
      if (json) terminal.line(harmlessJson(news).replaceAll('\n', ' '));
      else if (news.event !== 'published') terminal.note(printable(told(news)));
    };
    try {
      await (
        await engine()
      ).team.work(
        {
          ...{ url, roots: rootsIn(options.root) },
          ...(extractors && { extractors }),
          ...(name === undefined ? {} : { name }),
          ...(options['until-empty'] === true && { untilEmpty: true }),
        },
        { signal, onNews },
      );
    } finally {
      server?.close();
      server?.closeAllConnections();
    }
    return { result: { jobs: metrics.jobs() } };
  },
};

function told({ event, place = '', extractors = '', fromSec = 0, how, error }: WorkerNews): string {
  const job = `${extractors} of ${place}`;
  const since = fromSec > 0 ? `, from ${Math.round(fromSec)} s on` : '';
  return {
    ready: 'Waiting for jobs. Ctrl-C ends after what was made is handed over.',
    draining: 'Handing over what was made…',
    away: 'The hub is away; what is made waits until it is back.',
    back: 'The hub is back.',
    took: `Making ${job}${since}.`,
    published: '',
    ended: `${job}: ${how}${error ? ` (${error.message} ${error.remedy})` : ''}`,
  }[event];
}

/** Prometheus asks at this machine alone. */
async function metricsServer(port: string | undefined, metrics: () => string) {
  if (port === undefined) return undefined;
  const number = /^\d+$/u.test(port) ? Number(port) : NaN;
  if (!(number <= 65_535)) throw badArgument('--metrics', 'a port', port);
  const server = createServer((request, response) => {
    const known = request.method === 'GET' && request.url === '/metrics';
    response.writeHead(known ? 200 : 404, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(known ? metrics() : '');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new LongviewError(
          'bad-argument',
          `Port ${port} can't be listened at (${cause.code}).`,
          'Give another --metrics.',
          { cause },
        ),
      ),
    );
    server.listen(number, '127.0.0.1', resolve);
  });
  return server;
}
