import { pathToFileURL } from 'node:url';
import { caption, fileName } from '../text.ts';
import { element, xmlDocument, type Element } from '../xml.ts';
import { frameAt, type ExportVideo } from '../video.ts';
import { formatTimecode, parseTimecode, type Counting } from '../timecode.ts';
import type { FrameRate } from '../rate.ts';
import type { Clip, Timeline } from '../timeline.ts';

/**
 * Final Cut Pro 7's XML (xmeml 4), which Premiere Pro and DaVinci Resolve import: one sequence with a clip per moment
 * on a video track, its sound on audio tracks, and a marker that says why it was found. `in` and `out` count from the
 * start of the file, `start` and `end` from the start of the sequence.
 */
export function toXmeml(timeline: Timeline): string {
  const { title, clips, rate, width, height, notes } = timeline;
  const files = new FileElements(timeline.videos);
  const start = parseTimecode('01:00:00:00', timeline)!;
  const tracks = Math.max(...timeline.videos.map(soundTracks));
  const video = element('video', [
    element('format', [
      element('samplecharacteristics', [rateElement(rate), ...sizeElements({ width, height })]),
    ]),
    element(
      'track',
      clips.map((clip) => clipItem(clip, 'video', 1, files)),
    ),
  ]);
  const audio = Array.from({ length: tracks }, (_, index) =>
    element(
      'track',
      clips
        .filter((clip) => index < soundTracks(clip.video))
        .map((clip) => clipItem(clip, 'audio', index + 1, files)),
    ),
  );
  const sequence: Element = {
    name: 'sequence',
    attributes: { id: 'sequence-1' },
    children: [
      element('name', title),
      element('duration', clips.at(-1)!.recordOut),
      rateElement(rate),
      timecodeElement(start, timeline),
      element('media', [video, ...(tracks > 0 ? [element('audio', audio)] : [])]),
      ...clips.map(markerElement),
    ],
  };
  return xmlDocument('xmeml', notes, { name: 'xmeml', attributes: { version: 4 }, children: [sequence] });
}

/** A channel takes a track; of a stream of more than two channels the first two are laid out. */
function soundTracks({ audioStreams }: ExportVideo): number {
  return audioStreams.reduce((sum, channels) => sum + Math.min(2, channels), 0);
}

function clipItem(clip: Clip, media: 'video' | 'audio', track: number, files: FileElements): Element {
  const { video, number } = clip;
  const linked: [media: string, track: number][] = [
    ['video', 1],
    ...Array.from({ length: soundTracks(video) }, (_, index): [string, number] => ['audio', index + 1]),
  ];
  return {
    name: 'clipitem',
    attributes: { id: itemId(number, media, track) },
    children: [
      element('name', fileName(video.path)),
      element('enabled', 'TRUE'),
      element('duration', lengthOf(video)),
      rateElement(video.rate),
      element('start', clip.recordIn),
      element('end', clip.recordOut),
      element('in', clip.sourceIn),
      element('out', clip.sourceOut),
      files.element(video),
      ...(media === 'audio'
        ? [element('sourcetrack', [element('mediatype', 'audio'), element('trackindex', track)])]
        : []),
      ...linked.map(([kind, index]) =>
        element('link', [
          element('linkclipref', itemId(number, kind, index)),
          element('mediatype', kind),
          element('trackindex', index),
        ]),
      ),
      element('comments', [element('mastercomment1', caption(clip.moment))]),
    ],
  };
}

function itemId(clip: number, media: string, track: number): string {
  return `clip-${clip}-${media}-${track}`;
}

function markerElement({ moment, recordIn, recordOut }: Clip): Element {
  return element('marker', [
    element('name', moment.title),
    element('comment', caption(moment)),
    element('in', recordIn),
    element('out', recordOut),
  ]);
}

/** A file is described where it is first used; later it is named only. */
class FileElements {
  readonly #ids: Map<ExportVideo, string>;
  readonly #described = new Set<ExportVideo>();

  constructor(videos: readonly ExportVideo[]) {
    this.#ids = new Map(videos.map((video, index) => [video, `file-${index + 1}`]));
  }

  element(video: ExportVideo): Element {
    const attributes = { id: this.#ids.get(video)! };
    if (this.#described.has(video)) return { name: 'file', attributes };
    this.#described.add(video);
    const sound = video.audioStreams.map((channels) => element('audio', [element('channelcount', channels)]));
    return {
      name: 'file',
      attributes,
      children: [
        element('name', fileName(video.path)),
        element('pathurl', pathToFileURL(video.path).href.replace('file:///', 'file://localhost/')),
        rateElement(video.rate),
        element('duration', lengthOf(video)),
        timecodeElement(video.firstFrame, video),
        element('media', [
          element('video', [
            element('samplecharacteristics', [rateElement(video.rate), ...sizeElements(video)]),
          ]),
          ...(video.audioChannels > 0 ? sound : []),
        ]),
      ],
    };
  }
}

function lengthOf(video: ExportVideo): number {
  return Math.max(1, frameAt(video.durationSec, video));
}

function sizeElements({ width, height }: { width: number; height: number }): Element[] {
  return [element('width', width), element('height', height)];
}

function rateElement({ timebase, ntsc }: FrameRate): Element {
  return element('rate', [element('timebase', timebase), element('ntsc', ntsc ? 'TRUE' : 'FALSE')]);
}

function timecodeElement(frame: number, counting: Counting): Element {
  return element('timecode', [
    rateElement(counting.rate),
    element('string', formatTimecode(frame, counting)),
    element('frame', frame),
    element('displayformat', counting.dropFrame ? 'DF' : 'NDF'),
  ]);
}
