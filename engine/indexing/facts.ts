import type { VideoFacts } from '../library/index.ts';
import type { VideoInfo } from '../media/index.ts';

/** What the library keeps of a file, by what ffmpeg says of it. */
export function factsOf(contentHash: string, info: VideoInfo): VideoFacts {
  const recordedAt = info.createdAt === undefined ? NaN : Date.parse(info.createdAt);
  return {
    contentHash,
    sizeBytes: info.bytes,
    durationSec: info.durationSec,
    width: info.width,
    height: info.height,
    frameRate: info.fps,
    codec: info.codec,
    ...(Number.isFinite(recordedAt) ? { recordedAt } : {}),
    ...(info.container === 'mpegts' && !info.parts ? { clockStart: info.startSec } : {}),
  };
}
