import type { IndexingMedia } from '../indexing/index.ts';
import {
  contentId,
  findMediaTools,
  findVideos,
  keyFrames,
  probe,
  readSound,
  readText,
  sampleFrames,
  textSignature,
  type FindToolsOptions,
  type MediaTools,
} from '../media/index.ts';

/** engine/media for indexing, with its tools looked for where the engine was told. */
export function mediaWith(options: FindToolsOptions | undefined): IndexingMedia {
  let tools: MediaTools | undefined;
  return {
    findVideos,
    contentId,
    async probe(file, rest) {
      tools = await findMediaTools(options);
      return probe(file, { ...rest, tools });
    },
    textSignature,
    readText: (file, info, rest) => readText(file, info, { ...rest, tools }),
    readSound: (file, info, rest) => readSound(file, info, { ...rest, tools }),
    keyFrames: (file, info, rest) => keyFrames(file, info, { ...rest, tools }),
    sampleFrames: (file, info, rest) => sampleFrames(file, info, { ...rest, tools }),
  };
}
