import { pathToFileURL } from 'node:url';
import { fractionOf, type FrameRate } from '../rate.ts';
import { caption, fileName, oneLine } from '../text.ts';
import { formatTimecode, parseTimecode } from '../timecode.ts';
import { frameAt, type ExportVideo } from '../video.ts';
import type { Clip, Timeline } from '../timeline.ts';

/** Where programmes begin by custom. */
const programmeStart = '01:00:00:00';

/**
 * OpenTimelineIO's own JSON (an ASWF project; schemas of versions that all its releases since 0.12 read): a timeline with a
 * picture track and a sound track for each of the footage's, a clip per moment with a marker that says why it was found. A
 * clip's place in its file counts at the file's rate from its timecode, its length at the timeline's, as in the other formats.
 */
export function toOtio(timeline: Timeline): string {
  const { title, clips, videos, rate, dropFrame, notes } = timeline;
  const tracks = Math.max(...videos.map(({ audioStreams }) => audioStreams.length));
  const sound = Array.from({ length: tracks }, (_, index) =>
    track(
      `A${index + 1}`,
      'Audio',
      clips.map((clip) =>
        index < clip.video.audioStreams.length ? clipObject(clip, timeline) : gap(clip, rate),
      ),
    ),
  );
  const pictures = track(
    'V1',
    'Video',
    clips.map((clip) => clipObject(clip, timeline)),
  );
  const object = {
    OTIO_SCHEMA: 'Timeline.1',
    name: oneLine(title),
    global_start_time: time(parseTimecode(programmeStart, timeline)!, rate),
    tracks: {
      OTIO_SCHEMA: 'Stack.1',
      name: 'tracks',
      source_range: null,
      effects: [],
      markers: [],
      children: [pictures, ...sound],
      metadata: {},
    },
    metadata: { longview: { title, dropFrame, notes } },
  };
  return `${JSON.stringify(object, undefined, 2)}\n`;
}

function track(name: string, kind: 'Video' | 'Audio', children: readonly object[]): object {
  return {
    OTIO_SCHEMA: 'Track.1',
    name,
    kind,
    source_range: null,
    effects: [],
    markers: [],
    children,
    metadata: {},
  };
}

function clipObject(clip: Clip, { title, rate }: Timeline): object {
  const { video, moment, sourceIn, recordIn, recordOut, number } = clip;
  const start = time(video.firstFrame + sourceIn, video.rate);
  const why = caption(moment);
  const range = timeRange(start, time(recordOut - recordIn, rate));
  const marker = {
    OTIO_SCHEMA: 'Marker.2',
    name: oneLine(moment.title || title),
    color: 'GREEN',
    marked_range: timeRange(start, time(1, video.rate)),
    metadata: { longview: { why } },
  };
  return {
    OTIO_SCHEMA: 'Clip.1',
    name: fileName(video.path),
    source_range: range,
    media_reference: reference(video),
    effects: [],
    markers: [marker],
    metadata: {
      longview: {
        number,
        why,
        confidence: moment.confidence,
        startTimecode: formatTimecode(video.firstFrame + sourceIn, video),
        ...(video.rateNote === undefined ? {} : { rateNote: video.rateNote }),
      },
    },
  };
}

function gap({ recordIn, recordOut }: Clip, rate: FrameRate): object {
  const source_range = timeRange(time(0, rate), time(recordOut - recordIn, rate));
  return { OTIO_SCHEMA: 'Gap.1', name: '', source_range, effects: [], markers: [], metadata: {} };
}

function reference(video: ExportVideo): object {
  return {
    OTIO_SCHEMA: 'ExternalReference.1',
    name: fileName(video.path),
    target_url: pathToFileURL(video.path).href,
    available_range: timeRange(
      time(video.firstFrame, video.rate),
      time(Math.max(1, frameAt(video.durationSec, video)), video.rate),
    ),
    metadata: {},
  };
}

function time(value: number, rate: FrameRate): object {
  const [numerator, denominator] = fractionOf(rate);
  return { OTIO_SCHEMA: 'RationalTime.1', rate: Number(numerator) / Number(denominator), value };
}

function timeRange(start_time: object, duration: object): object {
  return { OTIO_SCHEMA: 'TimeRange.1', start_time, duration };
}
