import type { Slices } from '../slices.ts';
import type { Block } from '../types.ts';
import { limits, linesOf, seconds } from '../limits.ts';
import { tidy } from '../markup.ts';

/** Of [Events] where no "Format:" line names them. */
const usual = 'layer,start,end,style,name,marginl,marginr,marginv,effect,text'.split(',');
const clock = /^\s*(\d{1,4}):(\d{1,2}):(\d{1,2})(?:[.:,](\d{1,3}))?/;

/**
 * ASS and SSA: "Dialogue:" lines of [Events], whose fields the "Format:" line names; the text is the last one. Override
 * codes (styles, positions, karaoke) and drawings are not text. Where a karaoke script made lines for every syllable
 * (effect "fx"), the line that it made them of is kept as a comment and read instead.
 */
export function* dialogues(text: string): Slices<Block[]> {
  const blocks: Block[] = [];
  let names = usual;
  let inEvents = true;
  for (const line of linesOf(text)) {
    if (line === undefined) {
      yield;
      continue;
    }
    const section = /^\s*\[([^\]]{1,40})\]/.exec(line);
    if (section) inEvents = /^events$/i.test(section[1].trim());
    const [, key, rest] = /^\s*(Format|Dialogue|Comment)\s*:(.*)$/i.exec(line) ?? [];
    if (key === undefined || !inEvents) continue;
    if (key.toLowerCase() === 'format') names = rest.split(',').map((name) => name.trim().toLowerCase());
    else {
      const block = dialogue(key.toLowerCase() === 'comment', rest, names);
      if (block && blocks.push(block) >= limits.cues) break;
    }
  }
  return blocks;
}

function dialogue(isComment: boolean, rest: string, names: readonly string[]): Block | undefined {
  const fields = rest.split(',');
  const [from, to, said] = ['start', 'end', 'text'].map((name) => names.indexOf(name));
  if (from < 0 || to < 0 || said < 0 || fields.length <= said) return undefined;
  const effect = fields[names.indexOf('effect')]?.trim().toLowerCase() ?? '';
  if (isComment ? effect !== 'karaoke' : effect === 'fx') return undefined;
  const [start, end] = [from, to].map((field) => clock.exec(fields[field]));
  if (!start || !end) return undefined;
  const lines = assText(fields.slice(said).join(','))
    .split(/\\[Nn]/)
    .map(tidy)
    .filter((line) => line !== '');
  if (lines.length === 0) return undefined;
  const name = tidy(fields[names.indexOf('name')] ?? fields[names.indexOf('actor')] ?? '');
  return {
    ...{ start: seconds(start.slice(1)), end: seconds(end.slice(1)), lines },
    ...(name === '' ? {} : { speaker: name.slice(0, 100) }),
  };
}

/** Text outside braces and drawings: "{\p1}" begins a drawing, "{\p0}" ends it. */
function assText(text: string): string {
  let result = '';
  let drawing = false;
  for (let at = 0; at < text.length;) {
    const open = text.indexOf('{', at);
    const past = open < 0 ? -1 : text.indexOf('}', open);
    const end = past < 0 ? text.length : open;
    if (!drawing) result += text.slice(at, end);
    if (past < 0) break;
    const modes = text.slice(open, past).match(/\\p\d+/g);
    if (modes) drawing = !/^\\p0+$/.test(modes.at(-1)!);
    at = past + 1;
  }
  return result;
}
