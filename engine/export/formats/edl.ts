import { LongviewError } from '../../protocol/errors.ts';
import { convertFrames, hasDropFrame, rateName, sameRate } from '../rate.ts';
import { caption, fileName, oneLine } from '../text.ts';
import { formatTimecode, framesOfDay, parseTimecode } from '../timecode.ts';
import type { Clip, Timeline } from '../timeline.ts';
import type { ExportVideo } from '../video.ts';
import { plural } from '../../protocol/plural.ts';

/** Event numbers have three digits. */
const mostEvents = 999;

/** Where programmes begin by custom. */
const programmeStart = '01:00:00:00';

/**
 * A CMX 3600 edit decision list: one cut per moment. All its timecodes count at the timeline's rate, those of the
 * sources too, as the format has one rate only.
 * @throws LongviewError `bad-argument` for more than 999 moments, and where they last longer than 23 hours.
 */
export function toEdl(timeline: Timeline): string {
  const { clips, title, rate, dropFrame, notes } = timeline;
  if (clips.length > mostEvents)
    throw cannotHold(
      `at most ${plural(mostEvents, 'moment')}, and these are ${clips.length}`,
      'Give --limit 999',
    );
  const reels = reelNames(timeline.videos);
  const counted = `${rateName(rate)} frames per second${dropFrame ? ', drop-frame' : hasDropFrame(rate) ? ', non-drop-frame' : ''}`;
  const about = [counted, ...notes].map((note) => `* LONGVIEW: ${oneLine(note)}`);
  const [first, ...rest] = clips.map((clip) => event(clip, timeline, reels.get(clip.video)!));
  return [
    `TITLE: ${oneLine(title).slice(0, 70)}`,
    `FCM: ${dropFrame ? 'DROP FRAME' : 'NON-DROP FRAME'}`,
    '',
    // Strict readers take comments behind an event only.
    ...[[...first, ...about], ...rest].flatMap((lines) => [...lines, '']),
  ].join('\r\n');
}

function event(clip: Clip, timeline: Timeline, reel: string): string[] {
  const { video, number } = clip;
  // A source at the timeline's rate is named by its own timecode, which may skip numbers where the timeline doesn't.
  const own = sameRate(video.rate, timeline.rate) ? video : timeline;
  const source = convertFrames(video.firstFrame + clip.sourceIn, video.rate, timeline.rate);
  const record = parseTimecode(programmeStart, timeline)! + clip.recordIn;
  const length = clip.recordOut - clip.recordIn;
  const channels = ['V', 'B'][video.audioChannels] ?? 'AA/V';
  // The third and fourth channel stand on a line of their own; the format has no more.
  const further = ['AUD  3', 'AUD  3    4'][Math.min(video.audioChannels, 4) - 3];
  if (record + length > framesOfDay(timeline))
    throw cannotHold('a programme that ends before 24:00:00:00', 'Give fewer moments');
  const times = [
    formatTimecode(source, own),
    formatTimecode(source + length, own),
    formatTimecode(record, timeline),
    formatTimecode(record + length, timeline),
  ];
  return [
    `${String(number).padStart(3, '0')}  ${reel.padEnd(8)} ${channels.padEnd(5)} C        ${times.join(' ')}`,
    ...(further === undefined || !video.audioStreams.every((one) => one <= 2) ? [] : [further]),
    `* FROM CLIP NAME: ${oneLine(fileName(video.path))}`,
    `* SOURCE FILE: ${oneLine(video.path)}`,
    `* COMMENT: ${caption(clip.moment)}`,
  ];
}

/** Eight letters and digits at most, made of the file's name, different for each video. */
function reelNames(videos: readonly ExportVideo[]): Map<ExportVideo, string> {
  const names = new Map<ExportVideo, string>();
  const taken = new Set<string>(['AX', 'BL']);
  for (const video of videos) {
    const stem = fileName(video.path)
      .replace(/\.[^.]*$/, '')
      .normalize('NFKD')
      .toUpperCase();
    const base = stem.replace(/[^A-Z0-9]/g, '').slice(0, 8) || 'VIDEO';
    let name = base;
    for (let count = 2; taken.has(name); count++) name = base.slice(0, 8 - String(count).length) + count;
    taken.add(name);
    names.set(video, name);
  }
  return names;
}

function cannotHold(what: string, remedy: string): LongviewError {
  return new LongviewError(
    'bad-argument',
    `An EDL holds ${what}.`,
    `${remedy}, or export as fcpxml, xmeml or csv.`,
  );
}
