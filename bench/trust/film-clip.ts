import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { LongviewError } from '../../engine/protocol/errors.ts';
import { runProcess } from '../../engine/media/process.ts';
import { findMediaTools } from '../../engine/media/tools.ts';
import { filesOf, findMaterial, type Clip } from './clips.ts';
import { filmArguments } from './film.ts';

/**
 * Films a clip, unless it is there. Its name tells nothing: a search finds file names too.
 * @returns its path; undefined where its material isn't there
 * @throws LongviewError `ffmpeg-failed`, `ffmpeg-missing`.
 */
export async function filmClip(
  clip: Clip,
  media: readonly string[],
  folder: string,
): Promise<string | undefined> {
  const paths = new Map(filesOf(clip).map((file) => [file, findMaterial(file, media)] as const));
  if ([...paths.values()].includes(undefined)) return undefined;
  const name = createHash('sha256').update(JSON.stringify(clip)).digest('hex').slice(0, 10);
  const path = join(folder, `${name}.mp4`);
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  const { ffmpeg } = await findMediaTools();
  const begun = join(folder, `${name}.part.mp4`);
  const args = filmArguments(clip, (file) => paths.get(file)!, begun);
  const { code, stderr } = await runProcess(ffmpeg, args, { timeoutMs: 120_000 });
  if (code !== 0)
    throw new LongviewError(
      'ffmpeg-failed',
      `The clip "${clip.name}" wasn't made: ${stderr}`,
      'Look at its recipe.',
    );
  await rename(begun, path);
  return path;
}
