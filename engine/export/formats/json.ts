import { fractionOf, rateName, type FrameRate } from '../rate.ts';
import { formatTimecode } from '../timecode.ts';
import type { Clip, Timeline } from '../timeline.ts';
import type { ExportVideo } from '../video.ts';

/** One JSON object with everything that is known: the timeline, its videos, and the moments in seconds and frames. */
export function toJson(timeline: Timeline): string {
  const { title, rate, dropFrame, videos, clips, notes } = timeline;
  const object = {
    format: 'longview-moments',
    version: 1,
    title,
    timeline: { ...rateFields(rate), dropFrame },
    notes,
    videos: videos.map(videoFields),
    moments: clips.map(momentFields),
  };
  return `${JSON.stringify(object, undefined, 2)}\n`;
}

function rateFields(rate: FrameRate): { frameRate: string; numerator: number; denominator: number } {
  const [numerator, denominator] = fractionOf(rate);
  return { frameRate: rateName(rate), numerator: Number(numerator), denominator: Number(denominator) };
}

function videoFields(video: ExportVideo): object {
  const { id, path, durationSec, width, height, rate, dropFrame, variable, rateNote, firstFrame } = video;
  return {
    id,
    path,
    durationSec,
    width,
    height,
    ...rateFields(rate),
    dropFrame,
    variableFrameRate: variable,
    rateNote: rateNote ?? null,
    startTimecode: formatTimecode(firstFrame, video),
  };
}

function momentFields({ number, moment, video, sourceIn, sourceOut, startSec, endSec }: Clip): object {
  const { title, note, confidence, score, source, checked } = moment;
  return {
    number,
    videoId: video.id,
    start: startSec,
    end: endSec,
    startFrame: sourceIn,
    endFrame: sourceOut,
    startTimecode: formatTimecode(video.firstFrame + sourceIn, video),
    endTimecode: formatTimecode(video.firstFrame + sourceOut, video),
    title,
    why: note,
    confidence,
    score: score ?? null,
    source: source ?? null,
    checked: checked ?? null,
  };
}
