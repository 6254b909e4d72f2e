import type { RawProbe, RawStream } from './raw-probe.ts';

type Tags = Record<string, string>;

/**
 * Reads the listing that `ffmpeg -i FILE` prints on stderr into the form of ffprobe's JSON, for machines that have
 * ffmpeg but no ffprobe (ffmpeg-static brings none). The listing's form is fixed by libavformat/dump.c: an "Input #0"
 * line, "  Duration:", "  Chapters:", "  Stream #0:0…" lines, each with "Metadata:" and "Side data:" below. Tags are
 * indented by four or more, so no tag's text can be mistaken for a stream.
 * @returns undefined when ffmpeg recognised no input.
 */
export function parseBanner(log: string): RawProbe | undefined {
  const lines = log.split(/\r?\n/);
  const first = lines.findIndex((line) => /^Input #0, /.test(line));
  if (first < 0) return undefined;
  const format = /^Input #0, (.*), from '/.exec(lines[first])?.[1] ?? '';
  const raw: RawProbe = {
    streams: [],
    chapters: [],
    packets: [],
    format: {
      format_name: format,
      start_time: undefined,
      duration: undefined,
      probe_score: lowScore(log),
      tags: {},
    },
  };
  let tags: Tags = raw.format.tags;
  let stream: RawStream | undefined;
  // A file name may contain line ends; the line closes with "':".
  const header = lines.findIndex((line, index) => index >= first && line.endsWith("':"));
  for (const line of lines.slice(header + 1)) {
    if (/^\S/.test(line)) break; // "At least one output file must be specified"
    if (/^ {2}Duration: /.test(line)) readDuration(line, raw);
    else if (/^ {2,4}Chapter #0:\d+/.test(line)) tags = readChapter(line, raw);
    else if (/^ {2,4}Stream #0:\d+/.test(line)) {
      stream = readStream(line);
      raw.streams.push(stream);
      tags = stream.tags;
    } else readDetail(line, tags, stream);
  }
  return raw;
}

function lowScore(log: string): number | undefined {
  const match = /detected only with low score of (\d+)/.exec(log);
  return match ? Number(match[1]) : undefined;
}

function readDuration(line: string, raw: RawProbe): void {
  const clock = /Duration: (\d+):(\d+):(\d+(?:\.\d+)?)/.exec(line);
  if (clock) raw.format.duration = Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
  const start = /start: (-?\d+(?:\.\d+)?)/.exec(line);
  if (start) raw.format.start_time = Number(start[1]);
}

function readChapter(line: string, raw: RawProbe): Tags {
  const match = /start (-?[\d.]+), end (-?[\d.]+)/.exec(line);
  const chapter = { start_time: Number(match?.[1]), end_time: Number(match?.[2]), tags: {} };
  raw.chapters.push(chapter);
  return chapter.tags;
}

function readDetail(line: string, tags: Tags, stream: RawStream | undefined): void {
  const rotation = /^ +display ?matrix: .*?rotation of (-?[\d.]+) degrees/i.exec(line);
  if (rotation) {
    stream?.side_data_list.push({ rotation: Number(rotation[1]) });
    return;
  }
  const tag = /^ {4,}(\S[^:]*?) *: (.*)$/.exec(line);
  if (tag && !(tag[1] in tags)) tags[tag[1]] = tag[2]!;
}

function readStream(line: string): RawStream {
  // What stands between the number and the kind (an id, a language, a group) differs between versions.
  const head = /^ +Stream #0:(\d+)(?:\[[^\]]*\])*(?:\(([\w-]+)\))?[^:]*: (\w+): (.*)$/.exec(line);
  const description = head?.[4] ?? '';
  const language = head?.[2];
  const size = /, (\d+)x(\d+)/.exec(description);
  const aspect = /\bSAR (\d+:\d+)/.exec(description)?.[1];
  const [codec = '', pixels = ''] = splitTop(description);
  return {
    index: Number(head?.[1] ?? 0),
    codec_type: head?.[3]?.toLowerCase(),
    codec_name: /^\S+/.exec(codec)?.[0],
    profile: /^\S+ \(([^/)]+)\)/.exec(codec)?.[1],
    pix_fmt: /^\w+/.exec(pixels)?.[0],
    width: size ? Number(size[1]) : undefined,
    height: size ? Number(size[2]) : undefined,
    sample_aspect_ratio: aspect,
    ...colours(pixels),
    field_order: /\b(top first|bottom first|top coded first|bottom coded first)\b/.exec(pixels)?.[1],
    r_frame_rate: rate(description, 'tbr'),
    avg_frame_rate: rate(description, 'fps') ?? rate(description, 'tbr'),
    start_time: undefined,
    duration: undefined,
    channels: channelCount(description),
    disposition: dispositions(description),
    tags: language ? { language } : {},
    side_data_list: [],
  };
}

/** Splits "h264 (High) (avc1 / 0x31), yuv420p(tv, bt709), 1280x720" at the commas outside parentheses. */
function splitTop(description: string): string[] {
  return description.split(/, (?![^(]*\))/);
}

/** "yuv420p10le(tv, bt2020nc/bt2020/smpte2084, progressive)": matrix, primaries, transfer; one word where all are one. */
function colours(pixels: string): Pick<RawStream, 'color_primaries' | 'color_transfer'> {
  const inside = /\(([^)]*)\)/.exec(pixels)?.[1]?.split(', ') ?? [];
  const named = inside.find((part) => /^[\w-]+\/[\w-]+\/[\w-]+$/.test(part))?.split('/');
  const all = inside.find((part) => /^(bt|smpte|arib)/.test(part));
  return { color_primaries: named?.[1] ?? all, color_transfer: named?.[2] ?? all };
}

function rate(description: string, unit: 'fps' | 'tbr'): string | undefined {
  const match = new RegExp(`, ([\\d.]+)(k?) ${unit}\\b`).exec(description);
  if (!match) return undefined;
  return exactRate(Number(match[1]) * (match[2] ? 1000 : 1));
}

/** ffmpeg prints rates with two decimals; the NTSC ones are known to be n*1000/1001. */
function exactRate(value: number): string {
  const ntsc = (Math.ceil(value) * 1000) / 1001;
  if (Math.abs(value - ntsc) < 0.006 && !Number.isInteger(value)) return `${Math.ceil(value) * 1000}/1001`;
  return `${Math.round(value * 1000)}/1000`;
}

function channelCount(description: string): number | undefined {
  const layout = /, \d+ Hz, (?:(\d+) channels|(mono)|(stereo)|(\d+)\.(\d)(?:\.(\d))?)/.exec(description);
  if (!layout) return undefined;
  const [, plain, mono, stereo, ...speakers] = layout;
  if (plain) return Number(plain);
  if (mono || stereo) return mono ? 1 : 2;
  return speakers.reduce((sum, count) => sum + Number(count ?? 0), 0);
}

function dispositions(description: string): Record<string, number> {
  const set: Record<string, number> = {};
  if (/\(attached pic\)/.test(description)) set.attached_pic = 1;
  if (/\(default\)/.test(description)) set.default = 1;
  return set;
}
