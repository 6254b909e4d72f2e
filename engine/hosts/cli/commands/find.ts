import { momentSources } from '../../../protocol/reasons.ts';
import { gammaLimits, gammaRange } from '../../../protocol/gamma.ts';
import { cannotText } from '../../../protocol/cannot.ts';
import { clock } from '../../../protocol/clock.ts';
import { basename, resolve } from 'node:path';
import { duration, percent, plural, printable, range } from '../format.ts';
import { numeric, type Arguments, type Command, type Context } from '../command.ts';
import { table } from '../table.ts';
import { UsageError } from '../usage.ts';
import type { FindRequest, Like } from '../../../protocol/requests.ts';
import type { FindResult, Moment, QueryWords } from '../../../protocol/results.ts';

/** `longview find`: moments that show or say what the words say. */
export const findCommand: Command = {
  name: 'find',
  summary: 'find the moments that show or say something',
  usage: '"<words>"',
  options: {
    like: { type: 'string' },
    box: { type: 'string' },
    in: { type: 'string', multiple: true },
    folder: { type: 'string', multiple: true },
    after: { type: 'string' },
    before: { type: 'string' },
    'min-length': { type: 'string' },
    'max-length': { type: 'string' },
    source: { type: 'string', multiple: true },
    gamma: { type: 'string' },
    limit: { type: 'string' },
    quick: { type: 'boolean' },
  },
  formerOptions: { video: 'in' },
  optionValues: {
    like: '<picture|video@time>',
    box: '<x,y,w,h>',
    in: '<video|folder>',
    folder: '<folder>',
    after: '<date>',
    before: '<date>',
    'min-length': '<seconds>',
    'max-length': '<seconds>',
    source: '<source>',
    gamma: '<number>',
    limit: '<n>',
  },
  optionHelp: {
    like: 'what looks like this picture, or like what a video of the library shows at a time (film.mp4@1:05); words narrow it',
    box: 'only this part of the picture: left, top, width and height, each as a share of it (0.5,0,0.5,1 is its right half)',
    in: 'only this video (id or path) or folder; may be given several times (default: the whole library)',
    folder: 'of what --in names, only videos in this folder, however deep; may be given several times',
    after: 'only videos recorded (or last modified) on this date or later, as in 2024-12-31',
    before: 'only videos recorded (or last modified) before this date',
    'min-length': 'only videos of at least this many seconds',
    'max-length': 'only videos of at most this many seconds',
    source: `only moments found by ${momentSources.join(', ')}; may be given several times`,
    gamma: `time scale of the re-check, ${gammaLimits} (default ${gammaRange.find})`,
    limit: 'the most moments to show (default 10)',
    quick: 'skip the re-check of the best moments by the decoder',
  },
  words: { min: 0, max: 1, what: 'the words to look for' },
  async run(context, { words, options }) {
    const like = picture(options);
    if (words.length === 0 && !like)
      throw new UsageError('find needs the words to look for', 'Give words, or a picture with --like.');
    const engine = await context.engine();
    const request = {
      ...(words.length > 0 && { query: words[0] }),
      ...(like && { like }),
      ...filters(options),
      ...how(options),
    };
    const result = await engine.find(request, {
      signal: context.signal,
      onProgress: context.terminal.progress,
    });
    if (!context.json) print(context, result);
    return { result };
  },
};

/** "film.mp4@1:05" is what a video shows then, anything else a picture's file. */
function picture({ like, box }: Arguments['options']): Like | undefined {
  if (typeof like !== 'string') {
    if (box === undefined) return undefined;
    throw new UsageError('--box is a part of a picture', 'Say which with --like.');
  }
  const part =
    typeof box === 'string' ? { box: box.split(',').map(Number) as [number, number, number, number] } : {};
  const [, video, time] = /^(.+)@((?:\d+:){0,2}\d+(?:\.\d+)?)$/u.exec(like) ?? [];
  if (video === undefined) return { file: resolve(like), ...part };
  return { video, at: time.split(':').reduce((sum, one) => sum * 60 + Number(one), 0), ...part };
}

function filters(options: Arguments['options']): Omit<FindRequest, 'query'> {
  const given = {
    folders: options.folder,
    after: options.after,
    before: options.before,
    minSeconds: numeric(options['min-length']),
    maxSeconds: numeric(options['max-length']),
    sources: options.source,
  };
  // What isn't given isn't asked for; what is wrong goes on as it is, for the engine to refuse.
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    in: options.in as string[] | undefined,
    ...(Object.fromEntries(entries) as Omit<FindRequest, 'query'>),
  };
}

function how(options: Arguments['options']): Pick<FindRequest, 'gamma' | 'limit' | 'refine'> {
  return {
    gamma: numeric(options.gamma),
    limit: numeric(options.limit),
    refine: options.quick ? false : undefined,
  };
}

function print({ terminal }: Context, result: FindResult): void {
  const { moments, examined } = result;
  const looked = `${plural(examined.videos, 'video')}, ${clock(examined.seconds)} of footage`;
  if (examined.videos === 0) terminal.line(nothingSearched(result));
  else if (result.cannot && !result.confident)
    terminal.line(terminal.style('yellow', cannotText(result.cannot)));
  else if (!result.confident)
    terminal.line(
      `${terminal.style('yellow', 'No confident match')} for ${soughtText(result)} in ${looked}.` +
        (moments.length > 0 ? ' The nearest:' : ''),
    );
  else terminal.line(`${capital(soughtText(result))} in ${looked}:`);
  const lines = table(
    [
      { title: '#', right: true },
      { title: 'video', shrink: 'middle' },
      { title: 'moment' },
      { title: 'confidence', right: true },
      { title: 'source' },
      { title: 'why', shrink: 'end' },
    ],
    moments.map((moment, i) => row(moment, i)),
    terminal.width,
  );
  if (moments.length > 0)
    lines.forEach((line, i) => {
      const sure = i > 0 && moments[i - 1].confidence >= 0.5;
      terminal.line(sure ? line : terminal.style('dim', line));
    });
  if (result.cannot && result.confident)
    terminal.note(`The pictures weren’t searched. ${cannotText(result.cannot)}`);
  for (const note of notes(result)) terminal.note(note);
  terminal.line(terminal.style('dim', `gamma ${result.gamma}, ${duration(result.latencyMs)}`));
}

function soughtText({ query }: FindResult): string {
  return query === '' ? 'the picture' : `"${printable(query)}"`;
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

function nothingSearched({ library, skipped }: FindResult): string {
  if (skipped > 0) return 'No video here is indexed with this model.';
  if (!library || library.videos === 0)
    return 'The library is empty. Add videos with "longview index <folder>".';
  return library.indexed === 0
    ? 'No video of the library is indexed yet. Index them with "longview index <folder>".'
    : 'No indexed video fits these filters.';
}

/** What is to be known beside the list. */
function notes({ library, skipped, moments, examined, words }: FindResult): string[] {
  const told = words ? aboutWords(words) : [];
  if (library && library.indexed < library.videos && examined.videos > 0)
    told.push(
      `${library.indexed} of ${plural(library.videos, 'video')} ${library.indexed === 1 ? 'is' : 'are'} indexed; the others weren't searched.`,
    );
  if (skipped > 0)
    told.push(
      `${plural(skipped, 'video')} not searched: indexed with another model. Index again with --force.`,
    );
  const states = new Map(moments.map(({ path, footage }) => [path, footage]));
  for (const [path, footage] of states)
    if (footage === 'missing')
      told.push(
        `${printable(path)} isn't where it was: connect the disk that holds it, or index the folder that it was moved to.`,
      );
    else if (footage === 'changed')
      told.push(`${printable(path)} has changed since it was indexed: index it again.`);
  return told;
}

function aboutWords({ as, unknown, near, languages, language }: QueryWords): string[] {
  const told: string[] = [];
  const named = (code: string) => new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code;
  if (as !== undefined) told.push(`Looked for as “${printable(as)}”.`);
  if (languages)
    told.push(
      `This model understands ${languages.map(named).join(' and ')}${language ? `, not ${named(language)}` : ''}: pictures weren't searched. An image-text encoder for more languages helps (see “longview models”).`,
    );
  else if (unknown.length > 0)
    told.push(
      `This model has no name for ${unknown.map((word) => `“${printable(word)}”`).join(', ')}: what it finds is a guess.` +
        (near.length > 0 ? ` It knows ${near.map((word) => `“${word}”`).join(', ')}.` : '') +
        ' A wider image-text encoder helps (see “longview models”).',
    );
  return told;
}

function row(moment: Moment, i: number): string[] {
  return [
    String(i + 1),
    basename(moment.path),
    `${moment.rough ? 'about ' : ''}${range(moment.start, moment.end)}`,
    percent(moment.confidence),
    moment.source,
    moment.reason,
  ];
}
