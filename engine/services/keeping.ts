import { badArgument } from '../protocol/errors.ts';
import {
  changeKeptRequestSchema,
  editBinRequestSchema,
  forgetKeptRequestSchema,
  keepRequestSchema,
  type Keeping,
  type Kept,
} from '../protocol/keeping.ts';
import { parseRequest } from '../protocol/requests.ts';
import type { KeepingPort, StoredVideo } from '../library/index.ts';

/** What keeping needs of the library. */
export interface KeepingDeps {
  store: () => KeepingPort & {
    videoByContent(contentHash: string): Pick<StoredVideo, 'id' | 'path'> | undefined;
  };
  video: (idOrPath: string) => Promise<Pick<StoredVideo, 'contentHash' | 'path'>>;
}

/** Moments that somebody keeps, for windows and the command line. */
export function keeping({ store, video }: KeepingDeps): Keeping {
  const known = (bin: number | undefined) => {
    if (
      bin !== undefined &&
      !store()
        .bins()
        .some(({ number }) => number === bin)
    )
      throw badArgument('bin', 'the number of a bin', bin);
  };
  return {
    kept: async () => all(store()),
    async keep(request) {
      const { moments, bin, binNamed, favourite, tags } = parseRequest(keepRequestSchema, request);
      known(bin);
      const stretches = [];
      for (const { video: place, start, end, title = '', note } of moments) {
        const { contentHash, path } = await video(place);
        stretches.push({ contentHash, path, start, end: Math.max(start, end), title, note });
      }
      const addTo = binNamed === undefined ? bin : store().makeBin(binNamed);
      const numbers = store().keep(stretches, { addTo, favourite, addTags: tags });
      for (const [index, { note }] of stretches.entries())
        if (note !== undefined && note !== '') store().changeKept([numbers[index]], { note });
      // What is put nowhere in particular is a favourite: nothing that was kept is lost at once.
      if (addTo === undefined && !favourite && !tags?.length)
        store().changeKept(numbers, { favourite: true });
      return all(store());
    },
    async changeKept(request) {
      const { numbers, ...change } = parseRequest(changeKeptRequestSchema, request);
      known(change.addTo);
      store().changeKept(numbers, change);
      return all(store());
    },
    async forgetKept(request) {
      store().forgetKept(parseRequest(forgetKeptRequestSchema, request).numbers);
      return all(store());
    },
    async editBin(request) {
      const { bin, name = '', remove } = parseRequest(editBinRequestSchema, request);
      known(bin);
      if (bin === undefined) store().makeBin(name);
      else if (remove) store().removeBin(bin);
      else if (!store().renameBin(bin, name)) throw badArgument('name', 'one that no other bin has', name);
      return all(store());
    },
  };
}

function all(store: ReturnType<KeepingDeps['store']>): Kept {
  const videos = new Map<string, Pick<StoredVideo, 'id' | 'path'> | undefined>();
  return {
    bins: store.bins(),
    moments: store.kept().map(({ contentHash, path, keptAt, ...moment }) => {
      if (!videos.has(contentHash)) videos.set(contentHash, store.videoByContent(contentHash));
      const video = videos.get(contentHash);
      return {
        ...moment,
        videoId: video?.id ?? null,
        path: video?.path ?? path,
        keptAt: new Date(keptAt).toISOString(),
      };
    }),
  };
}
