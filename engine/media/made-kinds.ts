import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { framesAt } from './frames-at.ts';
import { probe } from './probe.ts';
import { runProcess } from './process.ts';
import type { MediaTools } from './tools.ts';

/** What an ffmpeg does with a made film of one kind. */
export interface MadeKind {
  /** As people know it: "MPEG transport stream". */
  name: string;
  /** What went wrong; undefined: nothing. */
  problem: string | undefined;
}

const timeoutMs = 30_000;
const seconds = 3;
const size = { width: 64, height: 36 };
const mpeg4 = ['-c:v', 'mpeg4', '-g', '25', '-bf', '0'];

/** Containers that people have, each with a codec that every ffmpeg can write. */
const kinds: readonly { name: string; file: string; output: readonly string[] }[] = [
  { name: 'MP4', file: 'a.mp4', output: mpeg4 },
  { name: 'QuickTime', file: 'a.mov', output: mpeg4 },
  { name: 'Matroska', file: 'a.mkv', output: mpeg4 },
  { name: 'WebM', file: 'a.webm', output: ['-c:v', 'libvpx', '-deadline', 'realtime', '-g', '25'] },
  { name: 'AVI', file: 'a.avi', output: mpeg4 },
  { name: 'MPEG transport stream', file: 'a.ts', output: ['-c:v', 'mpeg2video', '-g', '12'] },
  { name: 'MPEG program stream', file: 'a.mpg', output: ['-c:v', 'mpeg2video', '-g', '12'] },
  { name: 'Flash', file: 'a.flv', output: ['-c:v', 'flv', '-g', '25'] },
  { name: 'Windows Media', file: 'a.wmv', output: ['-c:v', 'wmv2', '-g', '25'] },
  { name: 'MXF', file: 'a.mxf', output: ['-c:v', 'mpeg2video', '-g', '12'] },
];

/**
 * Lets an ffmpeg make a film of each kind that matters, look at it, and take a picture out of its middle. Builds differ:
 * some lack a container, some die in one.
 * @returns kinds that it can make; what it can't write can't be tried
 * @throws LongviewError `cancelled`, `ffmpeg-missing`.
 */
export async function tryMadeKinds(tools: MediaTools, signal?: AbortSignal): Promise<MadeKind[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'longview-kinds-'));
  try {
    const tried: MadeKind[] = [];
    for (const { name, file, output } of kinds) {
      const film = path.join(folder, file);
      // Dark first, bright from the middle on: whether a seek lands right can be seen.
      const picture = `color=black:s=64x36:r=25:d=${seconds},drawbox=c=white:t=fill:enable='gte(t,${seconds / 2})',noise=alls=20:allf=t`;
      const args = ['-v', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', picture, ...output, `file:${film}`];
      const { code, signal: died } = await made(tools, args, signal);
      if (died) tried.push({ name, problem: 'ffmpeg ends while it writes it' });
      else if (code === 0) tried.push({ name, problem: await problemOf(film, tools, signal) });
    }
    return tried;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function made(tools: MediaTools, args: readonly string[], signal: AbortSignal | undefined) {
  const { code } = await runProcess(tools.ffmpeg, args, { timeoutMs, signal });
  return { code, signal: code === null };
}

async function problemOf(
  film: string,
  tools: MediaTools,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    const info = await probe(film, { tools, signal });
    if (info.width !== 64 || info.height !== 36) return `its size is read as ${info.width}x${info.height}`;
    if (Math.abs(info.durationSec - seconds) > 0.3) return `its length is read as ${info.durationSec} s`;
    const times = [seconds / 2 - 0.3, seconds / 2 + 0.3];
    const [dark, bright] = await framesAt(info, times, size, { tools, signal });
    const middle = 3 * (18 * 64 + 32);
    return dark[middle] < 80 && bright[middle] > 170
      ? undefined
      : 'another picture is found than the one asked for';
  } catch (error) {
    signal?.throwIfAborted();
    return error instanceof Error ? error.message.replaceAll(film, 'it') : String(error);
  }
}
