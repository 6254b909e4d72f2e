import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { findMediaTools } from '../../engine/media/index.ts';
import { runProcess } from '../../engine/media/process.ts';
import { makeSample } from '../search/queries.ts';

/** What is measured: a drawn film that moves, a lecture that stands, and one as cameras record. */
export interface Films {
  /** 10 minutes, 720p. */
  sample: string;
  /** 3 minutes of four slides, 720p with a sensor's noise. */
  still: string;
  /** 3 minutes, 1080p H.264, a key frame every 3 s. */
  camera: string;
  /** The same, repeated to half an hour: 1.4 GB, which nobody needs afterwards. */
  long: string;
}

/** Makes the films that aren't there yet; a minute or two. */
export async function makeFilms(root: string, tell: (name: string) => void): Promise<Films> {
  const folder = join(root, 'data', 'bench', 'index');
  mkdirSync(folder, { recursive: true });
  const sample = await makeSample(root);
  const { ffmpeg } = await findMediaTools();
  const make = async (name: string, args: readonly string[]) => {
    const path = join(folder, name);
    if (existsSync(path)) return path;
    tell(name);
    const half = join(folder, `half-${name}`);
    const { code, stderr } = await runProcess(ffmpeg, ['-v', 'error', '-y', ...args, half], {
      timeoutMs: 900_000,
    });
    if (code !== 0) throw new Error(`ffmpeg could not make ${name}: ${stderr}`);
    renameSync(half, path);
    return path;
  };
  const x264 = ['-an', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  // One picture of each 45 seconds, shown for as long.
  const slides = 'fps=1/45:round=up,fps=25,noise=alls=3:allf=t';
  const still = await make('still.mp4', ['-t', '180', '-i', sample, '-vf', slides, '-t', '180', ...x264]);
  const scaled = 'scale=1920:1080,noise=alls=5:allf=t';
  const keys = ['-g', '75', '-keyint_min', '75', '-sc_threshold', '0', '-b:v', '6M'];
  const camera = await make('camera.mp4', ['-t', '180', '-i', sample, '-vf', scaled, ...x264, ...keys]);
  const long = await make('long.mp4', ['-stream_loop', '9', '-i', camera, '-c', 'copy']);
  return { sample, still, camera, long };
}
