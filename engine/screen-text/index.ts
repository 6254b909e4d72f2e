export { ScreenTextFollower, type FollowerWork } from './following/follower.ts';
export { usualAttention, type AttentionSettings } from './following/attention.ts';
export { finishLines, scriptOf } from './lines/finish.ts';
export type { SpeechInterval } from './lines/kinds.ts';
export { TextReader, readPicture, type LineReader } from './reading/text-reader.ts';
export { readWeightsFile, screenTextFiles, type WeightsFile } from './weights.ts';
export type { ReadLine, ScreenFrame, Sighting } from './types.ts';
