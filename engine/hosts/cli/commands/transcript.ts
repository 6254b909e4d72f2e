import { basename } from 'node:path';
import { LongviewError, quote } from '../../../protocol/errors.ts';
import { transcriptFormatNames } from '../../../protocol/export.ts';
import type { Transcript } from '../../../protocol/transcript.ts';
import { plural, printable } from '../format.ts';
import type { Command } from '../command.ts';

/** `longview transcript`: everything that is said in one video. */
export const transcriptCommand: Command = {
  name: 'transcript',
  summary: 'show or write what is said in a video: its captions, else what was heard',
  usage: '<video>',
  options: {
    format: { type: 'string' },
    out: { type: 'string' },
    source: { type: 'string' },
    language: { type: 'string' },
    overwrite: { type: 'boolean' },
  },
  optionValues: { format: '<format>', out: '<file>', source: '<speech|captions>', language: '<code>' },
  optionHelp: {
    format: `${transcriptFormatNames.join(', ')} (default: txt)`,
    out: 'the file to write; it is printed where this is left out',
    source:
      'speech: what was heard; captions: what came with the file (default: captions where there are some)',
    language: 'of captions in several languages',
    overwrite: 'replace what is there (footage is never replaced)',
  },
  words: { min: 1, max: 1, what: 'the id or path of a video' },
  async run({ engine, terminal, json }, { words, options }) {
    const { exportTranscript } = await import('../../../export/index.ts');
    const opened = await engine();
    // What is none of the known words goes on as it is, so that the engine's message can quote it.
    const { source, language } = options as { source?: Transcript['source']; language?: string };
    const said = await opened.transcript({
      video: words[0],
      ...(source === undefined ? {} : { source }),
      ...(language === undefined ? {} : { language }),
    });
    const { out, format = 'txt' } = options as { out?: string; format?: string };
    if (json && out === undefined) return { result: said };
    if (said.lines.length === 0) throw nothingSaid(said);
    const footage = (await opened.library()).videos.map(({ path }) => path);
    const material = { title: basename(said.path), ...said };
    const { text, ...result } = await exportTranscript(material, {
      ...{ format, footage, overwrite: options.overwrite === true },
      ...(out === undefined ? {} : { out }),
    });
    if (json) return { result };
    if (text !== undefined) terminal.line(text.trimEnd());
    else terminal.line(printable(`${plural(result.lines, 'line')} written to ${result.out}.`));
    if (said.durationSec !== null && said.heardSec < said.durationSec)
      terminal.note(`Only the first ${Math.round(said.heardSec)} s were heard so far.`);
    return { result };
  },
};

function nothingSaid({ path, source, heardSec }: Transcript): LongviewError {
  const name = quote(basename(path));
  if (source === 'speech' && heardSec > 0)
    return new LongviewError(
      'nothing-to-export',
      `Nobody was heard to speak in ${name}.`,
      'If somebody speaks there, try a larger speech model (longview models import FOLDER).',
    );
  return new LongviewError(
    'nothing-to-export',
    source === 'captions' ? `${name} has no such captions.` : `Nothing is known of what is said in ${name}.`,
    'Have it heard (longview index VIDEO --with speech), or put a subtitle file beside it and index it again.',
  );
}
