import type { Slices } from '../slices.ts';
import type { Block } from '../types.ts';
import { limits, linesOfSlice } from '../limits.ts';
import { decodeEntities, tidy } from '../markup.ts';

interface Rates {
  frames: number;
  ticks: number;
}

/** An open element that has times. */
interface Open {
  name: string;
  begin: number;
  end: number;
  language: string | undefined;
}

/** A paragraph that is being read. */
interface Paragraph {
  block: Block;
  /** Its text, with line feeds where lines end. */
  text: string;
}

const tag = /^<(\/?)(?:[\w.-]{1,40}:)?([a-z]{1,20})\b([^<>]*?)(\/?)>$/i;
const deepest = 64;

/**
 * TTML, DFXP and iTT (W3C Timed Text 1): paragraphs with `begin` and `end` or `dur`, which count from the beginning of what
 * they lie in. Times are clock times, with frames too, or offsets ("12.5s", "300f", "5000000t").
 */
export function* timedText(text: string): Slices<Block[]> {
  const blocks: Block[] = [];
  const rates: Rates = { frames: 30, ticks: 0 };
  const open: Open[] = [];
  let paragraph: Paragraph | undefined;
  const finish = () => {
    if (!paragraph) return;
    paragraph.block.lines = paragraph.text
      .split('\n')
      .map((line) => tidy(decodeEntities(line)))
      .filter((line) => line !== '');
    if (paragraph.block.lines.length > 0) blocks.push(paragraph.block);
    paragraph = undefined;
  };
  for (const [index, token] of tokens(text)) {
    if (index % linesOfSlice === linesOfSlice - 1) yield;
    if (blocks.length >= limits.cues) break;
    const match = token.startsWith('<') ? tag.exec(token) : undefined;
    if (!match) {
      // Line ends of the source are spaces, "<br/>" makes a line's end.
      if (paragraph && paragraph.text.length < limits.line && !token.startsWith('<'))
        paragraph.text += token.replaceAll('\n', ' ');
      continue;
    }
    const [, closing, written, attributes, alone] = match;
    const name = written.toLowerCase();
    if (name === 'br' && paragraph) paragraph.text += '\n';
    if (!['tt', 'body', 'div', 'p', 'span'].includes(name)) continue;
    if (closing) {
      if (name === 'p') finish();
      if (open.at(-1)?.name === name) open.pop();
      continue;
    }
    if (name === 'tt') readRates(attributes, rates);
    const timed = openElement(name, attributes, open.at(-1), rates);
    // A part of a paragraph with times of its own is a line of its own.
    if (name === 'p' || (name === 'span' && paragraph && /\bbegin\s*=/.test(attributes))) {
      finish();
      const { begin: start, end, language } = timed;
      paragraph = {
        block: { start, end, lines: [], ...(language === undefined ? {} : { language }) },
        text: '',
      };
    }
    if (!alone && open.length < deepest) open.push(timed);
  }
  finish();
  return blocks;
}

/** Tags and the text between them; comments and other markup come as tags that are none. */
function* tokens(text: string): Generator<[index: number, token: string]> {
  let index = 0;
  for (let at = 0; at < text.length; index++) {
    const past =
      text[at] === '<'
        ? text.indexOf(text.startsWith('<!--', at) ? '-->' : '>', at) + 1
        : text.indexOf('<', at);
    const end = past <= at ? text.length : past;
    yield [index, text.slice(at, Math.min(end, at + limits.line))];
    at = end;
  }
}

function attribute(attributes: string, name: string): string | undefined {
  const match = new RegExp(String.raw`(?:^|[\s:])${name}\s*=\s*(?:"([^"]{0,100})"|'([^']{0,100})')`).exec(
    attributes,
  );
  return match?.[1] ?? match?.[2];
}

function readRates(attributes: string, rates: Rates): void {
  const frameRate = Number(attribute(attributes, 'frameRate'));
  const [numerator, denominator] = (attribute(attributes, 'frameRateMultiplier') ?? '')
    .split(/[\s:]+/)
    .map(Number);
  if (frameRate > 0) rates.frames = frameRate;
  if (numerator > 0 && denominator > 0) rates.frames *= numerator / denominator;
  const ticks = Number(attribute(attributes, 'tickRate'));
  if (ticks > 0) rates.ticks = ticks;
}

function openElement(name: string, attributes: string, parent: Open | undefined, rates: Rates): Open {
  const from = parent?.begin ?? 0;
  const begin = from + (timeOf(attribute(attributes, 'begin'), rates) ?? 0);
  const end = timeOf(attribute(attributes, 'end'), rates);
  const length = timeOf(attribute(attributes, 'dur'), rates);
  const ends = [
    end === undefined ? undefined : from + end,
    length === undefined ? undefined : begin + length,
  ];
  const known = ends.filter((time) => time !== undefined);
  return {
    name,
    begin,
    end: known.length > 0 ? Math.min(...known) : (parent?.end ?? Infinity),
    language: attribute(attributes, 'lang') || parent?.language,
  };
}

function timeOf(text: string | undefined, { frames, ticks }: Rates): number | undefined {
  const clock = /^(\d{1,4}):(\d{1,2}):(\d{1,2})(?:(\.\d{1,9})|[:;](\d{1,3})(?:\.\d+)?)?$/.exec(
    text?.trim() ?? '',
  );
  if (clock) {
    const [, hours, minutes, whole, fraction = '0', frame = '0'] = clock;
    return (
      Number(hours) * 3600 + Number(minutes) * 60 + Number(whole) + Number(fraction) + Number(frame) / frames
    );
  }
  const offset = /^(\d{1,15}(?:\.\d{1,9})?)(h|ms|m|s|f|t)$/.exec(text?.trim() ?? '');
  if (!offset) return undefined;
  const units = { h: 3600, m: 60, s: 1, ms: 0.001, f: 1 / frames, t: 1 / (ticks || frames) };
  return Number(offset[1]) * units[offset[2] as keyof typeof units];
}
