import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { runProcess } from '../../engine/media/process.ts';
import { findMediaTools, type MediaTools } from '../../engine/media/tools.ts';
import { LongviewError, throwIfCancelled } from '../../engine/protocol/errors.ts';
import type { OnProgress } from '../../engine/protocol/progress.ts';
import { placeHeights } from './backgrounds/index.ts';
import { prepareScene } from './film-scene.ts';
import { filmFps, planFilm, truthOf, type Plan } from './plan.ts';
import { composeSound, sampleRate } from './sound.ts';
import { storyboard } from './storyboard.ts';
import { truthSchema, type Truth } from './truth.ts';
import type { Scene } from './types.ts';

/** Where the sample recording goes and what it is like. */
export interface SampleRequest {
  /** The folder; made if missing. */
  dir: string;
  onProgress?: OnProgress;
  signal?: AbortSignal;
  /** Default 1. */
  seed?: number;
  /** Default 600. */
  durationSec?: number;
  /** Default: the whole storyboard. */
  scenes?: readonly Scene[];
  tools?: MediaTools;
}

/** The sample recording. */
export interface Sample {
  /** Path of the video. */
  video: string;
  /** Path of the truth as JSON; see truth.ts. */
  truthFile: string;
  truth: Truth;
  /** False when it was there already. */
  made: boolean;
}

const VIDEO = 'sample.mp4';
const TRUTH = 'sample.truth.json';
const SCENE_TIMEOUT_MS = 300_000;
/** Joining the scenes and encoding the sound, as a share of all the work. */
const LAST_SHARE = 0.08;

/**
 * Makes the sample recording: about ten minutes of drawn film, 1280x720, 25 frames a second, H.264 with AAC sound, the
 * same for the same seed, and beside it what it shows and when. Does nothing when it is there already. Everything is
 * made in a folder of its own inside `dir` and moved into place at the end, so that nothing half-made is ever found.
 * @throws LongviewError `ffmpeg-missing`, `ffmpeg-failed`, `disk-full`, `cancelled`.
 */
export async function makeSample(request: SampleRequest): Promise<Sample> {
  const { dir, signal, onProgress } = request;
  throwIfCancelled(signal);
  const { seed = 1, durationSec = 600, scenes = storyboard } = request;
  const plan = planFilm(scenes, { seed, durationSec, heights: placeHeights });
  const sample = { video: path.resolve(dir, VIDEO), truthFile: path.resolve(dir, TRUTH), truth: truthOf(plan, VIDEO) };
  if (await isThere(sample.video, sample.truthFile, plan)) return { ...sample, made: false };
  const tools = request.tools ?? (await findMediaTools());
  await mkdir(dir, { recursive: true });
  const folder = await mkdtemp(path.join(path.resolve(dir), '.making-'));
  try {
    const studio = { tools, folder, signal, onProgress: onProgress ?? (() => {}) };
    await filmScenes(plan, studio);
    await joinScenes(plan, studio);
    await writeFile(path.join(folder, TRUTH), `${JSON.stringify(sample.truth, null, 2)}\n`);
    await rm(sample.truthFile, { force: true }); // The truth vouches for the video: it goes first and comes last.
    await rename(path.join(folder, VIDEO), sample.video);
    await rename(path.join(folder, TRUTH), sample.truthFile);
    return { ...sample, made: true };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Studio {
  tools: MediaTools;
  folder: string;
  signal: AbortSignal | undefined;
  onProgress: OnProgress;
}

async function isThere(video: string, truthFile: string, plan: Plan): Promise<boolean> {
  try {
    await access(video);
    return truthSchema.parse(JSON.parse(await readFile(truthFile, 'utf8'))).recipe === plan.recipe;
  } catch {
    return false;
  }
}

const sceneName = (index: number) => `scene-${String(index).padStart(3, '0')}`;

/** Films the scenes, as many at once as there are cores (one thread each). */
async function filmScenes(plan: Plan, { tools, folder, signal: given, onProgress }: Studio): Promise<void> {
  const stop = new AbortController();
  const signal = given ? AbortSignal.any([given, stop.signal]) : stop.signal;
  const started = performance.now();
  let next = 0;
  let framesDone = 0;
  const crew = async () => {
    while (next < plan.scenes.length && !signal.aborted) {
      const index = next++;
      const planned = plan.scenes[index];
      const args = await prepareScene(planned, folder, sceneName(index));
      await film(tools, args, folder, signal);
      for (const file of args.filter((arg) => arg.endsWith('.rgba'))) await rm(path.join(folder, file));
      framesDone += planned.frames;
      const elapsed = (performance.now() - started) / 1000;
      const fraction = framesDone / plan.frames;
      onProgress({
        stage: 'making the sample recording',
        fraction: fraction * (1 - LAST_SHARE),
        secondsLeft: (elapsed / fraction) * (1 / (1 - LAST_SHARE) - fraction),
        realtimeFactor: framesDone / filmFps / elapsed,
        subject: `scene ${index + 1} of ${plan.scenes.length}`,
      });
    }
  };
  const hands = Math.min(availableParallelism(), 8, plan.scenes.length);
  let failure: Error | undefined;
  const work = Array.from({ length: hands }, () =>
    crew().catch((error: unknown) => {
      failure ??= error instanceof Error ? error : new Error(String(error));
      stop.abort();
    }),
  );
  // Nobody may still be writing when the folder is cleared away.
  await Promise.all(work);
  throwIfCancelled(given);
  if (failure) throw failure;
}

/** Joins the scenes as they are and adds the sound. */
async function joinScenes(plan: Plan, { tools, folder, signal, onProgress }: Studio): Promise<void> {
  const sound = composeSound(plan);
  await writeFile(path.join(folder, 'sound.pcm'), new Uint8Array(sound.buffer));
  const list = plan.scenes.map(
    ({ frames }, index) => `file '${sceneName(index)}.mp4'\nduration ${(frames / filmFps).toFixed(6)}\n`,
  );
  await writeFile(path.join(folder, 'scenes.txt'), `ffconcat version 1.0\n${list.join('')}`);
  const pcm = ['-f', 's16le', '-ar', String(sampleRate), '-ac', '1', '-i', 'sound.pcm'];
  const output = ['-map', '0:v', '-map', '1:a', '-c:v', 'copy', '-c:a', 'aac', '-b:a', '64k'];
  const container = ['-movflags', '+faststart', '-video_track_timescale', '12800', '-f', 'mp4', VIDEO];
  const args = ['-v', 'error', '-nostdin', '-y', '-f', 'concat', '-i', 'scenes.txt', ...pcm, ...output, ...container];
  await film(tools, args, folder, signal);
  onProgress({ stage: 'making the sample recording', fraction: 1, secondsLeft: 0 });
}

async function film(
  tools: MediaTools,
  args: readonly string[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const result = await runProcess(tools.ffmpeg, args, { cwd: folder, signal, timeoutMs: SCENE_TIMEOUT_MS });
  if (result.code === 0) return;
  const full = /No space left on device/i.test(result.stderr);
  throw new LongviewError(
    full ? 'disk-full' : 'ffmpeg-failed',
    full ? 'The disk is full; the sample recording could not be written.' : `ffmpeg could not make the sample recording: ${result.stderr.trim().slice(-300)}`,
    full ? 'Free about 300 MB, then try again.' : 'Install a full build of ffmpeg with H.264 encoding (libx264), then try again.',
    { details: { stderr: result.stderr } },
  );
}
