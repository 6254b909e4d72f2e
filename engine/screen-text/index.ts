export { ScreenTextFollower, type FollowerWork } from './following/follower.ts';
export type { AttentionSettings } from './following/attention.ts';
export { finishLines } from './lines/finish.ts';
export type { SpeechInterval } from './lines/kinds.ts';
export { packLines } from './lines/packing.ts';
export { TextReader, type LineReader } from './reading/text-reader.ts';
export { readWeightsFile, screenTextFiles, type WeightsFile } from './weights.ts';
export type { ReadLine, ScreenFrame, Sighting } from './types.ts';
