import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { serve, type WebHost } from '../../engine/hosts/web/index.ts';
import { pretendEngine, type Pretence } from '../web/pretend-engine.ts';
import type { ServedEngine } from '../../engine/hosts/session.ts';

const pages = resolve(import.meta.dirname, '../../dist/renderer');

/** Builds the interface where nothing has yet. */
export async function needPages(): Promise<void> {
  if (existsSync(join(pages, 'index.html'))) return;
  const { buildRenderer } = await import('../../build/renderer.ts');
  await buildRenderer();
}

/** The real web host before an engine. */
export async function serveEngine(engine: ServedEngine, port = 0): Promise<WebHost> {
  await needPages();
  return serve({ engine, pages, port, info: { version: '0.0.0', platform: 'linux', sample: null } });
}

/** The real web host before a pretended engine. */
export async function servePretence(pretence: Pretence): Promise<WebHost> {
  return serveEngine(pretendEngine(pretence));
}

/** Some seconds of moving footage and a still of it, made by ffmpeg. */
export async function makeFootage(seconds: number): Promise<{
  video: string;
  still: string;
  remove: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'longview-e2e-'));
  const video = join(folder, 'clock.mp4');
  const still = join(folder, 'still.jpg');
  const source = `testsrc2=size=640x360:rate=25:duration=${seconds}`;
  ffmpeg([
    '-f',
    'lavfi',
    '-i',
    source,
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
    video,
  ]);
  ffmpeg(['-i', video, '-frames:v', '1', still]);
  return { video, still, remove: () => rm(folder, { recursive: true }) };
}

/** Runs ffmpeg to its end, for making footage. */
export function ffmpeg(args: string[]): void {
  const made = spawnSync(process.env.FFMPEG_PATH ?? 'ffmpeg', ['-v', 'error', '-y', ...args], {
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`ffmpeg: ${made.stderr || made.error?.message}`);
}
