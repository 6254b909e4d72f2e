/** Everything that talks to ffmpeg. See ARCHITECTURE.md. */
export { findMediaTools, type FindToolsOptions, type MediaTools } from './tools.ts';
export { tryMadeKinds, type MadeKind } from './made-kinds.ts';
export { listCodecs, type CodecSupport } from './codecs.ts';
export { probe, type ProbeOptions } from './probe.ts';
export { playsAsItIs, type Chapter, type SubtitleStream, type VideoInfo } from './video-info.ts';
export { givenPath, type GivenPathOptions } from './given-path.ts';
export { holdsVideo } from './holds-video.ts';
export { findVideos, type FoundVideos } from './folders.ts';
export { hasVideoExtension, looksLikeVideo, videoExtensions } from './looks-like-video.ts';
export {
  sampleFrames,
  type SampledFrame,
  type SampledFrames,
  type SampleOptions,
  type SampleOutcome,
} from './frames.ts';
export { keyFrames, type KeyFrames } from './key-frames.ts';
export { thumbnailName, type ThumbnailOptions } from './thumbnails.ts';
export { contentId } from './content-id.ts';
export { readText, textSignature, type FootageText, type FootageTexts } from './text/read-text.ts';
export { cutClip, type ClipOptions } from './clip.ts';
export { copyWays, type CopyWay } from './clip-ways.ts';
export { hasBegun, streamFootage, type FootageStream, type StreamOptions } from './stream.ts';
export { pictureAt, readPicture, type FramedPicture } from './picture.ts';
export type { PictureBox } from './letterbox.ts';
export { framesAt } from './frames-at.ts';
export { writeStillAt } from './still-at.ts';
export { readTextFile } from './text-file.ts';
export { readSound, type ReadSoundOptions, type SoundReader } from './sound.ts';
export { playedSound, soundsByLanguage, type SoundStream } from './sound-streams.ts';
