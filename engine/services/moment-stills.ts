import { join } from 'node:path';
import { firstExisting } from './listing.ts';
import type { StoredVideo } from '../library/index.ts';

/** Stills of moments so short that none of their video's stills lies in them, made when they are first shown. */
export interface MomentStills {
  /** @returns the JPEG's path in a folder of the video's stills; undefined where it can't be made. */
  still(video: StoredVideo, time: number, folder: string): Promise<string | undefined>;
}

/** Writes the picture at a time of some footage as a JPEG. */
export type WriteStill = (path: string, time: number, target: string) => Promise<void>;

/** See {@link MomentStills}. They are made one after the other: a list shows many at once, and footage is being looked at. */
export function momentStills(
  writeStill: WriteStill,
  footage: (video: StoredVideo) => Promise<string | undefined> = ({ paths }) => firstExisting(paths),
): MomentStills {
  const making = new Map<string, Promise<string | undefined>>();
  let last: Promise<unknown> = Promise.resolve();

  const make = async (video: StoredVideo, time: number, target: string) => {
    try {
      const path = await footage(video);
      if (path === undefined) return undefined;
      await writeStill(path, time, target);
      return target;
    } catch {
      // A moment without a still of its own is shown by the one before it.
      return undefined;
    }
  };
  return {
    async still(video, time, folder) {
      const target = join(folder, `at-${Math.round(time * 1000)}.jpg`);
      if ((await firstExisting([target])) !== undefined) return target;
      let made = making.get(target);
      if (!made) {
        made = last.then(() => make(video, time, target)).finally(() => making.delete(target));
        making.set(target, made);
        last = made;
      }
      return made;
    },
  };
}
