import { pathToFileURL } from 'node:url';
import { fractionOf, type FrameRate } from '../rate.ts';
import { caption, fileName } from '../text.ts';
import { element, xmlDocument, type Element } from '../xml.ts';
import { frameAt, type ExportVideo } from '../video.ts';
import type { Clip, Timeline } from '../timeline.ts';

/**
 * FCPXML 1.8, which Final Cut Pro (10.4 and later) and DaVinci Resolve import: an event with one project, a clip per
 * moment, each with a marker that says why it was found. Times are fractions of a second on whole frames.
 */
export function toFcpxml(timeline: Timeline): string {
  const { title, clips, videos, rate, dropFrame, notes } = timeline;
  const last = clips.at(-1)!;
  const formats = formatIds(timeline);
  const assets = new Map(videos.map((video, index) => [video, `asset${index + 1}`]));
  const sequence: Element = {
    name: 'sequence',
    attributes: {
      format: formats.get(key(rate, timeline))!.id,
      tcStart: '0s',
      tcFormat: dropFrame ? 'DF' : 'NDF',
      duration: time(last.recordOut, rate),
    },
    children: [
      element(
        'spine',
        clips.map((clip) => assetClip(clip, timeline, assets.get(clip.video)!)),
      ),
    ],
  };
  const project: Element = { name: 'project', attributes: { name: title }, children: [sequence] };
  return xmlDocument('fcpxml', notes, {
    name: 'fcpxml',
    attributes: { version: '1.8' },
    children: [
      element('resources', [
        ...[...formats.values()].map(formatElement),
        ...videos.map((video) =>
          assetElement(video, assets.get(video)!, formats.get(key(video.rate, video))!.id),
        ),
      ]),
      element('library', [{ name: 'event', attributes: { name: 'Longview' }, children: [project] }]),
    ],
  });
}

interface Format {
  id: string;
  rate: FrameRate;
  width: number;
  height: number;
}

function formatIds(timeline: Timeline): Map<string, Format> {
  const formats = new Map<string, Format>();
  for (const { rate, width, height } of [timeline, ...timeline.videos]) {
    const name = key(rate, { width, height });
    if (!formats.has(name)) formats.set(name, { id: `format${formats.size + 1}`, rate, width, height });
  }
  return formats;
}

function key(rate: FrameRate, { width, height }: { width: number; height: number }): string {
  return [rate.timebase, rate.ntsc, width, height].join();
}

function formatElement({ id, rate, width, height }: Format): Element {
  return { name: 'format', attributes: { id, frameDuration: time(1, rate), width, height } };
}

function assetElement(video: ExportVideo, id: string, format: string): Element {
  const { path, rate, firstFrame, durationSec, audioChannels, audioStreams } = video;
  const sound = audioChannels > 0 ? { hasAudio: 1, audioSources: audioStreams.length, audioChannels } : {};
  return {
    name: 'asset',
    attributes: {
      id,
      name: fileName(path),
      src: pathToFileURL(path).href,
      start: time(firstFrame, rate),
      duration: time(Math.max(1, frameAt(durationSec, video)), rate),
      hasVideo: 1,
      format,
      ...sound,
    },
  };
}

function assetClip(clip: Clip, { rate, title }: Timeline, asset: string): Element {
  const { video, moment } = clip;
  const start = time(video.firstFrame + clip.sourceIn, video.rate);
  const why = caption(moment);
  return {
    name: 'asset-clip',
    attributes: {
      ref: asset,
      name: fileName(video.path),
      offset: time(clip.recordIn, rate),
      start,
      duration: time(clip.recordOut - clip.recordIn, rate),
      tcFormat: video.dropFrame ? 'DF' : 'NDF',
    },
    children: [
      element('note', why),
      {
        name: 'marker',
        attributes: { start, duration: time(1, video.rate), value: moment.title || title, note: why },
      },
    ],
  };
}

/** Frames as FCPXML writes times: "1001/30000s", whole seconds as "5s". */
function time(frames: number, rate: FrameRate): string {
  const [numerator, denominator] = fractionOf(rate);
  const dividend = BigInt(frames) * denominator;
  return dividend % numerator === 0n ? `${dividend / numerator}s` : `${dividend}/${numerator}s`;
}
