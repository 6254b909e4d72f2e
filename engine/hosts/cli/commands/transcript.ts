import { allowNewFiles } from '../../../core/private-files.ts';
import {
  lineFormatNames,
  type ExportTranscriptRequest,
  type Transcript,
} from '../../../protocol/transcript.ts';
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
  optionValues: {
    format: '<format>',
    out: '<file>',
    source: '<captions|speech|burnt-in>',
    language: '<code>',
  },
  optionHelp: {
    format: `${lineFormatNames.join(', ')} (default: txt)`,
    out: 'the file to write; it is printed where this is left out',
    source:
      'captions: what came with the file; speech: what was heard; burnt-in: read in the picture (default: the first there is)',
    language: 'of captions in several languages',
    overwrite: 'replace what is there (footage is never replaced)',
  },
  words: { min: 1, max: 1, what: 'the id or path of a video' },
  async run({ engine, terminal, json, signal }, { words, options }) {
    const opened = await engine();
    const { source, language, out, format = 'txt', overwrite } = options as Given;
    // What is none of the known words goes on as it is, so that the engine's message can quote it.
    const wanted = {
      video: words[0],
      ...(source === undefined ? {} : { source }),
      ...(language === undefined ? {} : { language }),
    };
    if (json && out === undefined) return { result: await opened.transcript(wanted) };
    const place = out === undefined ? {} : { place: { file: out, overwrite: overwrite === true } };
    if (out !== undefined) allowNewFiles();
    const result = await opened.exportTranscript({ ...wanted, format }, { ...place, signal });
    if (json) return { result };
    if (result.text !== null) terminal.line(result.text.trimEnd());
    else terminal.line(printable(`${plural(result.moments, 'line')} written to ${result.out}.`));
    for (const note of result.notes) terminal.note(printable(note));
    const { durationSec, heardSec } = await opened.transcript(wanted);
    if (durationSec !== null && heardSec < durationSec)
      terminal.note(`Only the first ${Math.round(heardSec)} s were heard so far.`);
    return { result };
  },
};

interface Given {
  source?: Transcript['source'];
  language?: string;
  out?: string;
  format?: ExportTranscriptRequest['format'];
  overwrite?: boolean;
}
