/** A line of a subtitle: when it is shown, in seconds on the video's own timeline, and what it says. */
export interface Cue {
  start: number;
  end: number;
  text: string;
}

/** Formats that are read without ffmpeg, by file name extension. */
export type SubtitleFormat = 'srt' | 'vtt' | 'ass' | 'ssa';

/**
 * Reads the lines of a subtitle file. Forgiving, as players are: what isn't a cue is passed over. Styling is taken
 * out, the lines of a cue become one, and what a rolling caption repeats from the cue before is said once.
 */
export function parseCues(source: string, format: SubtitleFormat): Cue[] {
  const text = source.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const blocks = format === 'srt' || format === 'vtt' ? timedBlocks(text) : dialogues(text);
  const cues: Cue[] = [];
  let before: string[] = [];
  for (const { start, end, lines } of blocks.sort((a, b) => a.start - b.start)) {
    const said = lines.map(plain).filter((line) => line !== '');
    const fresh = said.filter((line) => !before.includes(line));
    const last = cues.at(-1);
    // The same words again: the line stays longer.
    if (fresh.length === 0 && last && start <= last.end + 0.5) last.end = Math.max(last.end, end);
    else if (said.length > 0) cues.push({ start, end, text: (fresh.length > 0 ? fresh : said).join(' ') });
    before = said;
  }
  return cues;
}

interface Block {
  start: number;
  end: number;
  lines: string[];
}

const time = String.raw`(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})`;
const range = new RegExp(String.raw`^\s*${time}\s*-->\s*${time}`);

/** SRT and WebVTT: a line of times, then text up to an empty line. */
function timedBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const line of text.split('\n')) {
    const times = range.exec(line);
    if (times) {
      // Files without empty lines: the number of this cue was taken for text.
      if (open && /^\d+$/.test(open.lines.at(-1)?.trim() ?? '')) open.lines.pop();
      open = { start: seconds(times.slice(1, 5)), end: seconds(times.slice(5, 9)), lines: [] };
      if (open.end >= open.start) blocks.push(open);
    } else if (line.trim() === '') open = undefined;
    else open?.lines.push(line);
  }
  return blocks;
}

/** ASS and SSA: "Dialogue:" lines of [Events], whose fields the "Format:" line names; the text is the last one. */
function dialogues(text: string): Block[] {
  const blocks: Block[] = [];
  let names: string[] = [];
  for (const line of text.split('\n')) {
    const [, key, rest] = /^\s*(Format|Dialogue)\s*:\s*(.*)$/i.exec(line) ?? [];
    if (key === undefined) continue;
    if (key.toLowerCase() === 'format') {
      names = rest.split(',').map((name) => name.trim().toLowerCase());
      continue;
    }
    const fields = rest.split(',');
    const [from, to, said] = ['start', 'end', 'text'].map((name) => names.indexOf(name));
    if (from < 0 || to < 0 || said < 0 || fields.length <= said) continue;
    const [start, end] = [from, to].map((field) =>
      /^\s*(\d+):(\d{1,2}):(\d{1,2})[.:](\d{1,3})/.exec(fields[field]),
    );
    if (!start || !end) continue;
    const lines = fields
      .slice(said)
      .join(',')
      .split(/\\[Nn]/);
    // Drawings are not text.
    if (/\{[^}]*\\p[1-9]/.test(lines[0])) continue;
    blocks.push({ start: seconds(start.slice(1)), end: seconds(end.slice(1)), lines });
  }
  return blocks;
}

function seconds([hours, minutes, whole, fraction]: readonly (string | undefined)[]): number {
  const part = Number(fraction) / 10 ** (fraction?.length ?? 0);
  return Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(whole) + part;
}

const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
  lrm: '',
  rlm: '',
  quot: '"',
};

/** A line without tags, override codes and entities. */
function plain(line: string): string {
  return line
    .replace(/\{[^}]*\}/g, '')
    .replace(/<\/?[a-z\d][^>]*>/gi, '')
    .replace(/&(amp|lt|gt|nbsp|lrm|rlm|quot);/g, (_, name: string) => entities[name])
    .replace(/\\h/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
