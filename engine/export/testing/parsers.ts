/** Readers of what the exports write, made from the formats' descriptions and not from the writers, for round trips. */

/** An element as it was read. */
export interface Node {
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  text: string;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string {
  if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(text) || text.includes('<'))
    throw new Error(`not escaped: ${text}`);
  return text.replace(/&(\w+);/g, (_, name: string) => entities[name]);
}

/** Reads an XML document strictly: every tag closed, every character escaped. Comments come back apart. */
export function parseXml(xml: string): { doctype: string; comments: string[]; root: Node } {
  if (!xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n')) throw new Error('no declaration');
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(xml))
    throw new Error('a character XML lacks');
  const comments: string[] = [];
  let doctype = '';
  const holder: Node = { name: '', attributes: {}, children: [], text: '' };
  const open: Node[] = [holder];
  const token =
    /<!--([\s\S]*?)-->|<!DOCTYPE (\w+)>|<\/([\w-]+)>|<([\w-]+)((?: [\w-]+="[^"]*")*)(\/?)>|([^<]+)/y;
  token.lastIndex = xml.indexOf('?>') + 2;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const match = token.exec(xml);
    if (!match) throw new Error(`no XML at ${xml.slice(at, at + 60)}`);
    const [, comment, type, closed, opened, attributes, alone, text] = match;
    if (comment !== undefined) {
      if (comment.includes('--') || comment.endsWith('-')) throw new Error(`not a comment: ${comment}`);
      comments.push(comment.trim());
    } else if (type !== undefined) doctype = type;
    else if (closed !== undefined) {
      if (open.pop()?.name !== closed) throw new Error(`${closed} is not open`);
    } else if (opened !== undefined) {
      const node: Node = { name: opened, attributes: readAttributes(attributes), children: [], text: '' };
      open.at(-1)!.children.push(node);
      if (!alone) open.push(node);
    } else open.at(-1)!.text += unescape(text);
  }
  if (open.length !== 1 || holder.children.length !== 1) throw new Error('not one whole root');
  return { doctype, comments, root: holder.children[0] };
}

function readAttributes(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, unescape(value)]),
  );
}

/** All elements of a name below one, in the document's order. */
export function all(node: Node, name: string): Node[] {
  return node.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)]);
}

/** The child of a name; throws where there is none. */
export function child(node: Node, ...path: string[]): Node {
  return path.reduce((at, name) => {
    const found = at.children.find((one) => one.name === name);
    if (!found) throw new Error(`${at.name} has no ${name}`);
    return found;
  }, node);
}

/** A fraction of a second of FCPXML ("1001/30000s", "5s"), as numerator and denominator. */
export function parseTime(text: string): [bigint, bigint] {
  const match = /^(\d+)(?:\/(\d+))?s$/.exec(text);
  if (!match) throw new Error(`not a time: ${text}`);
  return [BigInt(match[1]), BigInt(match[2] ?? 1)];
}

/** One event of an edit list. */
export interface EdlEvent {
  number: number;
  reel: string;
  channels: string;
  /** Sound channels beyond the second. */
  further: number[];
  times: [sourceIn: string, sourceOut: string, recordIn: string, recordOut: string];
  comments: Record<string, string>;
}

/** Reads a CMX 3600 list. */
export function parseEdl(text: string): {
  title: string;
  dropFrame: boolean;
  notes: string[];
  events: EdlEvent[];
} {
  const lines = text.split('\r\n');
  const title = /^TITLE: (.{0,70})$/.exec(lines[0])?.[1];
  const mode = /^FCM: (NON-)?DROP FRAME$/.exec(lines[1]);
  if (title === undefined || !mode) throw new Error('no TITLE or FCM');
  const events: EdlEvent[] = [];
  const notes: string[] = [];
  const time = '(\\d\\d:\\d\\d:\\d\\d[:;]\\d\\d)';
  const event = new RegExp(`^(\\d{3})  ([A-Z0-9]{1,8}) +(V|B|AA/V) +C +${time} ${time} ${time} ${time}$`);
  for (const line of lines.slice(2)) {
    const match = event.exec(line);
    const comment = /^\* ([A-Z ]+): (.*)$/.exec(line);
    const further = /^AUD  3(?:    (4))?$/.exec(line);
    if (match)
      events.push({
        number: Number(match[1]),
        reel: match[2],
        channels: match[3],
        further: [],
        times: match.slice(4) as EdlEvent['times'],
        comments: {},
      });
    else if (further && events.length > 0) events.at(-1)!.further = further[1] ? [3, 4] : [3];
    else if (comment?.[1] === 'LONGVIEW' && events.length > 0) notes.push(comment[2]);
    else if (comment && events.length > 0) events.at(-1)!.comments[comment[1]] = comment[2];
    else if (line !== '') throw new Error(`not a line of an edit list: ${line}`);
  }
  return { title, dropFrame: !mode[1], notes, events };
}

/** Reads WebVTT with plain cues. */
export function parseVtt(text: string): {
  notes: string[];
  cues: { id: string; start: number; end: number; text: string }[];
} {
  const [head, ...blocks] = text.trimEnd().split(/\n\n+/);
  if (head !== 'WEBVTT') throw new Error('not WebVTT');
  const notes: string[] = [];
  const cues = blocks.flatMap((block) => {
    if (block.includes('-->') && block.startsWith('NOTE')) throw new Error('an arrow in a note');
    if (block.startsWith('NOTE ')) return [notes.push(block.slice(5))].slice(1) as never[];
    const [id, times, ...words] = block.split('\n');
    const match = /^(\d\d):(\d\d):(\d\d\.\d{3}) --> (\d\d):(\d\d):(\d\d\.\d{3})$/.exec(times);
    if (!match || words.length !== 1) throw new Error(`not a cue: ${block}`);
    const [h1, m1, s1, h2, m2, s2] = match.slice(1).map(Number);
    return [{ id, start: h1 * 3600 + m1 * 60 + s1, end: h2 * 3600 + m2 * 60 + s2, text: unescape(words[0]) }];
  });
  return { notes, cues };
}

/** Reads RFC 4180, the first row naming the columns; the apostrophe before a would-be formula goes. */
export function parseCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (!match) throw new Error('not CSV');
    const value = match[1]?.replaceAll('""', '"') ?? match[2];
    rows.at(-1)!.push(/^'[=+@\t\r-]/.test(value) ? value.slice(1) : value);
    if (match[3] === '\r\n') rows.push([]);
  }
  const [names, ...rest] = rows.slice(0, -1);
  return rest.map((row) => {
    if (row.length !== names.length) throw new Error('a row of another length');
    return Object.fromEntries(names.map((name, index) => [name, row[index]]));
  });
}

/** A time of OpenTimelineIO. */
export interface OtioTime {
  value: number;
  rate: number;
}

/** A clip or gap of an OpenTimelineIO track. */
export interface OtioItem {
  schema: string;
  name: string;
  start: OtioTime;
  duration: OtioTime;
  url: string | undefined;
  available: { start: OtioTime; duration: OtioTime } | undefined;
  markers: { name: string; start: OtioTime; duration: OtioTime; metadata: Record<string, unknown> }[];
  metadata: Record<string, unknown>;
}

type Schema = Record<string, unknown> & { OTIO_SCHEMA: string };

/** Reads an OpenTimelineIO file, strictly: every object has its schema and every field that the schema asks for. */
export function parseOtio(text: string): {
  name: string;
  start: OtioTime;
  metadata: Record<string, unknown>;
  tracks: { name: string; kind: string; items: OtioItem[] }[];
} {
  const timeline = of(JSON.parse(text), 'Timeline.1');
  const stack = of(timeline.tracks, 'Stack.1');
  const tracks = (stack.children as unknown[]).map((one) => {
    const track = of(one, 'Track.1');
    return {
      name: track.name as string,
      kind: track.kind as string,
      items: (track.children as unknown[]).map(otioItem),
    };
  });
  return {
    name: timeline.name as string,
    start: otioTime(timeline.global_start_time),
    metadata: timeline.metadata as Record<string, unknown>,
    tracks,
  };
}

function otioItem(value: unknown): OtioItem {
  const item = of(value, 'Clip.1', 'Gap.1');
  const reference =
    item.OTIO_SCHEMA === 'Clip.1' ? of(item.media_reference, 'ExternalReference.1') : undefined;
  return {
    schema: item.OTIO_SCHEMA,
    name: item.name as string,
    ...otioRange(item.source_range),
    url: reference?.target_url as string | undefined,
    available: reference && otioRange(reference.available_range),
    markers: (item.markers as unknown[]).map((one) => {
      const marker = of(one, 'Marker.2');
      return {
        name: marker.name as string,
        ...otioRange(marker.marked_range),
        metadata: marker.metadata as Record<string, unknown>,
      };
    }),
    metadata: item.metadata as Record<string, unknown>,
  };
}

function otioRange(value: unknown): { start: OtioTime; duration: OtioTime } {
  const range = of(value, 'TimeRange.1');
  return { start: otioTime(range.start_time), duration: otioTime(range.duration) };
}

function otioTime(value: unknown): OtioTime {
  const time = of(value, 'RationalTime.1');
  if (typeof time.value !== 'number' || typeof time.rate !== 'number' || !(time.rate > 0))
    throw new Error(`not a time: ${JSON.stringify(value)}`);
  return { value: time.value, rate: time.rate };
}

function of(value: unknown, ...schemas: readonly string[]): Schema {
  const object = value as Schema | null | undefined;
  if (!object || !schemas.includes(object.OTIO_SCHEMA))
    throw new Error(`${JSON.stringify(value)} is no ${schemas.join(' or ')}`);
  return object;
}
