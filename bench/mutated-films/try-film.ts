import { rm } from 'node:fs/promises';
import { cutClip, probe, sampleFrames, streamFootage, writeStillAt } from '../../engine/media/index.ts';
import { LongviewError } from '../../engine/protocol/errors.ts';

/** What became of one film. */
export interface Tried {
  /** `refused`: in words that are meant for users. `mistake`: anything else that is thrown. */
  outcome: 'read' | 'refused' | 'mistake';
  ms: number;
  said: string;
}

/** So many frames are taken of a film that claims more. */
const mostFrames = 200;

/** Puts a file through probe, index, still, player and clip. */
export async function tryFilm(file: string): Promise<Tried> {
  const began = performance.now();
  const made = ['jpg', 'mp4'].map((ending) => `${file}.${ending}`);
  const [still, clip] = made;
  let outcome: Tried['outcome'] = 'read';
  let said = '';
  try {
    const info = await probe(file);
    const rooms = [
      async () => {
        let frames = 0;
        for await (const _ of sampleFrames(file, info, { fps: 2, width: 64, height: 48 }))
          if (++frames >= mostFrames) break;
      },
      () => writeStillAt(info, 1, still),
      async () => {
        const { process } = await streamFootage(info, { start: 0.5 });
        const stdout = process.child.stdout!;
        let bytes = 0;
        for await (const chunk of stdout) if ((bytes += (chunk as Buffer).length) > 4e6) break;
        process.kill();
        await process.ended;
      },
      async () => void (await cutClip(info, { start: 0.5, end: 1.5 }, clip, { exact: true })),
    ];
    for (const room of rooms)
      try {
        await room();
      } catch (error) {
        if (!(error instanceof LongviewError)) throw error;
        outcome = 'refused';
      }
  } catch (error) {
    outcome = error instanceof LongviewError ? 'refused' : 'mistake';
    said =
      error instanceof Error
        ? (error.stack ?? error.message).split('\n').slice(0, 2).join(' ')
        : String(error);
  }
  for (const path of made) await rm(path, { force: true });
  return { outcome, ms: performance.now() - began, said };
}
