// Films of the test file's own, and how moments of them are exported.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { exportResultSchema } from '../../protocol/export.ts';
import { ffmpeg, h264, makeCodedVideo, shownFrames } from '../../media/testing/coded-video.ts';
import { exportMaterial, type ExportRequest } from '../export.ts';
import { type Material } from '../material.ts';

/** Goes away when the file's tests have ended. */
export const folder = mkdtempSync(path.join(tmpdir(), 'longview-export-'));
after(() => rmSync(folder, { recursive: true, force: true }));
/** A path in {@link folder}. */
export const inFolder = (name: string) => path.join(folder, name);

/** Four seconds of a tone. */
export const sound = ['-f', 'lavfi', '-i', 'sine=duration=4:sample_rate=48000'];
/** 29.97 frames a second. */
export const ntsc = ['-vf', 'settb=1/30000,setpts=N*1001', '-r', '30000/1001'];

/** 4 seconds of 29.97 with B-frames, a key frame a second, and sound. */
export const mp4 = inFolder('park.mp4');
makeCodedVideo(mp4, {
  frames: 120,
  fps: 30,
  inputs: sound,
  output: [...ntsc, ...h264, '-c:a', 'aac', '-timecode', '00:59:59;00'],
});
/** The same pictures in Matroska, whose times are whole milliseconds. */
export const mkv = inFolder('park.mkv');
ffmpeg(['-i', mp4, '-map', '0:v', '-map', '0:a', '-c', 'copy', '-metadata:s:v:0', 'timecode=', mkv]);
/** Sound that starts before the picture. */
export const late = inFolder('late.mp4');
makeCodedVideo(late, {
  frames: 60,
  fps: 25,
  inputs: sound,
  output: ['-vf', 'setpts=PTS+0.613/TB', '-vsync', 'passthrough', ...h264, '-c:a', 'aac'],
});
/** Frames that come unevenly. */
export const uneven = inFolder('uneven.mkv');
makeCodedVideo(uneven, {
  frames: 90,
  output: ['-vf', "setpts='(N*0.03+0.25*floor(N/7)+0.011*mod(N,3))/TB'", '-vsync', 'passthrough', ...h264],
});

/** Moments of a film. */
export function material(file: string, spans: readonly (readonly [start: number, end: number])[]): Material {
  return {
    title: 'a dog',
    confident: true,
    moments: spans.map(([start, end]) => ({
      videoId: 'v1',
      start,
      end,
      title: 'a dog',
      note: 'saw dog',
      confidence: 0.9,
    })),
    paths: new Map([['v1', file]]),
  };
}

/** Stretches in frames, as seconds by ffprobe's presentation times. */
export function spansOf(file: string, stretches: readonly (readonly [from: number, past: number])[]) {
  // All these files' timelines begin at 0, so that ffprobe's times are theirs.
  const shown = shownFrames(file);
  return { shown, spans: stretches.map(([from, past]) => [shown[from].pts, shown[past].pts] as const) };
}

let count = 0;
/** Exports moments to a file. @returns what is told of it, and the file's text */
export const write = async (from: Material, request: Partial<ExportRequest> & { format: string }) => {
  const out = inFolder(`out-${++count}.${request.format}`);
  const result = await exportMaterial(from, { out, ...request });
  exportResultSchema.parse(result);
  return { result, text: result.clips ? '' : readFileSync(out, 'utf8') };
};

/** Stretches of the films, in frames. */
export const stretches = [
  [0, 1],
  [17, 43],
  [59, 61],
] as const;
