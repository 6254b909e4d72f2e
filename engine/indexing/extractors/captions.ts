import type { FootageLine, Store } from '../../library/index.ts';
import type { FootageText, FootageTexts } from '../../media/index.ts';
import type { IndexingMedia } from '../types.ts';
import type { Extractor } from './extractor.ts';

/** The track of what a camera wrote down. */
const telemetryKey = { kind: 'telemetry', extractor: 'telemetry', version: '1' } as const;

/**
 * Text that comes with a video: subtitles in and beside the file, chapters, its title. Read again where the files beside
 * it, or beside a copy of it, changed since; the same in each language of a model, so that nothing else has to be made again.
 * What a drone wrote down in the form of subtitles becomes a track of its own.
 */
export function captions(media: IndexingMedia): Extractor {
  return {
    name: 'captions',
    isDone: async ({ store, video, path }) =>
      store.textSource(video.id) === (await media.textSignature(path, video.paths)),
    begin: async ({ store, video, path, signal }) => ({
      needs: 'file',
      async run(info) {
        const copies = video.paths;
        const source = await media.textSignature(path, copies);
        const { lines, telemetry, notices } = await media.readText(path, info, { signal, copies });
        store.setText(video.id, source, lines.map(lineOf));
        keepTelemetry(store, video.id, telemetry);
        return notices;
      },
    }),
  };
}

function lineOf({ speaker, ...line }: FootageText): FootageLine {
  return { ...line, ...(speaker === undefined ? {} : { extra: { speaker } }) };
}

/** Samples are few and searched by nobody yet: they are the track's settings. */
function keepTelemetry(store: Store, videoId: string, samples: FootageTexts['telemetry']): void {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) {
    if (store.tracks(videoId).some(({ kind }) => kind === 'telemetry'))
      store.removeTracks(telemetryKey.extractor, videoId);
    return;
  }
  const density = samples.length > 1 ? (samples.length - 1) / (last.time - first.time) : 0;
  store
    .beginTrack(videoId, { ...telemetryKey, settings: { samples } })
    .complete([[first.time, last.time, density]]);
}
