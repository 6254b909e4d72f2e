import type { IndexingMedia } from '../types.ts';
import type { Extractor } from './extractor.ts';

/**
 * Text that comes with a video: subtitles in and beside the file, chapters, its title. Read again where the files beside
 * it changed since; the same in each language of a model, so that nothing else has to be made again.
 */
export function captions(media: IndexingMedia): Extractor {
  return {
    name: 'captions',
    isDone: async ({ store, video, path }) =>
      store.textSource(video.id) === (await media.textSignature(path)),
    begin: async ({ store, video, path, signal }) => ({
      needs: 'file',
      async run(info) {
        const source = await media.textSignature(path);
        store.setText(video.id, source, await media.readText(path, info, { signal }));
      },
    }),
  };
}
